import type { ReactElement } from 'react';
import { useHeard } from '../../sdk/react/hooks.ts';
import { t } from '../i18n/words.tsx';
import { useSession } from './gate.tsx';
import { PinPad } from './pin.tsx';

/** Asks whoever stands before the screen for a PIN; from then on the line carries what that person may see and do. */
export function SignIn({ onDone }: { onDone?: () => void }): ReactElement {
  const session = useSession();
  const heard = useHeard();
  return (
    <PinPad
      title={t('pin.title')}
      check={async (pin) => {
        const answer = await session.signIn(pin);
        if (!answer.ok) return answer;
        await heard.renew();
        onDone?.();
        return { ok: true };
      }}
    />
  );
}
