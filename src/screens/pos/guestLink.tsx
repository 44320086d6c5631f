import { useEffect, useRef, useState, type ReactElement } from 'react';
import type { OrderView } from '../../domain/entities.ts';
import type { TokenProvider } from '../../sdk/shapes.ts';
import { Rich, t } from '../i18n/words.tsx';
import { useSession } from '../session/gate.tsx';
import { Button } from '../ui/button.tsx';
import { QrCode } from '../ui/qrCode.tsx';
import { Num } from '../ui/marks.tsx';
import { Sheet } from '../ui/sheet.tsx';
import { useDesk } from './desk.tsx';
import { numberOf } from './orders.ts';

/** The order's link for its guest: to be scanned off the tablet, copied, or taken back. */

/** A link is made once for each order that this tablet was asked for: whoever opens the sheet again sees the same one. */
const made = new Map<string, Made>();
const MOST_KEPT = 50;

type Printer = { id: string; name: string };
type Made = { url: string; printers: readonly Printer[] };

type Call = (path: 'link' | 'link/revoke', body?: { printer: string }) => Promise<unknown>;

function caller(token: TokenProvider, location: string, order: string): Call {
  return async (path, body) => {
    const response = await fetch(`/v1/locations/${encodeURIComponent(location)}/orders/${order}/${path}`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${await token('command')}`,
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      cache: 'no-store',
      signal: AbortSignal.timeout(10_000),
    });
    if (!response.ok) throw new Error(`The server answered ${response.status}.`);
    return response.json();
  };
}

async function linkOf(call: Call, order: string): Promise<Made> {
  const known = made.get(order);
  if (known !== undefined) return known;
  const body = await call('link');
  if (typeof body !== 'object' || body === null || !('url' in body) || typeof body.url !== 'string')
    throw new Error('The server answered no link.');
  const fresh: Made = { url: body.url, printers: printersIn(body) };
  made.set(order, fresh);
  if (made.size > MOST_KEPT) made.delete(made.keys().next().value ?? '');
  return fresh;
}

function printersIn(body: object): Printer[] {
  if (!('printers' in body) || !Array.isArray(body.printers)) return [];
  return body.printers.flatMap((one: unknown): Printer[] =>
    typeof one === 'object' &&
    one !== null &&
    'id' in one &&
    typeof one.id === 'string' &&
    'name' in one &&
    typeof one.name === 'string'
      ? [{ id: one.id, name: one.name }]
      : [],
  );
}

type State = { now: 'asking' | 'failed' | 'gone' } | ({ now: 'shown' } & Made);

export function GuestLinkSheet({ order, onClose }: { order: OrderView; onClose: () => void }): ReactElement {
  const session = useSession();
  const { unsent } = useDesk();
  const [state, setState] = useState<State>({ now: 'asking' });
  const [copied, setCopied] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  const { location } = session.get();
  const [tries, setTries] = useState(0);
  useEffect(() => {
    linkOf(caller(session.token, location, order.id), order.id).then(
      (shown) => setState({ now: 'shown', ...shown }),
      () => setState({ now: 'failed' }),
    );
  }, [session, location, order.id, tries]);
  const number = numberOf(order, unsent);
  return (
    <Sheet title={t('link.title')} onClose={onClose} className="sheet-link">
      <div className="guest-link">
        {state.now === 'asking' && <p role="status">{t('link.asking')}</p>}
        {state.now === 'failed' && (
          <>
            <p role="alert">{t('link.failed')}</p>
            <Button
              onPress={() => {
                setState({ now: 'asking' });
                setTries(tries + 1);
              }}
            >
              {t('link.again')}
            </Button>
          </>
        )}
        {state.now === 'gone' && <p role="status">{t('link.revoked')}</p>}
        {state.now === 'shown' && (
          <>
            <div className="link-code" data-theme="tablet">
              <QrCode text={state.url} label={t('link.code')} />
            </div>
            <p>
              {number !== null && (
                <>
                  {t('order.number', { number })}
                  {' · '}
                </>
              )}
              {t('link.say')}
            </p>
            <input
              ref={field}
              className="link-url"
              readOnly
              value={state.url}
              aria-label={t('link.address')}
              dir="ltr"
              data-testid="guest-link"
              onFocus={(event) => event.currentTarget.select()}
            />
            <div className="link-acts">
              <Button
                look="main"
                testId="copy-link"
                onPress={() => void copy(state.url, field.current).then(setCopied)}
              >
                {copied ? t('link.copied') : t('link.copy')}
              </Button>
              <PrintButtons
                printers={state.printers}
                print={(printer) => caller(session.token, location, order.id)('link', { printer })}
              />
              <Button
                look="edge"
                testId="revoke-link"
                onPress={() => {
                  made.delete(order.id);
                  caller(
                    session.token,
                    location,
                    order.id,
                  )('link/revoke').then(
                    () => setState({ now: 'gone' }),
                    () => setState({ now: 'failed' }),
                  );
                }}
              >
                {t('link.revoke')}
              </Button>
            </div>
            <p className="link-note">
              <Rich id="link.ends" tags={{ b: (text) => <Num>{text}</Num> }} />
            </p>
          </>
        )}
      </div>
    </Sheet>
  );
}

/** Plain http has no clipboard: there the field is selected and copied as people did before. */
async function copy(url: string, field: HTMLInputElement | null): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(url);
    return true;
  } catch {
    field?.select();
    return document.execCommand('copy');
  }
}

/** A slip for the guest to take along: one button for each printer of the house. */
function PrintButtons({
  printers,
  print,
}: {
  printers: readonly Printer[];
  print: (printer: string) => Promise<unknown>;
}): ReactElement {
  const [now, setNow] = useState<'idle' | 'asking' | 'sent' | 'failed'>('idle');
  return (
    <>
      {printers.map(({ id, name }) => (
        <Button
          key={id}
          look="edge"
          testId={`print-link-${id}`}
          disabled={now === 'asking'}
          onPress={() => {
            setNow('asking');
            print(id).then(
              () => setNow('sent'),
              () => setNow('failed'),
            );
          }}
        >
          {printers.length === 1 ? t('link.print') : t('link.printOn', { printer: name })}
        </Button>
      ))}
      {now === 'sent' && <p role="status">{t('link.printed')}</p>}
      {now === 'failed' && <p role="alert">{t('link.notPrinted')}</p>}
    </>
  );
}
