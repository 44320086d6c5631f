import { useState, type ReactElement, type ReactNode } from 'react';
import { useConnection, useOutbox, useServerNow } from '../../sdk/react/hooks.ts';
import type { View } from '../../sdk/shapes.ts';
import { LANGUAGES, OWN_NAMES } from '../i18n/language.ts';
import { currentLanguage, setLanguage, t } from '../i18n/words.tsx';
import { useSession, useSessionView } from '../session/gate.tsx';
import { SignIn } from '../session/signIn.tsx';
import { AbilityChip } from './abilityChip.tsx';
import { Button } from './button.tsx';
import { ConnectionPill } from './connection.tsx';
import { DeafChip } from './deaf.tsx';
import { lineOf } from './line.ts';
import { Num, ReceiptMark } from './marks.tsx';
import { usePress } from './press.ts';
import { RefreshNow, RepairNote } from './refresh.tsx';
import { Sheet } from './sheet.tsx';
import { LeaveIcon } from './tabletIcons.tsx';
import { LeaveSheet } from './tapsChip.tsx';
import { TapsSheet, needsALook } from './tapsSheet.tsx';
import { ageText } from './time.ts';
import './tablet.css';

/** The bar of the pages for waiters: where, what is not sent, how far the line may be trusted, and who. */
export function TabletBar({
  view,
  place,
  zone,
  children,
  onUnsent,
}: {
  view: View;
  place: string;
  zone?: string;
  children?: ReactNode;
  onUnsent?: () => void;
}): ReactElement {
  const connection = useConnection();
  const now = useServerNow();
  const [asking, setAsking] = useState(false);
  const session = useSessionView();
  const name = session.name ?? t(`role.${session.role}`);
  const who = usePress(() => setAsking(true));
  return (
    <header className="bar">
      <span className="brand">
        <ReceiptMark receipt="heard" />
        <b>{t('app.name')}</b>
      </span>
      <span className="place">{place}</span>
      {children}
      <span className="grow" />
      <UnsentChip now={now} onOpen={onUnsent} zone={zone} />
      <AbilityChip />
      <DeafChip view={view} />
      <RepairNote zone={zone} />
      <ConnectionPill line={lineOf(connection, view)} now={now} zone={zone} short />
      <RefreshNow className="btn-square" />
      <button type="button" className="who pressable" data-testid="who" {...who}>
        <Avatar name={name} />
        <span className="sr-only">{t('who.open', { name })}</span>
        <span className="who-name" aria-hidden="true">
          {name}
        </span>
      </button>
      {asking && <WhoSheet onClose={() => setAsking(false)} />}
    </header>
  );
}

/** Initials on a disc; never a fill of a tile. */
export function Avatar({ name }: { name: string }): ReactElement {
  return (
    <i className="avatar" aria-hidden="true">
      {initialsOf(name)}
    </i>
  );
}

/** Two letters: of the first two words, or the first two of the only one. */
export function initialsOf(name: string): string {
  const [first = '', second] = name.trim().split(/\s+/);
  const letters =
    second === undefined
      ? Array.from(first).slice(0, 2)
      : [first, second].map((word) => Array.from(word)[0] ?? '');
  return letters.join('').toLocaleUpperCase();
}

/** `3 not sent`: what is safe on this tablet and not in the kitchen. */
function UnsentChip({
  now,
  onOpen,
  zone,
}: {
  now: number;
  onOpen?: (() => void) | undefined;
  zone?: string | undefined;
}): ReactElement | null {
  const outbox = useOutbox();
  const [open, setOpen] = useState(false);
  const press = usePress(() => (onOpen ? onOpen() : setOpen(true)));
  // What was tapped a moment ago is under way; saying so at every tap would cry wolf.
  const late = outbox.pending.filter(
    (command) => command.state === 'unsent' || needsALook(command) || now - command.tappedAt > 3000,
  );
  if (open) return <TapsSheet onClose={() => setOpen(false)} zone={zone} />;
  if (late.length === 0 && outbox.refused.length === 0) return null;
  const oldest = late.length === 0 ? null : Math.min(...late.map((command) => command.tappedAt));
  return (
    <button type="button" className="conn conn-polling pressable" data-testid="unsent" {...press}>
      <ReceiptMark receipt="queued" />
      {late.length > 0
        ? t('unsent.count', { count: late.length })
        : t('unsent.refused', { count: outbox.refused.length })}
      {oldest !== null && (
        <small>
          <Num>{ageText(now - oldest)}</Num>
        </small>
      )}
    </button>
  );
}

function WhoSheet({ onClose }: { onClose: () => void }): ReactElement {
  const session = useSession();
  const view = useSessionView();
  const [pin, setPin] = useState(false);
  const [leaving, setLeaving] = useState(false);
  const { pending } = useOutbox();
  const own = pending.filter(({ state }) => state !== 'held').length;
  const signOut = (): void => {
    session.signOut();
    // Nothing of the last person stays in this page's memory; taps that are not sent stay on the device.
    window.location.reload();
  };
  if (leaving) return <LeaveSheet count={own} onLeave={signOut} onStay={onClose} />;
  return (
    <Sheet title={view.name ?? t(`role.${view.role}`)} onClose={onClose}>
      {pin ? (
        <SignIn onDone={onClose} />
      ) : (
        <div className="flex flex-col gap-4">
          <div className="flex flex-wrap gap-2">
            <Button onPress={() => setPin(true)} testId="switch-person">
              {t('who.switch')}
            </Button>
            {view.person !== null && (
              <Button onPress={() => (own > 0 ? setLeaving(true) : signOut())} testId="sign-out">
                <LeaveIcon />
                {t('pin.signOut')}
              </Button>
            )}
          </div>
          <h3 className="font-bold">{t('language.name')}</h3>
          <div className="flex flex-wrap gap-2">
            {LANGUAGES.map((language) => (
              <Button
                key={language}
                look="edge"
                pressed={language === currentLanguage()}
                onPress={() => setLanguage(language)}
              >
                {OWN_NAMES[language]}
              </Button>
            ))}
          </div>
        </div>
      )}
    </Sheet>
  );
}
