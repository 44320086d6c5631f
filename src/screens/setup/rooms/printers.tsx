import { useState, type ReactElement } from 'react';
import type { Json } from '../../../domain/documents.ts';
import { field, textAt } from '../../pos/reading.ts';
import { t, type MessageKey } from '../../i18n/words.tsx';
import { Button } from '../../ui/button.tsx';
import { Num, ReceiptMark } from '../../ui/marks.tsx';
import { call } from '../calls.ts';
import { listOf, nameOf, numberOf, valueAt, wordsOf } from '../doc.ts';
import { Entries } from '../entries.tsx';
import { NumberField, TextField } from '../fields.tsx';
import { useHouse } from '../house.tsx';

/** Paper: where each printer is in the network, and whether a page comes out of it. */

const PORT = 9100;

export function PrintersRoom(): ReactElement {
  const { doc } = useHouse();
  const stations = listOf(doc, ['stations']);
  return (
    <section className="st-card">
      <p>{t('printers.say')}</p>
      <Entries
        path={['printers']}
        testId="printer"
        empty={t('printers.none')}
        summary={(one) => (
          <>
            {wordsOf(one, ['host']) === '' ? (
              t('printers.builtIn')
            ) : (
              <Num>
                {wordsOf(one, ['host'])}:{numberOf(one, ['port']) ?? PORT}
              </Num>
            )}
            {stations
              .filter((station) => wordsOf(station, ['printer']) === wordsOf(one, ['id']))
              .map((station) => (
                <span key={nameOf(station)}> · {nameOf(station)}</span>
              ))}
          </>
        )}
        add={{ label: t('printers.add'), most: 60, make: (name, id) => ({ id, name }) }}
        editor={(index) => (
          <>
            <div className="st-fields">
              <TextField path={['printers', index, 'name']} label={t('field.name')} most={60} optional />
              <TextField
                path={['printers', index, 'host']}
                label={t('field.host')}
                hint={t('printers.hostSay')}
                most={253}
                placeholder="192.168.1.50"
                ltr
                optional
              />
              <NumberField
                path={['printers', index, 'port']}
                label={t('field.port')}
                least={1}
                most={65_535}
                placeholder={String(PORT)}
                optional
              />
            </div>
            <TestPage printer={valueAt(doc, ['printers', index]) ?? null} />
          </>
        )}
      />
    </section>
  );
}

type Tried = { ok: true } | { ok: false; trouble: string };

const TROUBLES: Readonly<Record<string, MessageKey>> = {
  unreachable: 'printers.unreachable',
  silent: 'printers.silent',
  offline: 'printers.offline',
  'cover open': 'printers.coverOpen',
  'paper out': 'printers.paperOut',
  error: 'printers.error',
  'connection lost': 'printers.connectionLost',
  'not allowed': 'printers.notAllowed',
};

/** Tried before it is published: the page comes out, or what is wrong has a name. */
function TestPage({ printer }: { printer: Json }): ReactElement {
  const { doc, manager, place } = useHouse();
  const [said, setSaid] = useState<{ ok: boolean; words: string } | null>(null);
  const [busy, setBusy] = useState(false);
  const print = async (): Promise<void> => {
    setBusy(true);
    const reply = await call<Tried>(
      `/v1/locations/${place}/printers/test`,
      (body) =>
        field(body, 'ok') === true
          ? { ok: true }
          : { ok: false, trouble: textAt(body, 'trouble') ?? 'error' },
      { token: await manager.token(), body: { printer, house: wordsOf(doc, ['name']) || place } },
    );
    setBusy(false);
    if (!reply.ok) return setSaid({ ok: false, words: reply.why || t('setup.unreachable') });
    setSaid(
      reply.body.ok
        ? { ok: true, words: t(wordsOf(printer, ['host']) === '' ? 'printers.keptHere' : 'printers.cameOut') }
        : { ok: false, words: t(TROUBLES[reply.body.trouble] ?? 'printers.error') },
    );
  };
  return (
    <div className="setup-keys st-try">
      <Button look="edge" disabled={busy} onPress={() => void print()} testId="test-page">
        {t('printers.test')}
      </Button>
      {busy && <span role="status">{t('printers.trying')}</span>}
      {!busy && said !== null && (
        <span
          role={said.ok ? 'status' : 'alert'}
          className={said.ok ? 'st-done' : 'st-failed'}
          data-testid="tried"
        >
          <ReceiptMark receipt={said.ok ? 'heard' : 'unheard'} />
          {said.words}
        </span>
      )}
    </div>
  );
}
