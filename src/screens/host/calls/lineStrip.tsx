import type { ReactElement } from 'react';
import type { CallView } from '../../../domain/call/entities.ts';
import { t } from '../../i18n/words.tsx';
import { Num } from '../../ui/marks.tsx';
import { ageText } from '../../ui/time.ts';
import { useStand } from '../desk.tsx';
import { lasted, onTheLine, toneOf } from './board.ts';
import { CallIcon } from './icons.tsx';
import { Caller, stateWord } from './names.tsx';

/**
 * Every call on the line, a row each, so that none is forgotten while another one, or a booking, is looked at. Nothing
 * while the only call is the one that is shown.
 */
export function LineStrip({
  shown,
  className = '',
}: {
  shown?: string;
  className?: string;
}): ReactElement | null {
  const { calls } = useStand();
  const line = onTheLine(calls.values());
  if (line.every(({ id }) => id === shown)) return null;
  return (
    <nav className={`ls ${className}`} aria-label={t('calls.board')} data-testid="line-strip">
      {line.map((call) => (
        <CallRow key={call.id} call={call} isShown={call.id === shown} />
      ))}
    </nav>
  );
}

export function CallRow({ call, isShown }: { call: CallView; isShown: boolean }): ReactElement {
  const { callNow, choose } = useStand();
  return (
    <button
      type="button"
      className={`lc lc-${toneOf(call)}`}
      aria-pressed={isShown}
      data-testid="line-call"
      data-call={call.id}
      data-status={call.status}
      onClick={() => choose({ call: call.id })}
    >
      <CallIcon status={call.status} />
      <strong>
        <Caller call={call} />
      </strong>
      <span className="lc-state">
        {stateWord(call)}
        {(call.status === 'staff_takeover' || call.status === 'staff_active') && call.by !== undefined && (
          <>
            {' · '}
            <bdi>{call.by}</bdi>
          </>
        )}
      </span>
      <Num>{ageText(lasted(call, callNow))}</Num>
    </button>
  );
}
