import { useEffect, useId, useRef, type ReactElement, type ReactNode } from 'react';
import { t } from '../i18n/words.tsx';
import { Button } from './button.tsx';
import { CloseIcon } from './icons.tsx';

/** Rises over the page; closes by its button, Esc, and a tap beside it unless `keep` (something was chosen). */
export function Sheet(props: {
  title: ReactNode;
  onClose: () => void;
  children: ReactNode;
  keep?: boolean;
  foot?: ReactNode;
  className?: string;
}): ReactElement {
  const title = useId();
  const box = useRef<HTMLDivElement>(null);
  const { onClose } = props;
  useEffect(() => {
    const before = document.activeElement;
    box.current?.focus();
    return () => {
      if (before instanceof HTMLElement) before.focus();
    };
  }, []);
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.key !== 'Escape') return;
      event.stopPropagation();
      onClose();
    };
    window.addEventListener('keydown', onKey, true);
    return () => window.removeEventListener('keydown', onKey, true);
  }, [onClose]);
  return (
    <div
      className="scrim"
      onPointerUp={(event) => {
        if (event.target === event.currentTarget && props.keep !== true) onClose();
      }}
    >
      <div
        className={`sheet ${props.className ?? ''}`}
        role="dialog"
        aria-modal="true"
        aria-labelledby={title}
        tabIndex={-1}
        ref={box}
      >
        <div className="sheet-head">
          <h2 id={title}>{props.title}</h2>
          <Button look="plain" label={t('act.close')} onPress={onClose}>
            <CloseIcon />
          </Button>
        </div>
        <div className="sheet-body">{props.children}</div>
        {props.foot}
      </div>
    </div>
  );
}
