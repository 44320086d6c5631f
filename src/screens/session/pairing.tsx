import { useEffect, useState, type ReactElement } from 'react';
import { t } from '../i18n/words.tsx';
import { Num } from '../ui/marks.tsx';
import { accountCalls, type PairingCode } from './calls.ts';
import { deviceStore, type Credential } from './device.ts';

const CLAIM_EVERY = 2000;
const ASK_AGAIN = 3000;

/** The code a manager types, 72 px; asks every 2 s whether somebody did. A code that ran out is replaced. */
export function Pairing({
  why,
  onPaired,
}: {
  why: 'new' | 'revoked';
  onPaired: (credential: Credential) => void;
}): ReactElement {
  const [pairing, setPairing] = useState<PairingCode | null>(null);
  const [reachable, setReachable] = useState(true);

  useEffect(() => {
    let over = false;
    let timer: ReturnType<typeof setTimeout>;
    const wait = (ms: number, next: () => Promise<void>): void => {
      if (!over) timer = setTimeout(() => void next(), ms);
    };
    const ask = async (): Promise<void> => {
      const reply = await accountCalls.pairing();
      if (over) return;
      if (reply === 'unreachable' || reply.refused) {
        setReachable(reply !== 'unreachable');
        return wait(
          reply === 'unreachable' ? ASK_AGAIN : Math.max(ASK_AGAIN, (reply.retryAfter ?? 0) * 1000),
          ask,
        );
      }
      setReachable(true);
      setPairing(reply.body);
      wait(CLAIM_EVERY, () => claim(reply.body, Date.now() + reply.body.expiresIn * 1000));
    };
    const claim = async (code: PairingCode, until: number): Promise<void> => {
      const reply = await accountCalls.claim(code.claim);
      if (over) return;
      setReachable(reply !== 'unreachable');
      if (reply !== 'unreachable' && !reply.refused && reply.body.status === 'paired') {
        const { credential, device, location, page, station } = reply.body;
        const made: Credential = {
          credential,
          device,
          location,
          page,
          ...(station !== undefined && { station }),
        };
        deviceStore.setCredential(made);
        return onPaired(made);
      }
      const gone = reply !== 'unreachable' && reply.refused && reply.status !== 429;
      if (gone || Date.now() > until) {
        setPairing(null);
        return ask();
      }
      wait(CLAIM_EVERY, () => claim(code, until));
    };
    void ask();
    return () => {
      over = true;
      clearTimeout(timer);
    };
  }, [onPaired]);

  return (
    <main className="stage" data-testid="pairing">
      {why === 'revoked' && <p className="text-xl text-late-text">{t('pair.revoked')}</p>}
      <h1 className="text-2xl font-bold">{t('pair.title')}</h1>
      <p
        className="font-bold"
        style={{ fontSize: 'clamp(40px, 13vw, 72px)', letterSpacing: '0.12em', lineHeight: 1.1 }}
        data-testid="pair-code"
      >
        {pairing === null ? <span className="text-text-3">········</span> : <Num>{pairing.code}</Num>}
      </p>
      <p className="text-xl text-text-2">{t('pair.say')}</p>
      <p className="text-lg text-text-3" role="status">
        {!reachable
          ? t('pair.offline')
          : pairing === null
            ? t('pair.asking')
            : t('pair.valid', { minutes: Math.round(pairing.expiresIn / 60) })}
      </p>
    </main>
  );
}
