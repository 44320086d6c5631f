import type { ReactElement } from 'react';
import type { ChannelView } from '../../domain/channel/entities.ts';
import { t } from '../i18n/words.tsx';
import { Button } from '../ui/button.tsx';
import { AlertIcon, CheckIcon, ClockIcon, PauseIcon } from '../ui/icons.tsx';
import { clockText } from '../ui/time.ts';
import { BUSY, PAUSES, doorLine, isShut, pauseUntil } from './doors.ts';
import './platform.css';

export type DoorAct =
  | { readonly name: 'channel.pause'; readonly input: { channel: string; version: number; until?: string } }
  | { readonly name: 'channel.resume'; readonly input: { channel: string; version: number } }
  | { readonly name: 'channel.busy'; readonly input: { channel: string; version: number; minutes: number } };

const MARKS = { open: CheckIcon, busy: ClockIcon, paused: PauseIcon, auto_paused: AlertIcon } as const;

/** `paused until 19:45`: mark, word, and when it ends by itself. */
export function DoorState({ door, zone }: { door: ChannelView; zone: string | undefined }): ReactElement {
  const { mode, until } = doorLine(door);
  const Mark = MARKS[mode];
  return (
    <span className={`door-state door-state-${mode}`} data-testid={`door-state-${door.id}`} data-mode={mode}>
      <Mark />
      <span>
        {t(`doors.${mode}`, { minutes: door.busyMinutes })}
        {isShut(door) && (
          <small>
            {' '}
            {until === null ? t('doors.untilOpened') : t('doors.until', { time: clockText(until, zone) })}
          </small>
        )}
      </span>
    </span>
  );
}

/** What may be asked of one door: a pause with its end, so many minutes later, or open again. Every key is one tap. */
export function DoorKeys({
  door,
  now,
  onAct,
}: {
  door: ChannelView;
  now: number;
  onAct: (act: DoorAct, said: string) => void;
}): ReactElement {
  const base = { channel: door.id, version: door.version };
  const { name } = door;
  return (
    <div className="door-sheet">
      {isShut(door) ? (
        <Button
          look="main"
          testId={`resume-${door.id}`}
          onPress={() => onAct({ name: 'channel.resume', input: base }, t('doors.saidOpen', { name }))}
        >
          {t('doors.resume')}
        </Button>
      ) : (
        <>
          <h3>{t('doors.pause')}</h3>
          <div className="door-keys">
            {PAUSES.map((minutes) => (
              <Button
                key={minutes ?? 'open'}
                look="edge"
                testId={`pause-${door.id}-${minutes ?? 'open'}`}
                onPress={() =>
                  onAct(
                    { name: 'channel.pause', input: { ...base, ...pauseUntil(minutes, now) } },
                    t('doors.saidPaused', { name }),
                  )
                }
              >
                {minutes === null ? t('doors.pauseOpen') : t('doors.pauseFor', { minutes })}
              </Button>
            ))}
          </div>
        </>
      )}
      <h3>{t('doors.busyTitle')}</h3>
      <div className="door-keys">
        {BUSY.map((minutes) => (
          <Button
            key={minutes}
            look="edge"
            pressed={door.busyMinutes === minutes}
            testId={`busy-${door.id}-${minutes}`}
            onPress={() =>
              onAct(
                { name: 'channel.busy', input: { ...base, minutes } },
                minutes === 0 ? t('doors.saidNotBusy', { name }) : t('doors.saidBusy', { name, minutes }),
              )
            }
          >
            {minutes === 0 ? t('doors.busyNone') : t('doors.busyFor', { minutes })}
          </Button>
        ))}
      </div>
    </div>
  );
}
