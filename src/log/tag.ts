import type { StoredEvent } from './types.ts';

/**
 * A short proof that a cursor's position is still the same event: after a restore to an older state the same seq may
 * hold another event, and the cursor must then be refused. 32 bits are enough, since only an honest accident has to be
 * caught.
 */
export function tagOf(event: Pick<StoredEvent, 'seq' | 'at' | 'command' | 'type'>): string {
  const text = `${event.seq}|${event.at}|${event.command}|${event.type}`;
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  }
  return (hash >>> 0).toString(36);
}

/** The tag of the position before the first event. */
export const TAG_OF_NOTHING = '0';
