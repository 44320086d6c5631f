import { type LoggedEvent, readEvent } from '../domain/events.ts';
import type { Log } from '../log/types.ts';

/** Events of a log with seq > after, in order, at most `limit`. Throws at one that this version does not know. */
export async function readLogged(
  log: Pick<Log, 'readTail'>,
  location: string,
  after: number,
  limit: number,
): Promise<LoggedEvent[]> {
  return (await log.readTail(location, after, limit)).map((stored) => {
    const event = readEvent(stored);
    if (event === null)
      throw new Error(`event ${stored.seq} of "${location}" is not one that this version knows`);
    return event;
  });
}
