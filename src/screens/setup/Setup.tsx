import { useCallback, useEffect, useState, type ReactElement } from 'react';
import { t } from '../i18n/words.tsx';
import { accountCalls } from '../session/calls.ts';
import { deviceStore, type Credential } from '../session/device.ts';
import { Pairing } from '../session/pairing.tsx';
import { Button } from '../ui/button.tsx';
import { ReceiptMark } from '../ui/marks.tsx';
import { ApproveForm, DeviceList } from './screens.tsx';
import { setupCalls, type Member, type PlaceName } from './calls.ts';

/** A manager's token, renewed before it ends. */
export type Manager = { readonly name: string; readonly token: () => Promise<string> };

type Step =
  | { kind: 'opening' }
  | { kind: 'start' }
  | { kind: 'pair' }
  | { kind: 'manager'; manager: Manager };

/** Two ways in: this device is a screen that wants to be paired, or somebody who pairs screens. */
export function Setup(): ReactElement {
  const [step, setStep] = useState<Step>(() =>
    new URLSearchParams(location.search).has('pair') ? { kind: 'pair' } : { kind: 'opening' },
  );
  const [demo, setDemo] = useState(false);
  useEffect(() => {
    let over = false;
    void accountCalls.demo({ page: 'setup' }).then((reply) => {
      if (over) return;
      setDemo(reply !== 'unreachable' && !reply.refused);
      setStep((before) => (before.kind === 'opening' ? { kind: 'start' } : before));
    });
    return () => {
      over = true;
    };
  }, []);
  const onPaired = useCallback((credential: Credential) => window.location.assign(pageOf(credential)), []);
  if (step.kind === 'pair')
    return (
      <div className="setup-pair">
        <Pairing why="new" onPaired={onPaired} />
        <Button className="setup-back" onPress={() => setStep({ kind: 'start' })}>
          {t('act.back')}
        </Button>
      </div>
    );
  return (
    <div className="setup">
      <header>
        <h1>
          <ReceiptMark receipt="heard" />
          {t('setup.title')}
        </h1>
        {step.kind === 'manager' && (
          <p>
            {step.manager.name}{' '}
            <Button look="plain" onPress={() => setStep({ kind: 'start' })}>
              {t('pin.signOut')}
            </Button>
          </p>
        )}
      </header>
      {step.kind === 'opening' && <p role="status">{t('session.opening')}</p>}
      {step.kind === 'start' && (
        <main className="setup-panes">
          <section>
            <h2>{t('setup.screenTitle')}</h2>
            <p>{t('setup.screenSay')}</p>
            {deviceStore.credential() !== null && (
              <p className="text-soon-text">{t('setup.alreadyPaired')}</p>
            )}
            <Button look="main" onPress={() => setStep({ kind: 'pair' })} testId="pair-this">
              {t('setup.pairThis')}
            </Button>
          </section>
          <LoginForm demo={demo} onSignedIn={(manager) => setStep({ kind: 'manager', manager })} />
        </main>
      )}
      {step.kind === 'manager' && <Desk manager={step.manager} />}
    </div>
  );
}

function LoginForm({
  demo,
  onSignedIn,
}: {
  demo: boolean;
  onSignedIn: (manager: Manager) => void;
}): ReactElement {
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const [said, setSaid] = useState('');
  const [busy, setBusy] = useState(false);
  const signIn = async (): Promise<void> => {
    setBusy(true);
    const reply = await setupCalls.login(email.trim(), password);
    setBusy(false);
    if (reply.ok) onSignedIn(memberAs(reply.body));
    else
      setSaid(
        reply.retryAfter === null
          ? reply.why || t('setup.unreachable')
          : t('pin.wait', { seconds: reply.retryAfter }),
      );
  };
  const asDemo = async (): Promise<void> => {
    const reply = await accountCalls.demo({ page: 'setup' });
    if (reply === 'unreachable' || reply.refused)
      setSaid(reply === 'unreachable' ? t('setup.unreachable') : reply.detail);
    else onSignedIn(demoManager(reply.body.name ?? t('setup.demoManager')));
  };
  return (
    <section>
      <h2>{t('setup.managerTitle')}</h2>
      <p>{t('setup.managerSay')}</p>
      <form
        className="setup-form"
        onSubmit={(event) => {
          event.preventDefault();
          void signIn();
        }}
      >
        <label>
          {t('setup.email')}
          <input
            className="field"
            type="email"
            autoComplete="username"
            required
            value={email}
            data-testid="email"
            onChange={(event) => setEmail(event.target.value)}
          />
        </label>
        <label>
          {t('setup.password')}
          <input
            className="field"
            type="password"
            autoComplete="current-password"
            required
            value={password}
            data-testid="password"
            onChange={(event) => setPassword(event.target.value)}
          />
        </label>
        <p className="setup-said" role="alert">
          {said}
        </p>
        <div className="setup-keys">
          <button
            type="submit"
            className="btn btn-main"
            disabled={busy || email === '' || password === ''}
            data-testid="sign-in"
          >
            {t('setup.signIn')}
          </button>
          {demo && (
            <Button look="edge" onPress={() => void asDemo()} testId="demo-manager">
              {t('setup.asDemo')}
            </Button>
          )}
        </div>
      </form>
    </section>
  );
}

