import type { ReactElement } from 'react';
import type { RoomId } from './checklist.ts';
import { ChannelsRoom } from './rooms/channels.tsx';
import { MenuRoom } from './rooms/menu.tsx';
import { PlaceRoom } from './rooms/place.tsx';
import { PrintersRoom } from './rooms/printers.tsx';
import { PublishRoom } from './rooms/publish.tsx';
import { RoutingRoom } from './rooms/routing.tsx';
import { ScreensRoom } from './rooms/screens.tsx';
import { StaffRoom } from './rooms/staff.tsx';
import { StationsRoom } from './rooms/stations.tsx';
import { TablesRoom } from './rooms/tables.tsx';
import { ThresholdsRoom } from './rooms/thresholds.tsx';
import { WhyRoom } from './rooms/why.tsx';

const ROOM: Record<RoomId, () => ReactElement> = {
  place: PlaceRoom,
  stations: StationsRoom,
  menu: MenuRoom,
  routing: RoutingRoom,
  tables: TablesRoom,
  staff: StaffRoom,
  screens: ScreensRoom,
  printers: PrintersRoom,
  channels: ChannelsRoom,
  thresholds: ThresholdsRoom,
  publish: PublishRoom,
  why: WhyRoom,
};

export function Room({ room }: { room: RoomId }): ReactElement {
  const Shown = ROOM[room];
  return <Shown />;
}
