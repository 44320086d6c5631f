import {
  createContext,
  useCallback,
  useContext,
  useEffect,
  useMemo,
  useState,
  useSyncExternalStore,
  type ReactElement,
  type ReactNode,
} from 'react';
import { createHeard } from '../../sdk/client.ts';
import { HeardProvider, useConnection } from '../../sdk/react/hooks.ts';
import { t } from '../i18n/words.tsx';
import { KeepShell } from '../shell/keepShell.tsx';
import { Button } from '../ui/button.tsx';
import { deviceStore, type Credential } from './device.ts';
import { byCredential, openSession, wantedLocation, type Wanted } from './open.ts';
import { Pairing } from './pairing.tsx';
import type { Session, SessionView } from './session.ts';

/** Nothing of a location is drawn before the page knows who it is, and nothing stays when it no longer may. */

const SessionContext = createContext<Session | null>(null);

export function useSession(): Session {
  const session = useContext(SessionContext);
  if (session === null) throw new Error('useSession needs a <SessionGate> above it.');
  return session;
}

/** Who the page is now; draws anew when a person signs in or out. */
export function useSessionView(): SessionView {
  const session = useSession();
  return useSyncExternalStore(session.subscribe, session.get, session.get);
}

type Step =
  | { kind: 'opening' }
  | { kind: 'open'; session: Session }
  | { kind: 'pair'; why: 'new' | 'revoked' }
  | { kind: 'unreachable' }
  | { kind: 'refused'; detail: string };

const TRY_AGAIN = 3000;

/** Opens a session for `page`, makes the client of its location, and draws the children with both. */
export function SessionGate({
  page,
  station,
  children,
}: {
  page: string;
  station?: string;
  children: ReactNode;
}): ReactElement {
  const wanted = useMemo<Wanted>(() => ({ page, station, location: wantedLocation() }), [page, station]);
  const [step, setStep] = useState<Step>({ kind: 'opening' });
  const [round, setRound] = useState(0);
  const onRevoked = useCallback(() => setStep({ kind: 'pair', why: 'revoked' }), []);

  const pending = step.kind === 'opening' || step.kind === 'unreachable';
  useEffect(() => {
    if (!pending) return;
    let over = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const open = (): void => {
      void openSession(wanted, onRevoked).then((opened) => {
        if (over) return;
        setStep(opened.kind === 'pair' ? { kind: 'pair', why: 'new' } : opened);
        if (opened.kind === 'unreachable') timer = setTimeout(open, TRY_AGAIN);
      });
    };
    open();
    return () => {
      over = true;
      clearTimeout(timer);
    };
  }, [pending, wanted, onRevoked]);

  const onPaired = useCallback(
    (credential: Credential) =>
      setStep({ kind: 'open', session: byCredential(credential, wanted, onRevoked) }),
    [wanted, onRevoked],
  );

  if (step.kind === 'pair') return <Pairing why={step.why} onPaired={onPaired} />;
  if (step.kind === 'open') {
    return (
      // A client that was refused for good does not try again: one more is made when the refusal is over.
      <OpenSession
        key={round}
        session={step.session}
        page={page}
        onRevoked={onRevoked}
        onThere={() => setRound(round + 1)}
      >
        {children}
      </OpenSession>
    );
  }
  return (
    <Stage
      say={
        step.kind === 'opening'
          ? t('session.opening')
          : step.kind === 'unreachable'
            ? t('pair.offline')
            : step.detail
      }
    />
  );
}

function OpenSession({
  session,
  page,
  children,
  onRevoked,
  onThere,
}: {
  session: Session;
  page: string;
  children: ReactNode;
  onRevoked: () => void;
  onThere: () => void;
}): ReactElement {
  const { location: place, station } = session.get();
  const heard = useMemo(
    () =>
      createHeard({
        baseUrl: window.location.origin,
        location: place,
        token: session.token,
        actor: session.actor,
        client: {
          id: `${deviceStore.client()}-${page}${station === undefined ? '' : `-${station}`}`.slice(0, 80),
          app: `screen/${page}`,
          ...(station !== undefined && { screen: station }),
        },
      }),
    [place, station, page, session],
  );
  useEffect(() => () => heard.close(), [heard]);
  // Whoever signed in may be the one that some taps on this device wait for.
  useEffect(() => session.subscribe(heard.outbox.flush), [session, heard]);
  return (
    <SessionContext.Provider value={session}>
      <HeardProvider heard={heard}>
        <KeepShell />
        <Unblocked onRevoked={onRevoked} onThere={onThere}>
          {children}
        </Unblocked>
      </HeardProvider>
    </SessionContext.Provider>
  );
}

/** A refusal that does not pass by itself replaces the board: old tickets under a dead line would be a lie. */
function Unblocked({
  children,
  onRevoked,
  onThere,
}: {
  children: ReactNode;
  onRevoked: () => void;
  /** The station that was missing is there. */
  onThere: () => void;
}): ReactElement {
  const { blocked } = useConnection();
  const session = useSession();
  const reason = blocked?.reason ?? null;
  const over = reason === 'revoked' || reason === 'pair';
  useEffect(() => {
    if (!over) return;
    if (deviceStore.credential() !== null) deviceStore.forgetCredential();
    onRevoked();
  }, [over, onRevoked]);
  const { location: place, station } = session.get();
  const waits = reason === 'no_such_place' && station !== undefined;
  useEffect(() => {
    if (!waits) return;
    // A screen may be paired for a station that is published only afterwards.
    const timer = setInterval(async () => {
      const path = `/v1/locations/${place}/snapshot?topic=station:${station}`;
      const headers = { authorization: `Bearer ${await session.token('command')}` };
      const answer = await fetch(path, { headers }).catch(() => null);
      if (answer?.ok === true) onThere();
    }, TRY_AGAIN);
    return () => clearInterval(timer);
  }, [waits, place, station, session, onThere]);
  if (reason === null) return <>{children}</>;
  if (reason === 'no_such_place') {
    const name = station === undefined ? place : `${place} / ${station}`;
    const isPaired = waits && deviceStore.credential() !== null;
    return <Stage say={t(isPaired ? 'session.notYet' : 'session.noPlace', { name })} />;
  }
  if (reason === 'version') return <Stage say={t('session.version')} reload />;
  return <Stage say={t('session.broken', { reason: blocked?.message ?? '' })} reload />;
}

function Stage({ say, reload = false }: { say: string; reload?: boolean }): ReactElement {
  return (
    <main className="stage" role="status">
      <p className="text-2xl font-bold">{t('app.name')}</p>
      <p className="text-xl text-text-2">{say}</p>
      {reload && <Button onPress={() => window.location.reload()}>{t('line.reload')}</Button>}
    </main>
  );
}
