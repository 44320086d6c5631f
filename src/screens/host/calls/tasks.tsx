import type { ReactElement } from 'react';
import type { TaskView } from '../../../domain/call/entities.ts';
import { isUndone } from '../../../domain/call/state.ts';
import { t } from '../../i18n/words.tsx';
import { Button } from '../../ui/button.tsx';
import { CheckIcon } from '../../ui/icons.tsx';
import { Num } from '../../ui/marks.tsx';
import { clockText } from '../../ui/time.ts';
import { useStand } from '../desk.tsx';
import { isPressing, toDo } from './board.ts';
import { TaskIcon } from './icons.tsx';

/** Something to do after a call: who, what, by when; taken by one, then done. */
export function TaskRow({ task, short = false }: { task: TaskView; short?: boolean }): ReactElement {
  const { calls, choose, act, openCallSheet, me, now } = useStand();
  const { id, version, call, status } = task;
  const about = { task: id, version, ...(call !== undefined && { call }) };
  const known = call !== undefined && calls.has(call) ? call : null;
  const open = isUndone(task);
  const who = (
    <>
      <TaskIcon what={task.what} />
      <span>
        <strong>
          {t(`calls.task.${task.what}`)}
          {!short && task.from !== undefined && (
            <>
              {' '}
              <bdi>{task.from}</bdi>
            </>
          )}
          {(!short || task.what === 'ring_back') && task.phone !== undefined && (
            <>
              {' '}
              <Num className="tk-phone">{task.phone}</Num>
            </>
          )}
        </strong>
        {task.text !== undefined && (
          <span className="tk-text" dir="auto">
            {task.text}
          </span>
        )}
        <small>
          <Due task={task} />
          {status === 'claimed' && (
            <b className="tk-by">{t('calls.has', { name: task.claimedBy ?? t('calls.somebody') })}</b>
          )}
        </small>
      </span>
    </>
  );
  return (
    <li
      className={`tk tk-${status} ${isPressing(task, now) ? 'tk-pressing' : ''}`}
      data-testid={`task-${task.what}`}
      data-status={status}
    >
      {known !== null && !short ? (
        <button type="button" className="tk-who" onClick={() => choose({ call: known })}>
          {who}
        </button>
      ) : (
        <div className="tk-who">{who}</div>
      )}
      {status === 'open' && (
        <Button
          className="btn-small"
          look={isPressing(task, now) ? 'main' : 'raised'}
          testId="task-claim"
          onPress={() => void act('call.claim', about)}
        >
          {t('calls.act.claim')}
        </Button>
      )}
      {status === 'claimed' && (
        <Button
          className="btn-small"
          look={task.claimedBy === me ? 'main' : 'edge'}
          testId="task-done"
          onPress={() => void act('call.done', about, { say: t('calls.saidDone') })}
        >
          <CheckIcon />
          {t('calls.act.done')}
        </Button>
      )}
      {!open && status === 'expired' && known !== null && (
        <Button
          className="btn-small"
          look="edge"
          onPress={() => openCallSheet({ sheet: 'follow', call: known })}
        >
          {t('calls.act.anew')}
        </Button>
      )}
    </li>
  );
}

function Due({ task }: { task: TaskView }): ReactElement | null {
  const { now, zone } = useStand();
  if (task.status === 'done') return <>{t('calls.act.done')}</>;
  if (task.status === 'expired') return <b className="tk-late">{t('calls.over')}</b>;
  if (task.dueAt === undefined) return null;
  const due = Date.parse(task.dueAt);
  const minutes = Math.floor((due - now) / 60_000);
  return (
    <span className={isPressing(task, now) ? 'tk-late' : ''}>
      {t('calls.by', { time: clockText(due, zone) })} ·{' '}
      {minutes < 1 ? t('calls.now') : t('calls.in', { minutes })}
    </span>
  );
}

/** At the foot of the side: how much is to be done, and the first of it by when. */
export function ToDoBar({ onOpen }: { onOpen: () => void }): ReactElement | null {
  const { tasks, now, zone } = useStand();
  const open = toDo(tasks.values());
  const [first] = open;
  if (!first) return null;
  return (
    <button
      type="button"
      className={`todo ${isPressing(first, now) ? 'todo-pressing' : ''}`}
      data-testid="to-do"
      onClick={onOpen}
    >
      <TaskIcon what={first.what} />
      <span>
        {t('calls.toDoCount', { count: open.length })}
        {first.dueAt !== undefined && (
          <> · {t('calls.nextBy', { time: clockText(Date.parse(first.dueAt), zone) })}</>
        )}
      </span>
    </button>
  );
}
