import { useCallback, useEffect, useState, type ReactElement, type ReactNode } from 'react';
import { t } from '../i18n/words.tsx';
import { UndoIcon } from './icons.tsx';
import { usePress } from './press.ts';

/** The latest thing done or refused, for 6 s. The command is already sent: UNDO sends the reverse. */
export type Toast = { id: string; say: ReactNode; undo?: () => void };

const STAYS = 6000;

/** Holds the one toast of a screen; a new one takes the old one's place. */
export function useToast(): { toast: Toast | null; show: (toast: Toast) => void; clear: () => void } {
  const [toast, setToast] = useState<Toast | null>(null);
  const clear = useCallback(() => setToast(null), []);
  return { toast, show: setToast, clear };
}

/** In the bar on kitchen screens; `floating` puts it at the bottom centre of a tablet, where a touch pauses it. */
export function ToastBar({
  toast,
  clear,
  floating = false,
}: {
  toast: Toast | null;
  clear: () => void;
  floating?: boolean;
}): ReactElement | null {
  if (toast === null) return null;
  return <ToastShown key={toast.id} toast={toast} clear={clear} floating={floating} />;
}

function ToastShown({
  toast,
  clear,
  floating,
}: {
  toast: Toast;
  clear: () => void;
  floating: boolean;
}): ReactElement {
  const [left, setLeft] = useState(STAYS);
  const [paused, setPaused] = useState(false);
  useEffect(() => {
    if (paused) return;
    const timer = setInterval(() => setLeft((ms) => ms - 1000), 1000);
    return () => clearInterval(timer);
  }, [paused]);
  useEffect(() => {
    if (left <= 0) clear();
  }, [left, clear]);
  const press = usePress(() => {
    toast.undo?.();
    clear();
  });
  return (
    <div
      className={`toast ${floating ? 'toast-floating' : ''}`}
      role="status"
      data-testid="toast"
      onPointerDown={() => floating && setPaused(true)}
      onPointerUp={() => setPaused(false)}
      onPointerCancel={() => setPaused(false)}
    >
      <span>{toast.say}</span>
      {toast.undo !== undefined && (
        <button type="button" data-testid="undo" {...press}>
          <UndoIcon />
          {t('act.undo')} <small>{t('time.seconds', { seconds: Math.max(1, Math.ceil(left / 1000)) })}</small>
        </button>
      )}
    </div>
  );
}
