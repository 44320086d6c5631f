import { useState, type ReactElement } from 'react';
import { t } from '../i18n/words.tsx';
import { accountCalls } from '../session/calls.ts';
import { Button } from '../ui/button.tsx';
import { setupCalls } from './calls.ts';
import { demoManager, memberAs, type Manager } from './session.ts';

/** Owners and managers sign in with e-mail and password. */
export function LoginForm({
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
