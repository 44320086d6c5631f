import { useEffect, useState, type ReactElement } from 'react';
import { t } from '../i18n/words.tsx';
import { Button } from '../ui/button.tsx';
import { Num } from '../ui/marks.tsx';
import { QrCode } from '../ui/qrCode.tsx';
import { Tag } from '../ui/tag.tsx';
import { clockText } from '../ui/time.ts';
import type { Manager } from './session.ts';
import { cleanCode, setupCalls, type Device, type PlaceName, type Refused, type Waiting } from './calls.ts';

const LOOK_AGAIN = 4000;
const PAGES = ['kitchen', 'expo', 'pos', 'floor', 'host', 'manager'] as const;

const said = (reply: Refused): string =>
  reply.retryAfter === null
    ? reply.why || t('setup.unreachable')
    : t('pin.wait', { seconds: reply.retryAfter });

/** The code on a screen, then what that screen shall be. */
export function ApproveForm({
  manager,
  place,
  stations,
  onApproved,
}: {
  manager: Manager;
  place: string;
  stations: readonly PlaceName[];
  onApproved: () => void;
}): ReactElement {
  const [typed, setTyped] = useState('');
  const [waiting, setWaiting] = useState<Waiting | null>(null);
  const [name, setName] = useState('');
  const [page, setPage] = useState<(typeof PAGES)[number]>('kitchen');
  const [station, setStation] = useState<string | null>(null);
  const [message, setMessage] = useState('');
  const [done, setDone] = useState('');
  const code = cleanCode(typed);
  const atStation = page === 'kitchen' ? (station ?? stations[0]?.id ?? null) : null;

  const look = async (): Promise<void> => {
    setDone('');
    const reply = await setupCalls.look(await manager.token(), place, code);
    if (!reply.ok) return setMessage(said(reply));
    setMessage('');
    setWaiting(reply.body);
    setName(reply.body.name ?? '');
  };
  const approve = async (): Promise<void> => {
    const reply = await setupCalls.approve(await manager.token(), place, code, {
      name: name.trim(),
      page,
      ...(atStation !== null && { station: atStation }),
    });
    if (!reply.ok) return setMessage(said(reply));
    setMessage('');
    setDone(t('setup.approved', { name: name.trim() }));
    setWaiting(null);
    setTyped('');
    onApproved();
  };

  return (
    <section>
      <h2>{t('setup.addScreen')}</h2>
      <p>{t('setup.codeSay', { address: `${location.host}/setup` })}</p>
      {!isThisMachine(location.hostname) && (
        <div className="setup-scan" data-theme="tablet">
          <QrCode text={`${location.origin}/setup?pair`} label={t('setup.codeScan')} />
        </div>
      )}
      <form
        className="setup-form"
        onSubmit={(event) => {
          event.preventDefault();
          void (waiting === null ? look() : approve());
        }}
      >
        <label>
          {t('setup.code')}
          <input
            className="field setup-code"
            dir="ltr"
            inputMode="text"
            autoCapitalize="characters"
            autoComplete="off"
            spellCheck={false}
            maxLength={11}
            value={typed}
            data-testid="code"
            onChange={(event) => (setTyped(event.target.value), setWaiting(null))}
          />
        </label>
        {waiting !== null && (
          <>
            <p data-testid="asked">
              {waiting.name === null ? t('setup.asks') : t('setup.asksAs', { name: waiting.name })}{' '}
              {t('setup.until')} <Num>{clockText(Date.parse(waiting.expiresAt))}</Num>
            </p>
            <label>
              {t('setup.name')}
              <input
                className="field"
                required
                maxLength={60}
                value={name}
                data-testid="screen-name"
                onChange={(event) => setName(event.target.value)}
              />
            </label>
            <div className="opts" role="group" aria-label={t('setup.page')}>
              {PAGES.map((one) => (
                <Button
                  key={one}
                  look="plain"
                  className="op"
                  pressed={page === one}
                  onPress={() => setPage(one)}
                  testId={`page-${one}`}
                >
                  {t(`page.${one}`)}
                </Button>
              ))}
            </div>
            {page === 'kitchen' && (
              <div className="opts" role="group" aria-label={t('setup.station')}>
                {stations.map((one) => (
                  <Button
                    key={one.id}
                    look="plain"
                    className="op"
                    pressed={atStation === one.id}
                    onPress={() => setStation(one.id)}
                    testId={`station-${one.id}`}
                  >
                    {one.name}
                  </Button>
                ))}
              </div>
            )}
          </>
        )}
        <p className="setup-said" role="alert">
          {message}
        </p>
        {done !== '' && (
          <p className="text-heard font-bold" role="status">
            {done}
          </p>
        )}
        <div className="setup-keys">
          {waiting === null ? (
            <button type="submit" className="btn btn-main" disabled={code.length < 8} data-testid="look">
              {t('setup.look')}
            </button>
          ) : (
            <button
              type="submit"
              className="btn btn-main"
              disabled={name.trim() === '' || (page === 'kitchen' && atStation === null)}
              data-testid="approve"
            >
              {t('setup.approve')}
            </button>
          )}
        </div>
      </form>
    </section>
  );
}

