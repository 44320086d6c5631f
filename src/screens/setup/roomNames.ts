import type { MessageKey } from '../i18n/words.tsx';
import type { RoomId } from './checklist.ts';

export const ROOM_NAMES: Readonly<Record<RoomId, MessageKey>> = {
  place: 'room.place',
  stations: 'room.stations',
  menu: 'room.menu',
  routing: 'room.routing',
  tables: 'room.tables',
  staff: 'room.staff',
  screens: 'room.screens',
  printers: 'room.printers',
  channels: 'room.channels',
  thresholds: 'room.thresholds',
  publish: 'room.publish',
  why: 'room.why',
};
