import { useState, type ReactElement } from 'react';
import { useOutbox } from '../../sdk/react/hooks.ts';
import { t } from '../i18n/words.tsx';
import { Button } from './button.tsx';
import { usePress } from './press.ts';
import { Sheet } from './sheet.tsx';
import { TapsSheet, needsALook } from './tapsSheet.tsx';

/** On boards, where what is unsent is drawn on its card: only what asks for a person. */
export function TapsChip({
  nameOf,
  zone,
}: {
  nameOf?: (input: unknown) => string | null;
  zone?: string | undefined;
}): ReactElement | null {
  const { pending, refused } = useOutbox();
  const [open, setOpen] = useState(false);
  const press = usePress(() => setOpen(true));
  const count = pending.filter(needsALook).length + refused.length;
  if (count === 0 && !open) return null;
  return (
    <>
      <button type="button" className="conn conn-polling pressable" data-testid="taps-chip" {...press}>
        {t('taps.look', { count })}
      </button>
      {open && <TapsSheet onClose={() => setOpen(false)} nameOf={nameOf} zone={zone} />}
    </>
  );
}

/** Under the keys of the PIN: whom this device has something for. */
export function HeldTaps(): ReactElement | null {
  const { pending } = useOutbox();
  const people = new Map<string, number>();
  for (const one of pending.filter(({ state }) => state === 'held')) {
    const name = one.who ?? t('taps.somebody');
    people.set(name, (people.get(name) ?? 0) + 1);
  }
  if (people.size === 0) return null;
  return (
    <div role="status" data-testid="held-taps">
      {[...people].map(([name, count]) => (
        <p key={name} className="text-md text-text-2">
          {t('held.wait', { count, name })}
        </p>
      ))}
    </div>
  );
}

/** Somebody leaves while taps of theirs are not in the kitchen yet: they decide, knowing what becomes of them. */
export function LeaveSheet({
  count,
  onLeave,
  onStay,
}: {
  count: number;
  onLeave: () => void;
  onStay: () => void;
}): ReactElement {
  return (
    <Sheet title={t('leave.title')} onClose={onStay}>
      <div className="flex flex-col gap-4" data-testid="leave">
        <p>{t('leave.say', { count })}</p>
        <div className="flex flex-wrap gap-2">
          <Button look="main" onPress={onStay} testId="leave-stay">
            {t('leave.stay')}
          </Button>
          <Button onPress={onLeave} testId="leave-go">
            {t('leave.go')}
          </Button>
        </div>
      </div>
    </Sheet>
  );
}
