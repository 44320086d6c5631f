import { useState, type ReactElement } from 'react';
import { t } from '../../i18n/words.tsx';
import { Button } from '../../ui/button.tsx';
import { Num, ReceiptMark } from '../../ui/marks.tsx';
import { clockText } from '../../ui/time.ts';
import type { Refused } from '../calls.ts';
import { wordsOf } from '../doc.ts';
import { useHouse } from '../house.tsx';
import { linkCalls, type Link, type Provider } from '../linkCalls.ts';

/** The keys of a channel and the address of its webhooks. Keys are typed in and never shown again. */
export function LinkFields({
  channel,
  provider,
  link,
  onChanged,
}: {
  channel: string;
  provider: Provider | undefined;
  link: Link | undefined;
  onChanged: () => void;
}): ReactElement {
  const { manager, place, keeper } = useHouse();
  const [typed, setTyped] = useState<Readonly<Record<string, string>>>({});
  const [environment, setEnvironment] = useState<string | null>(null);
  const [why, setWhy] = useState('');
  const [done, setDone] = useState(false);
  if (provider === undefined) return <p className="setup-said">{t('doors.noAdapter')}</p>;
  const after = (reply: { ok: true } | Refused): void => {
    setWhy(reply.ok ? '' : reply.why || t('setup.unreachable'));
    setDone(reply.ok);
    if (reply.ok) onChanged();
  };
  const save = async (): Promise<void> => {
    // The server must know the channel before it takes its keys.
    await keeper.flush();
    const secrets = Object.fromEntries(Object.entries(typed).filter(([, value]) => value !== ''));
    const reply = await linkCalls.put(await manager.token(), place, {
      channel,
      secrets,
      ...(environment !== null && { environment }),
    });
    if (reply.ok) setTyped({});
    after(reply);
  };
  return (
    <form
      className="st-link"
      autoComplete="off"
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <h3>{t('doors.keys', { name: provider.name })}</h3>
      <div className="st-fields">
        {provider.secrets.map(({ id, label, hint, optional }) => (
          <label key={id} className="st-field">
            <span className="st-label">
              {label} {optional && <small>{t('doors.optional')}</small>}
            </span>
            <input
              className="field"
              type="password"
              dir="ltr"
              autoComplete="new-password"
              maxLength={4000}
              placeholder={link?.set.includes(id) === true ? t('doors.isSet') : ''}
              value={typed[id] ?? ''}
              data-testid={`secret-${id}`}
              onChange={({ target }) => setTyped({ ...typed, [id]: target.value })}
            />
            {hint !== null && <small>{hint}</small>}
            {link?.missing.includes(id) === true && (
              <span className="st-at">
                <span className="st-at-error">{t('problem.missing')}</span>
              </span>
            )}
          </label>
        ))}
        {provider.sandbox && (
          <label className="st-field">
            <span className="st-label">{t('doors.environment')}</span>
            <select
              className="field"
              value={environment ?? link?.environment ?? 'production'}
              data-testid="environment"
              onChange={({ target }) => setEnvironment(target.value)}
            >
              <option value="production">{t('doors.production')}</option>
              <option value="sandbox">{t('doors.sandbox')}</option>
            </select>
          </label>
        )}
      </div>
      <div className="setup-keys">
        <button type="submit" className="btn btn-edge" data-testid="link-save">
          {t(link === undefined ? 'doors.make' : 'doors.save')}
        </button>
      </div>
      {done && (
        <p className="st-done" role="status">
          <ReceiptMark receipt="heard" />
          {t('doors.saved')}
        </p>
      )}
      {link !== undefined && <Address channel={channel} link={link} onDone={after} />}
      <p className="setup-said" role="alert">
        {why}
      </p>
    </form>
  );
}

function Address({
  channel,
  link,
  onDone,
}: {
  channel: string;
  link: Link;
  onDone: (reply: { ok: true } | Refused) => void;
}): ReactElement {
  const { doc, manager, place } = useHouse();
  const [copied, setCopied] = useState(false);
  const [asking, setAsking] = useState<'renew' | 'remove' | null>(null);
  const zone = wordsOf(doc, ['timezone']) || undefined;
  const when = (at: string): string => clockText(Date.parse(at), zone);
  const renew = async (keepOld: boolean): Promise<void> => {
    setAsking(null);
    onDone(await linkCalls.rotate(await manager.token(), place, channel, keepOld));
  };
  const copy = async (url: string): Promise<void> => {
    try {
      await navigator.clipboard.writeText(url);
      setCopied(true);
    } catch {
      // Without https a page may not write there: the address stands beside, to be marked by hand.
      setCopied(false);
    }
  };
  return (
    <div className="st-address">
      <h3>{t('doors.address')}</h3>
      <small>{t('doors.addressSay')}</small>
      {link.url === null ? (
        <p className="setup-said">{t('doors.addressLost')}</p>
      ) : (
        <output className="st-url" dir="ltr" data-testid="hook-url">
          {link.url}
        </output>
      )}
      {link.oldUrlUntil !== null && (
        <small>
          {t('doors.oldUntil')} <Num>{when(link.oldUrlUntil)}</Num>
        </small>
      )}
      <small>
        {link.lastDeliveryAt === null ? (
          t('doors.nothingCame')
        ) : (
          <>
            {t('doors.lastCame')} <Num>{when(link.lastDeliveryAt)}</Num>
          </>
        )}
      </small>
      <div className="setup-keys">
        {link.url !== null && (
          <Button look="edge" onPress={() => void copy(link.url ?? '')}>
            {t(copied ? 'doors.copied' : 'doors.copy')}
          </Button>
        )}
        {asking === null && (
          <>
            <Button look="edge" onPress={() => setAsking('renew')} testId="link-renew">
              {t('doors.renew')}
            </Button>
            <Button look="edge" onPress={() => setAsking('remove')}>
              {t('doors.unlink')}
            </Button>
          </>
        )}
        {asking === 'renew' && (
          <>
            <Button look="edge" onPress={() => void renew(true)} testId="link-renew-day">
              {t('doors.renewDay')}
            </Button>
            <Button look="danger" onPress={() => void renew(false)}>
              {t('doors.renewNow')}
            </Button>
          </>
        )}
        {asking === 'remove' && (
          <Button
            look="danger"
            onPress={() => {
              setAsking(null);
              void manager
                .token()
                .then(async (token) => onDone(await linkCalls.remove(token, place, channel)));
            }}
          >
            {t('doors.unlinkSure')}
          </Button>
        )}
        {asking !== null && <Button onPress={() => setAsking(null)}>{t('act.cancel')}</Button>}
      </div>
    </div>
  );
}
