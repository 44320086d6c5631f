import type { ReactElement } from 'react';
import type { CallView } from '../../../domain/call/entities.ts';
import { t } from '../../i18n/words.tsx';
import { Button } from '../../ui/button.tsx';
import { NoteIcon } from '../../ui/icons.tsx';
import { Num } from '../../ui/marks.tsx';
import { ageText, clockText } from '../../ui/time.ts';
import { useStand } from '../desk.tsx';
import { Proven } from '../proven.tsx';
import { lasted, leftUndone, onTheLine, overCalls, toDo, toneOf } from './board.ts';
import { CallIcon } from './icons.tsx';
import { CallRow } from './lineStrip.tsx';
import { Caller } from './names.tsx';
import { TaskRow } from './tasks.tsx';

/** All of the telephone at once: what is to be done, who is on the line, and the calls of the last hours. */
export function CallsTab(): ReactElement {
  const { calls, tasks, chosen, openCallSheet } = useStand();
  const shown = chosen && 'call' in chosen ? chosen.call : null;
  const line = onTheLine(calls.values());
  const over = overCalls(calls.values());
  const open = toDo(tasks.values());
  const undone = leftUndone(tasks.values());
  return (
    <div className="ct" data-testid="calls-tab">
      <section className="card-box ct-box" aria-label={t('calls.toDo')}>
        <header className="ct-head">
          <h2>{t('calls.toDo')}</h2>
          <Button
            look="edge"
            className="btn-small"
            testId="new-message"
            onPress={() => openCallSheet({ sheet: 'note', call: null })}
          >
            <NoteIcon />
            {t('calls.newMessage')}
          </Button>
        </header>
        <div className="ct-scroll">
          {open.length === 0 && <Proven say={t('calls.nothingToDo')} />}
          <ul>
            {open.map((task) => (
              <TaskRow key={task.id} task={task} />
            ))}
          </ul>
          {undone.length > 0 && (
            <>
              <h3>{t('calls.undone')}</h3>
              <ul>
                {undone.map((task) => (
                  <TaskRow key={task.id} task={task} />
                ))}
              </ul>
            </>
          )}
        </div>
      </section>
      <section className="card-box ct-box" aria-label={t('calls.title')}>
        <header className="ct-head">
          <h2>{t('calls.onLine')}</h2>
        </header>
        <div className="ct-scroll">
          {line.length === 0 ? (
            <Proven say={t('calls.nobodyOn')} />
          ) : (
            <div className="ls">
              {line.map((call) => (
                <CallRow key={call.id} call={call} isShown={call.id === shown} />
              ))}
            </div>
          )}
          <h3>{t('calls.lately')}</h3>
          {over.length === 0 && <Proven say={t('calls.noneLately')} />}
          <ul>
            {over.map((call) => (
              <OverRow key={call.id} call={call} isShown={call.id === shown} />
            ))}
          </ul>
        </div>
      </section>
    </div>
  );
}

function OverRow({ call, isShown }: { call: CallView; isShown: boolean }): ReactElement {
  const { now, zone, choose } = useStand();
  return (
    <li>
      <button
        type="button"
        className={`lc lc-${toneOf(call)}`}
        aria-pressed={isShown}
        data-testid="over-call"
        data-status={call.status}
        onClick={() => choose(isShown ? null : { call: call.id })}
      >
        <CallIcon status={call.status} />
        <strong>
          <Caller call={call} />
        </strong>
        <span className="lc-state">
          {t(`calls.state.${call.status}`)}
          {call.outcome !== undefined && <> · {t(`calls.outcome.${call.outcome}`)}</>}
        </span>
        <span className="lc-when">
          <Num>{clockText(Date.parse(call.startedAt), zone)}</Num> · <Num>{ageText(lasted(call, now))}</Num>
        </span>
      </button>
    </li>
  );
}
