import { useState, type ReactElement } from 'react';
import { quoteMinutes } from '../../domain/booking/quote.ts';
import { mintId } from '../../sdk/ids.ts';
import { t } from '../i18n/words.tsx';
import { Option, Stepper } from '../pos/stepper.tsx';
import { Button } from '../ui/button.tsx';
import { AlertIcon } from '../ui/icons.tsx';
import { Num } from '../ui/marks.tsx';
import { Sheet } from '../ui/sheet.tsx';
import { clockText } from '../ui/time.ts';
import { isSoon, tablesNow } from './day.ts';
import { useStand } from './desk.tsx';
import { NameField, PhoneField } from './guestFields.tsx';
import { quoteText } from './waitlist.tsx';

/** Somebody stands at the door: a free table now, or a place in the line and an honest time. */
export function WalkInSheet({
  table: given,
  onClose,
}: {
  table: string | null;
  onClose: () => void;
}): ReactElement | null {
  const { book, look, tables, line, now, zone, act } = useStand();
  const [party, setParty] = useState(Math.min(2, tables.get(given ?? '')?.seats ?? 2));
  const [picked, setPicked] = useState<string | null>(given);
  const [name, setName] = useState('');
  const [phone, setPhone] = useState('');
  const [id] = useState(() => mintId(now));
  if (!book || !look) return null;
  const free = tablesNow(look, tables, party);
  const others = given !== null && !free.some((one) => one.id === given) ? [tables.get(given)] : [];
  const choices = [...others.flatMap((one) => one ?? []), ...free];
  const chosen = choices.find((one) => one.id === picked) ?? (given === null ? choices[0] : undefined);
  const asks = chosen !== undefined && isSoon(chosen, now) ? chosen.reserved : undefined;
  const quote = quoteMinutes(book, now, line, party);
  return (
    <Sheet
      title={t('host.walkIn')}
      onClose={onClose}
      keep={name !== ''}
      foot={
        <footer className="sheet-foot">
          <Button
            look="edge"
            disabled={name.trim() === ''}
            testId="add-waiting"
            onPress={() => {
              onClose();
              void act(
                'waitlist.add',
                {
                  entry: {
                    id,
                    party,
                    guest: { name: name.trim(), ...(phone.trim() !== '' && { phone: phone.trim() }) },
                  },
                },
                {
                  say: t('host.saidWaits', { name: name.trim(), minutes: quote }),
                  undo: () => void act('waitlist.cancel', { entry: id }),
                },
              );
            }}
          >
            {t('host.toWaitlist')}
          </Button>
          <span className="grow" />
          <Button
            look={asks ? 'danger' : 'main'}
            disabled={chosen === undefined || chosen.status !== 'free'}
            testId="seat-walk-in"
            onPress={() => {
              if (!chosen) return;
              onClose();
              void act(
                'table.seat',
                { table: chosen.id, covers: party, version: chosen.version },
                {
                  say: t('host.saidSeated', { name: t('host.people', { count: party }), table: chosen.name }),
                  undo: () => void act('table.clear', { table: chosen.id }),
                },
              );
            }}
          >
            {chosen === undefined
              ? t('host.noTableFree')
              : t(asks ? 'host.seatAnyway' : 'host.seatAt', { table: chosen.name })}
          </Button>
        </footer>
      }
    >
      <div className="form-row">
        <span>{t('host.party')}</span>
        <Stepper name={t('host.party')} value={party} min={1} max={99} onChange={setParty} />
        <span className="grow" />
        <b className="quote" role="status" data-testid="quote">
          {quoteText(quote)}
        </b>
      </div>
      <div className="opts" role="group" aria-label={t('host.freeTables')}>
        {choices.slice(0, 12).map((one) => (
          <Option key={one.id} chosen={chosen?.id === one.id} onPress={() => setPicked(one.id)}>
            <Num>{one.name}</Num>
            <small>
              {one.reserved && isSoon(one, now, 2 * 3_600_000) ? (
                <>
                  {t('host.until')} <Num>{clockText(Date.parse(one.reserved.at), zone)}</Num>
                </>
              ) : (
                t('host.seats', { count: one.seats })
              )}
            </small>
          </Option>
        ))}
        {choices.length === 0 && <p className="nothing">{t('host.noTableFree')}</p>}
      </div>
      {asks && chosen && (
        <p className="ask" role="alert">
          <AlertIcon />
          {t('host.keptFor', {
            table: chosen.name,
            name: asks.name,
            party: asks.party,
            time: clockText(Date.parse(asks.at), zone),
          })}
        </p>
      )}
      <div className="form-pair">
        <NameField label={t('host.name')} value={name} onChange={setName} testId="guest-name" />
        <PhoneField label={t('host.phone')} value={phone} onChange={setPhone} />
      </div>
      <p className="hint">{t('host.waitHint')}</p>
    </Sheet>
  );
}
