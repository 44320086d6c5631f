import type { Backplane } from './types.ts';

/**
 * One channel a location, joined while the location is in this node's memory. Several things are said in a room, each
 * under its own kind; what cannot be read is passed over.
 */
export type RoomKind = 'log' | 'here' | 'who' | 'seen' | 'live';

export type RoomHandler = (location: string, data: unknown, node: string) => void;

export type Rooms = {
  open(location: string): void;
  close(location: string): void;
  /** `json` is what the others' handlers get, parsed. */
  say(location: string, kind: RoomKind, json: string): void;
  on(kind: RoomKind, handler: RoomHandler): void;
  /** Called when everything that is said in the room is heard from now on. */
  onJoined(handler: (location: string) => void): void;
  /** Does anybody else listen there, as far as is known? */
  isHeard(location: string): boolean;
};

export function createRooms(backplane: Backplane): Rooms {
  const handlers = new Map<RoomKind, RoomHandler[]>();
  const joined: ((location: string) => void)[] = [];
  const leave = new Map<string, () => void>();

  return {
    open(location) {
      if (leave.has(location)) return;
      leave.set(
        location,
        backplane.join(location, {
          heard(text, node) {
            const space = text.indexOf(' ');
            const listeners = handlers.get(text.slice(0, space) as RoomKind);
            if (space < 1 || listeners === undefined) return;
            const data = parse(text.slice(space + 1));
            if (data !== undefined) for (const handler of listeners) handler(location, data, node);
          },
          joined() {
            for (const handler of joined) handler(location);
          },
        }),
      );
    },
    close(location) {
      leave.get(location)?.();
      leave.delete(location);
    },
    say(location, kind, json) {
      if (!backplane.isAlone) backplane.say(location, `${kind} ${json}`);
    },
    on(kind, handler) {
      handlers.set(kind, [...(handlers.get(kind) ?? []), handler]);
    },
    onJoined: (handler) => void joined.push(handler),
    isHeard: (location) => !backplane.isAlone && backplane.isHeard(location),
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
