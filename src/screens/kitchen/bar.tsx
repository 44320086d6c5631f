import { memo, type ReactElement, type ReactNode } from 'react';
import { Rich, t } from '../i18n/words.tsx';
import { Button } from '../ui/button.tsx';
import { ConnectionPill, doubt, type Line } from '../ui/connection.tsx';
import { BackIcon, ClockIcon, OfflineIcon, RefreshIcon, SigmaIcon, UndoIcon } from '../ui/icons.tsx';
import { Num } from '../ui/marks.tsx';
import type { Player } from '../ui/player.ts';
import { RefreshNow, RepairNote } from '../ui/refresh.tsx';
import { SoundButton } from '../ui/soundGate.tsx';
import { ToastBar, type Toast } from '../ui/toast.tsx';
import { ageText, clockText } from '../ui/time.ts';

const bold = (text: string): ReactElement => (
  <b>
    <bdi>{text}</bdi>
  </b>
);

/** Counts stay whole, whatever is shown; red and `may be incomplete` once nothing is proved. */
export function Bar(props: {
  name: string;
  place: string;
  line: Line;
  now: number;
  zone?: string;
  stat: ReactNode;
  toast: Toast | null;
  clearToast: () => void;
  portrait: boolean;
  buttons: ReactNode;
  /** What somebody must know of the screens, before the line's own word. */
  chips?: ReactNode;
}): ReactElement {
  const off = doubt(props.line, props.now) === 'red';
  return (
    <header className={`bar ${off ? 'off' : ''}`}>
      <h1>{props.name}</h1>
      {!props.portrait && <span className="loc">{props.place}</span>}
      <span className="stat">{props.stat}</span>
      <span className="grow" />
      <ToastBar toast={props.toast} clear={props.clearToast} />
      <span className="grow" />
      {props.chips}
      <RepairNote zone={props.zone} />
      <ConnectionPill line={props.line} now={props.now} zone={props.zone} short={props.portrait} />
      {!props.portrait && props.buttons}
      <span className="clock">
        <Num>{clockText(props.now, props.zone)}</Num>
      </span>
    </header>
  );
}

/** `9 open · 2 late · all shown`, or what is known of it. */
export const Counts = memo(function Counts({
  open,
  late,
  shown,
  known,
  short,
}: {
  open: number;
  late: number;
  shown: number;
  known: boolean;
  short: boolean;
}): ReactElement {
  return (
    <>
      <Rich id={known ? 'kitchen.open' : 'kitchen.known'} values={{ count: open }} tags={{ b: bold }} />
      {late > 0 && (
        <>
          {' · '}
          <span className="late-n">{t('kitchen.late', { count: late })}</span>
        </>
      )}
      {!known && (
        <>
          {' · '}
          <b>{t('kitchen.incomplete')}</b>
        </>
      )}
      {known && open > 0 && !short && (
        <span className="shown">
          {' · '}
          {shown === open ? t('kitchen.allShown') : t('kitchen.shown', { count: shown })}
        </span>
      )}
    </>
  );
});

export function BoardButtons(props: {
  player: Player;
  onRecall: () => void;
  onAllDay: (() => void) | null;
  onScreen: () => void;
  onPageBack: (() => void) | null;
  onSmaller: (() => void) | null;
}): ReactElement {
  return (
    <>
      {props.onSmaller !== null && (
        <Button className="kb" look="edge" label={t('kitchen.smallerName')} onPress={props.onSmaller}>
          <Num>{t('kitchen.smaller')}</Num>
        </Button>
      )}
      {props.onPageBack !== null && (
        <Button className="kb" look="edge" onPress={props.onPageBack} testId="page-back">
          <BackIcon />
          <span className="kb-word">{t('kitchen.pageBack')}</span>
        </Button>
      )}
      {props.onAllDay !== null && (
        <Button className="kb" onPress={props.onAllDay} testId="all-day">
          <SigmaIcon />
          <span className="kb-word">{t('kitchen.allDay')}</span>
        </Button>
      )}
      <Button className="kb" onPress={props.onRecall} testId="recall">
        <UndoIcon />
        <span className="kb-word">{t('kitchen.recall')}</span>
      </Button>
      <RefreshNow className="kb" word />
      <SoundButton player={props.player} onOpen={props.onScreen} />
    </>
  );
}

/** What is lost, what still works, what waits here, when it is tried again. */
export function OfflineSay({
  line,
  now,
  unsent,
  nextTryAt,
}: {
  line: Line;
  now: number;
  unsent: number;
  nextTryAt: number | null;
}): ReactElement {
  const since = line.provenAt ?? line.since ?? now;
  return (
    <div className="say" role="alert" data-testid="offline">
      <OfflineIcon />
      <div className="words">
        <p>
          <Rich id="kitchen.offlineTitle" values={{ time: ageText(now - since) }} tags={{ b: bold }} />
        </p>
        <p>{t('kitchen.offlineSay')}</p>
      </div>
      {unsent > 0 && (
        <span className="pend" data-testid="unsent">
          <ClockIcon />
          {t('line.unsent', { count: unsent })}
        </span>
      )}
      <span className="pend solid">
        <RefreshIcon />
        {nextTryAt === null || nextTryAt <= now
          ? t('line.trying')
          : t('line.nextTry', { seconds: Math.ceil((nextTryAt - now) / 1000) })}
      </span>
    </div>
  );
}
