import type { ReactElement } from 'react';
import type { CallView } from '../../../domain/call/entities.ts';
import { t } from '../../i18n/words.tsx';
import { Button } from '../../ui/button.tsx';
import { useStand } from '../desk.tsx';
import { webAddress } from './board.ts';
import { EraseIcon, OutcomeIcon, PlayIcon } from './icons.tsx';

/** Once a call is over: what it was about, where it can be heard, and what came of it. */
export function After({ call }: { call: CallView }): ReactElement {
  const { openCallSheet } = useStand();
  const address = webAddress(call.recording);
  return (
    <div className="ca" data-testid="call-after">
      <p className="ca-summary" data-testid="summary">
        {call.summary === undefined ? <em>{missing(call)}</em> : <span dir="auto">{call.summary}</span>}
      </p>
      <div className="ca-row">
        {address !== null && (
          <>
            <a
              className="btn btn-raised btn-small pressable"
              href={address}
              target="_blank"
              rel="noopener noreferrer"
              data-testid="recording"
            >
              <PlayIcon />
              {t('calls.act.listen')}
            </a>
            <Button
              className="btn-square"
              label={t('calls.act.erase')}
              testId="erase-recording"
              onPress={() => openCallSheet({ sheet: 'erase', call: call.id })}
            >
              <EraseIcon />
            </Button>
          </>
        )}
        {address === null && call.recording !== undefined && <em>{t('calls.recording.odd')}</em>}
        {call.recording === undefined && (
          <em>{t(call.erased === true ? 'calls.recording.erased' : 'calls.recording.none')}</em>
        )}
        <span className="grow" />
        <Button
          className="btn-small"
          look={call.outcome === undefined ? 'main' : 'edge'}
          testId="outcome"
          onPress={() => openCallSheet({ sheet: 'outcome', call: call.id })}
        >
          <OutcomeIcon />
          {call.outcome === undefined ? t('calls.act.outcome') : t(`calls.outcome.${call.outcome}`)}
        </Button>
      </div>
    </div>
  );
}

function missing({ analysis }: CallView): string {
  switch (analysis) {
    case 'pending':
      return t('calls.summary.pending');
    case 'failed':
      return t('calls.summary.failed');
    case 'none':
    case 'ready':
      return t('calls.summary.none');
    default:
      return analysis satisfies never;
  }
}