/** The screens of a location; a revoked one shows nothing within seconds. */
export function DeviceList({
  manager,
  place,
  changed,
  onChanged,
}: {
  manager: Manager;
  place: string;
  changed: number;
  /** A screen came or went. */
  onChanged: () => void;
}): ReactElement {
  const [devices, setDevices] = useState<readonly Device[] | null>(null);
  const [sure, setSure] = useState<string | null>(null);
  const [message, setMessage] = useState('');
  const [again, setAgain] = useState(0);
  useEffect(() => {
    let over = false;
    void manager
      .token()
      .then((token) => setupCalls.devices(token, place))
      .then((reply) => {
        if (over) return;
        if (reply.ok) setDevices(reply.body);
        else setMessage(said(reply));
      });
    return () => {
      over = true;
    };
  }, [manager, place, changed, again]);
  // A screen takes its place only when it comes back for it, some seconds after the approval; and it is seen now and then.
  useEffect(() => {
    const timer = setInterval(() => setAgain((before) => before + 1), LOOK_AGAIN);
    return () => clearInterval(timer);
  }, []);
  const revoke = async (device: Device): Promise<void> => {
    setSure(null);
    const reply = await setupCalls.revoke(await manager.token(), place, device.id);
    if (!reply.ok) return setMessage(said(reply));
    setAgain((before) => before + 1);
    onChanged();
  };
  const known = devices?.length;
  useEffect(() => {
    if (known !== undefined) onChanged();
  }, [known, onChanged]);
  const shown = (devices ?? []).toSorted(
    (a, b) => Number(a.revokedAt !== null) - Number(b.revokedAt !== null),
  );
  return (
    <section>
      <h2>{t('setup.devices')}</h2>
      <p className="setup-said" role="alert">
        {message}
      </p>
      {devices !== null && devices.length === 0 && <p>{t('setup.noDevices')}</p>}
      <ul className="setup-devices">
        {shown.map((device) => (
          <li key={device.id} data-testid="device" data-revoked={device.revokedAt !== null}>
            <div>
              <b>{device.name}</b>
              <span>
                {pageName(device.page)}
                {device.station !== null && <> · {device.station}</>}
                {device.lastSeenAt !== null && (
                  <>
                    {' '}
                    · {t('setup.seen')} <Num>{new Date(device.lastSeenAt).toLocaleString('en-GB')}</Num>
                  </>
                )}
              </span>
            </div>
            {device.revokedAt !== null ? (
              <Tag>{t('setup.revoked')}</Tag>
            ) : sure === device.id ? (
              <span className="setup-keys">
                <Button onPress={() => setSure(null)}>{t('act.cancel')}</Button>
                <Button look="danger" onPress={() => void revoke(device)} testId="revoke-sure">
                  {t('setup.revokeSure')}
                </Button>
              </span>
            ) : (
              <Button look="edge" onPress={() => setSure(device.id)} testId="revoke">
                {t('setup.revoke')}
              </Button>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}

/** An address that means another machine on every other device. */
function isThisMachine(host: string): boolean {
  return /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(host);
}

function pageName(page: string): string {
  const known = PAGES.find((one) => one === page);
  return known === undefined ? page : t(`page.${known}`);
}
