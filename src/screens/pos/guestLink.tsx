import { useEffect, useRef, useState, type ReactElement } from 'react';
import type { OrderView } from '../../domain/entities.ts';
import type { TokenProvider } from '../../sdk/shapes.ts';
import { Rich, t } from '../i18n/words.tsx';
import { useSession } from '../session/gate.tsx';
import { Button } from '../ui/button.tsx';
import { Num } from '../ui/marks.tsx';
import { Sheet } from '../ui/sheet.tsx';
import { useDesk } from './desk.tsx';
import { numberOf } from './orders.ts';

/** The order's link for its guest: to be scanned off the tablet, copied, or taken back. */

/** A link is made once for each order that this tablet was asked for: whoever opens the sheet again sees the same one. */
const made = new Map<string, string>();
const MOST_KEPT = 50;

type Call = (path: 'link' | 'link/revoke') => Promise<unknown>;

function caller(token: TokenProvider, location: string, order: string): Call {
  return async (path) => {
    const response = await fetch(`/v1/locations/${encodeURIComponent(location)}/orders/${order}/${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${await token('command')}` },
      cache: 'no-store',
      signal: AbortSignal.timeout(10_000),
    });
    if (!response.ok) throw new Error(`The server answered ${response.status}.`);
    return response.json();
  };
}

async function linkOf(call: Call, order: string): Promise<string> {
  const known = made.get(order);
  if (known !== undefined) return known;
  const body = await call('link');
  if (typeof body !== 'object' || body === null || !('url' in body) || typeof body.url !== 'string')
    throw new Error('The server answered no link.');
  made.set(order, body.url);
  if (made.size > MOST_KEPT) made.delete(made.keys().next().value ?? '');
  return body.url;
}

type State = { now: 'asking' | 'failed' | 'gone' } | { now: 'shown'; url: string };

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
      (url) => setState({ now: 'shown', url }),
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
            <Code url={state.url} />
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

/** Dark on light in every theme: a camera reads no other. */
function Code({ url }: { url: string }): ReactElement | null {
  const [code, setCode] = useState<{ size: number; path: string } | null>(null);
  useEffect(() => {
    let isGone = false;
    void import('uqr').then(({ encode }) => {
      const { size, data } = encode(url, { ecc: 'M', border: 4 });
      const path = data
        .flatMap((row, y) => row.flatMap((on, x) => (on ? `M${x} ${y}h1v1h-1z` : [])))
        .join('');
      if (!isGone) setCode({ size, path });
    });
    return () => {
      isGone = true;
    };
  }, [url]);
  if (code === null) return null;
  return (
    <div className="link-code" data-theme="tablet">
      <svg
        viewBox={`0 0 ${code.size} ${code.size}`}
        role="img"
        aria-label={t('link.code')}
        shapeRendering="crispEdges"
      >
        <path d={code.path} />
      </svg>
    </div>
  );
}
