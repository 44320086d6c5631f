import { lazy, type ComponentType } from 'react';
import type { View } from '../../sdk/shapes.ts';
import { alsoSay, type Area } from '../i18n/say.ts';
import type { MessageKey } from '../i18n/words.tsx';

/**
 * The rooms of the managers' page that are loaded when somebody opens them, so that the first look does not wait for
 * them. A room is a line here, its name in `manager.{en,es,ar}.ts`, and a module that exports `room`; words of its own stand
 * in an area of its own that the module names.
 */

export type RoomProps = {
  /** ms since 1970, by the server; moves once a second. */
  readonly now: number;
  /** The location's time zone. */
  readonly zone: string | undefined;
  readonly view: View;
};
export type Room = { readonly Room: ComponentType<RoomProps>; readonly words?: Area | readonly Area[] };

type Door = { readonly id: string; readonly name: MessageKey; readonly load: () => Promise<{ room: Room }> };

const DOORS: readonly Door[] = [
  { id: 'channels', name: 'manager.channels', load: () => import('./channels/room.tsx') },
  { id: 'deliveries', name: 'manager.deliveries', load: () => import('./deliveries/room.tsx') },
  { id: 'figures', name: 'manager.figures', load: () => import('./figures/room.tsx') },
  { id: 'stock', name: 'manager.stock', load: () => import('./stock/room.tsx') },
  { id: 'past', name: 'manager.past', load: () => import('./blackBox/room.tsx') },
];

export const ROOMS = DOORS.map(({ id, name, load }) => ({
  id,
  name,
  Room: lazy(async () => {
    const { room } = await load();
    await Promise.all([room.words ?? []].flat().map(alsoSay));
    return { default: room.Room };
  }),
}));