/** The manager's page: one location at a time. */
function Desk({ manager }: { manager: Manager }): ReactElement {
  const [places, setPlaces] = useState<readonly PlaceName[] | null>(null);
  const [place, setPlace] = useState<string | null>(null);
  const [stations, setStations] = useState<readonly PlaceName[]>([]);
  const [said, setSaid] = useState('');
  const [changed, setChanged] = useState(0);

  useEffect(() => {
    let over = false;
    void manager
      .token()
      .then(setupCalls.places)
      .then((reply) => {
        if (over) return;
        if (!reply.ok) return setSaid(reply.why || t('setup.unreachable'));
        setPlaces(reply.body);
        const asked = new URLSearchParams(location.search).get('location');
        setPlace(reply.body.find(({ id }) => id === asked)?.id ?? reply.body[0]?.id ?? null);
      });
    return () => {
      over = true;
    };
  }, [manager]);
  useEffect(() => {
    let over = false;
    if (place === null) return;
    void manager
      .token()
      .then((token) => setupCalls.stations(token, place))
      .then((reply) => {
        if (!over) setStations(reply.ok ? reply.body : []);
      });
    return () => {
      over = true;
    };
  }, [manager, place]);

  if (said !== '') return <p role="alert">{said}</p>;
  if (places === null) return <p role="status">{t('session.opening')}</p>;
  if (place === null) return <p>{t('setup.noPlaces')}</p>;
  return (
    <main>
      {places.length > 1 && (
        <div className="opts" role="group" aria-label={t('setup.place')}>
          {places.map((one) => (
            <Button
              key={one.id}
              look="plain"
              className="op"
              pressed={one.id === place}
              onPress={() => setPlace(one.id)}
            >
              {one.name}
            </Button>
          ))}
        </div>
      )}
      {places.length === 1 && <h2>{places[0]?.name}</h2>}
      <div className="setup-panes">
        <ApproveForm
          key={place}
          manager={manager}
          place={place}
          stations={stations}
          onApproved={() => setChanged((before) => before + 1)}
        />
        <DeviceList manager={manager} place={place} changed={changed} />
      </div>
    </main>
  );
}

const EARLY = 60_000;
const MEMBER_LIFE = 900_000;

function memberAs(member: Member): Manager {
  let current = member;
  let until = Date.now() + MEMBER_LIFE;
  return {
    name: member.name,
    async token() {
      if (Date.now() > until - EARLY) {
        const next = await setupCalls.refresh(current.refresh);
        if (next.ok) {
          current = next.body;
          until = Date.now() + MEMBER_LIFE;
        }
      }
      return current.token;
    },
  };
}

function demoManager(name: string): Manager {
  const asked = new URLSearchParams(location.search).get('location');
  let kept: { token: string; until: number } | null = null;
  return {
    name,
    async token() {
      if (kept !== null && Date.now() < kept.until - EARLY) return kept.token;
      const reply = await accountCalls.demo({ page: 'setup', ...(asked !== null && { location: asked }) });
      if (reply === 'unreachable' || reply.refused) return '';
      kept = { token: reply.body.token, until: Date.now() + reply.body.expiresIn * 1000 };
      return kept.token;
    },
  };
}

/** Where a screen goes once it is paired. */
export function pageOf(credential: Pick<Credential, 'page' | 'station'>): string {
  return credential.page === 'kitchen' && credential.station !== undefined
    ? `/kitchen/${encodeURIComponent(credential.station)}`
    : `/${credential.page}`;
}
