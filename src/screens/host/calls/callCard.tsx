import { useState, type ReactElement } from 'react';
import type { ReservationView } from '../../../domain/booking/entities.ts';
import type { CallView } from '../../../domain/call/entities.ts';
import { isLive } from '../../../domain/call/state.ts';
import { t } from '../../i18n/words.tsx';
import { allergenName } from '../../pos/modifiers.tsx';
import { Button } from '../../ui/button.tsx';
import { AllergyIcon, CloseIcon, NoteIcon, OfflineIcon } from '../../ui/icons.tsx';
import { Num } from '../../ui/marks.tsx';
import { Avatar } from '../../ui/tabletBar.tsx';
import { Tag } from '../../ui/tag.tsx';
import { ageText, clockText } from '../../ui/time.ts';
import { useStand } from '../desk.tsx';
import { After } from './after.tsx';
import { callerOf, isMine, lasted, mayRing, mayTakeOver, tasksOf, toneOf } from './board.ts';
import { Facts } from './facts.tsx';
import { CallIcon, FollowIcon, RingHereIcon, TakeOverIcon } from './icons.tsx';
import { Caller, callerText, stateSays, stateWord } from './names.tsx';
import { TaskRow } from './tasks.tsx';
import { Transcript } from './transcript.tsx';

/** One call: who, how it stands, what is said, what came of it, and what a person can do about it now. */
export function CallCard({
  call,
  onAway,
  onShow,
}: {
  call: CallView;
  onAway: () => void;
  onShow: (reservation: ReservationView) => void;
}): ReactElement {
  const { now, callNow, me, tasks, reach, choose } = useStand();
  const live = isLive(call);
  const says = stateSays(call, now, me);
  const own = tasksOf(tasks.values(), call.id);
  return (
    <article
      className={`cc cc-${toneOf(call)}`}
      aria-label={t('calls.heardRings', { name: callerText(call) })}
      data-testid="call-card"
      data-call={call.id}
      data-status={call.status}
    >
      <header className="ch">
        <span className="ch-icon">
          <CallIcon status={call.status} />
        </span>
        <div className="grow">
          <h2>
            <span data-testid="call-state">{stateWord(call)}</span>{' '}
            <Num className="ch-time">{ageText(lasted(call, callNow))}</Num>
          </h2>
          <p>
            <bdi>{call.line}</bdi>
            {call.direction === 'outbound' && <> · {t('calls.outbound')}</>}
          </p>
        </div>
        <Button
          className={`btn-square ${live ? 'ch-close' : ''}`}
          label={t(live ? 'act.close' : 'calls.act.away')}
          onPress={live ? () => choose(null) : onAway}
          testId="call-away"
        >
          <CloseIcon />
        </Button>
      </header>
      <Guest call={call} />
      {reach === 'nothing' ? <Cut /> : says !== null && <p className={`cs cs-${toneOf(call)}`}>{says}</p>}
      <div className={`cc-mid ${live ? '' : 'cc-mid-over'}`}>
        {!live && <After call={call} />}
        <Transcript call={call} />
        <Facts call={call} onShow={onShow} />
        {own.length > 0 && (
          <ul className="ctasks">
            {own.map((task) => (
              <TaskRow key={task.id} task={task} short />
            ))}
          </ul>
        )}
      </div>
      <Acts call={call} />
    </article>
  );
}

/** Whose number it is: name, how often they were here, and what must not be on their plate. */
function Guest({ call }: { call: CallView }): ReactElement {
  const { name, number } = callerOf(call);
  const allergies = call.guest?.allergies ?? [];
  return (
    <div className="gu">
      {name !== null && <Avatar name={name} />}
      <div className="grow">
        <strong data-testid="caller">
          <Caller call={call} />
        </strong>
        <small>
          {call.guest ? t('calls.visits', { count: call.guest.visits }) : t('calls.unknown')}
          {name !== null && number !== null && (
            <>
              {' · '}
              <Num>{number}</Num>
            </>
          )}
        </small>
      </div>
      {allergies.length > 0 && (
        <Tag look="allergy">
          <AllergyIcon stroke={2.75} />
          {allergies.map(allergenName).join(' · ')}
        </Tag>
      )}
    </div>
  );
}

/** Without a line nothing here is proven: it says so, and what can be done all the same. */
function Cut(): ReactElement {
  const { view, now, zone } = useStand();
  return (
    <p className="cs cs-wrong" role="status" data-testid="call-cut">
      <OfflineIcon />
      {t('calls.offline', { time: clockText(view.freshness ?? now, zone) })}
    </p>
  );
}

function Acts({ call }: { call: CallView }): ReactElement | null {
  const { act, me, reach, openCallSheet } = useStand();
  // What was asked for shows in the state; a refusal gives the button back.
  const [asked, setAsked] = useState<CallView['status'] | null>(null);
  const { id, version, status } = call;
  const ask = (name: 'call.takeOver' | 'call.transfer', say: string): void => {
    setAsked(status);
    void act(name, { call: id, version }, { say }).then(({ ok }) => {
      if (!ok) setAsked(null);
    });
  };
  const waits = reach === 'nothing' || asked === status;
  return (
    <footer className="of">
      <div className="act2">
        {isLive(call) && (
          <Button
            disabled={!mayRing(call) || waits}
            testId="ring-here"
            onPress={() => ask('call.transfer', t('calls.saidRings'))}
          >
            <RingHereIcon />
            {t('calls.act.ring')}
          </Button>
        )}
        <Button testId="call-note" onPress={() => openCallSheet({ sheet: 'note', call: id })}>
          <NoteIcon />
          {t('calls.act.note')}
        </Button>
        <Button testId="call-follow" onPress={() => openCallSheet({ sheet: 'follow', call: id })}>
          <FollowIcon />
          {t('calls.act.follow')}
        </Button>
      </div>
      {isLive(call) && (
        <Button
          look="main"
          className="cc-take"
          disabled={!mayTakeOver(call, me) || isMine(call, me) || waits}
          testId="take-over"
          onPress={() => ask('call.takeOver', t('calls.saidTaken'))}
        >
          <TakeOverIcon />
          {isMine(call, me)
            ? t('calls.act.mine')
            : mayTakeOver(call, me)
              ? t('calls.act.takeOver')
              : t('calls.has', { name: call.by ?? t('calls.somebody') })}
        </Button>
      )}
    </footer>
  );
}
