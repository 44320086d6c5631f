import type { ReactElement } from 'react';
import type { CallView } from '../../../domain/call/entities.ts';
import { t } from '../../i18n/words.tsx';
import { Num } from '../../ui/marks.tsx';
import { ageText } from '../../ui/time.ts';
import { callerOf, isMine } from './board.ts';

/** What is written of a call wherever it is named. */

/** Their name, else their number, else that there is neither. */
export function callerText(call: CallView): string {
  const { name, number } = callerOf(call);
  return name ?? number ?? t('calls.noNumber');
}

export function Caller({ call }: { call: CallView }): ReactElement {
  const { name, number } = callerOf(call);
  if (name !== null) return <bdi>{name}</bdi>;
  return number === null ? <>{t('calls.noNumber')}</> : <Num>{number}</Num>;
}

/** The word of a state: never colour alone. One that the agent passes on may ring anywhere. */
export function stateWord({ status, ringsUntil, transferTo }: CallView): string {
  return status === 'transferring' && ringsUntil === undefined && transferTo !== undefined
    ? t('calls.passing')
    : t(`calls.state.${status}`);
}

/** What a state means for whoever reads it now: what happens next, or what is not known. */
export function stateSays(call: CallView, now: number, me: string | null): string | null {
  const name = call.by ?? t('calls.somebody');
  switch (call.status) {
    case 'ringing':
      return t('calls.say.ringing');
    case 'transferring': {
      const left = call.ringsUntil === undefined ? 0 : Math.ceil((Date.parse(call.ringsUntil) - now) / 1000);
      if (left > 0) return t('calls.say.ringsFor', { seconds: left });
      return call.transferTo === undefined
        ? t('calls.say.transferring')
        : t('calls.say.passing', { to: call.transferTo });
    }
    case 'staff_takeover':
      return isMine(call, me) ? t('calls.say.takeoverMine') : t('calls.say.takeoverOther', { name });
    case 'staff_active':
      return isMine(call, me) ? t('calls.say.activeMine') : t('calls.say.activeOther', { name });
    case 'stale':
      return t('calls.say.stale', { age: ageText(now - Date.parse(call.heardAt ?? call.since)) });
    case 'missed':
    case 'dropped':
    case 'failed':
      return t(`calls.say.${call.status}`);
    case 'ai_active':
    case 'wrap_up':
    case 'completed':
      return null;
    default:
      return call.status satisfies never;
  }
}
