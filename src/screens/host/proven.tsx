import type { ReactElement } from 'react';
import { t } from '../i18n/words.tsx';
import { Num, ReceiptMark } from '../ui/marks.tsx';
import { exactText } from '../ui/time.ts';
import { useStand } from './desk.tsx';

/** Nothing is there, and when that was proved. */
export function Proven({ say, large = false }: { say: string; large?: boolean }): ReactElement {
  const { view, zone } = useStand();
  return (
    <p className={large ? 'proven proven-large' : 'proven'}>
      {view.freshness !== null && <ReceiptMark receipt="heard" />}
      {say}
      {view.freshness !== null && (
        <small>
          {t('host.checked')} <Num>{exactText(view.freshness, zone)}</Num>
        </small>
      )}
    </p>
  );
}
