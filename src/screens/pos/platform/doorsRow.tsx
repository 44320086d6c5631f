import { useState, type ReactElement } from 'react';
import type { ChannelView } from '../../../domain/channel/entities.ts';
import { mayCommand } from '../../../domain/rights.ts';
import { t } from '../../i18n/words.tsx';
import { DoorKeys, DoorState } from '../../platform/doorSheet.tsx';
import { doorsInOrder } from '../../platform/doors.ts';
import { useSessionView } from '../../session/gate.tsx';
import { Button } from '../../ui/button.tsx';
import { Sheet } from '../../ui/sheet.tsx';
import { useActs } from '../acts.tsx';
import { useDesk } from '../desk.tsx';
import './posPlatform.css';

/**
 * How each channel stands. What is shut or busy stands above the tables, where everybody sees it; what is open stands below
 * them. Who may change it has a switch: a tap opens what may be asked.
 */
export function DoorsRow({ which }: { which: 'open' | 'others' }): ReactElement | null {
  const { view, zone, now } = useDesk();
  const { act } = useActs();
  const { role } = useSessionView();
  const [open, setOpen] = useState<string | null>(null);
  const all = doorsInOrder(view.entities.channel.values());
  const doors = all.filter(({ mode }) => (mode === 'open') === (which === 'open'));
  if (doors.length === 0) return null;
  const mayChange = mayCommand(role, 'channel.pause');
  const chosen = mayChange ? doors.find(({ id }) => id === open) : undefined;
  return (
    <>
      {which === 'open' && <h2 className="hd">{t('doors.title')}</h2>}
      <div className="doors" data-testid={`doors-${which}`}>
        {doors.map((door) =>
          mayChange ? (
            <Button
              key={door.id}
              look="plain"
              className={`door door-${door.mode}`}
              onPress={() => setOpen(door.id)}
              testId={`door-${door.id}`}
            >
              <DoorTile door={door} zone={zone} />
            </Button>
          ) : (
            <div key={door.id} className={`door door-${door.mode}`} data-testid={`door-${door.id}`}>
              <DoorTile door={door} zone={zone} />
              {door.reason !== null && (
                <small>
                  <bdi>{door.reason}</bdi>
                </small>
              )}
            </div>
          ),
        )}
      </div>
      {!mayChange && which === 'others' && <p className="doors-who">{t('doors.readOnly')}</p>}
      {chosen && (
        <Sheet title={<bdi>{chosen.name}</bdi>} onClose={() => setOpen(null)}>
          <p className="door-now">
            <DoorState door={chosen} zone={zone} />
            {chosen.reason !== null && <bdi>{chosen.reason}</bdi>}
          </p>
          <DoorKeys
            door={chosen}
            now={now}
            onAct={({ name, input }, said) => {
              setOpen(null);
              void act(name, input, { say: said });
            }}
          />
        </Sheet>
      )}
    </>
  );
}

function DoorTile({ door, zone }: { door: ChannelView; zone: string | undefined }): ReactElement {
  return (
    <>
      <b>
        <bdi>{door.name}</bdi>
      </b>
      <DoorState door={door} zone={zone} />
      {door.waiting > 0 && <small>{t('doors.waiting', { count: door.waiting })}</small>}
    </>
  );
}
