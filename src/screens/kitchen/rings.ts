import type { TicketView } from '../../domain/entities.ts';
import { hush, ring, type Bell, type SoundName } from '../ui/sound.ts';
import { millis } from '../ui/time.ts';
import { isOnBoard, type Urgency } from './tickets.ts';

/** Which sounds a change of the board asks for, and which it ends. */

/** A sound, whose, and since when its cause has stood (ms). */
export type Asked = { cause: string; name: SoundName; since?: number };

export type Seen = ReadonlyMap<
  string,
  { status: TicketView['status']; version: number; rush: boolean; ackRequired: boolean; late: boolean }
>;

export function seeTickets(tickets: readonly TicketView[], urgency: (ticket: TicketView) => Urgency): Seen {
  return new Map(
    tickets.map((ticket) => [
      ticket.id,
      {
        status: ticket.status,
        version: ticket.version,
        rush: ticket.rush,
        ackRequired: ticket.ackRequired,
        late: urgency(ticket) === 'late',
      },
    ]),
  );
}

/**
 * `before` null: the board was just opened; only what nobody ever heard rings. `predicted`: the ids this screen
 * changed by its own taps, which need no sound to be noticed.
 */
export function soundsFor(
  before: Seen | null,
  tickets: readonly TicketView[],
  after: Seen,
  predicted: ReadonlySet<string>,
): Asked[] {
  const asked: Asked[] = [];
  for (const ticket of tickets) {
    const now = after.get(ticket.id);
    if (!now || !isOnBoard(ticket)) continue;
    const then = before?.get(ticket.id);
    const fired = ticket.status === 'new' || ticket.status === 'cooking';
    if (before === null) {
      if (ticket.status === 'new' && ticket.delivery.state !== 'heard')
        asked.push({ cause: ticket.id, name: nameOf(ticket) });
      else if (ticket.ackRequired) asked.push(changeOf(ticket));
      continue;
    }
    if (fired && (then === undefined || then.status === 'held') && ticket.status === 'new')
      asked.push({ cause: ticket.id, name: nameOf(ticket) });
    else if (
      ticket.ackRequired &&
      (then === undefined || !then.ackRequired || then.version < ticket.version) &&
      !predicted.has(ticket.id)
    )
      asked.push(changeOf(ticket));
    if (then !== undefined && !then.rush && ticket.rush) asked.push({ cause: ticket.id, name: 'rush' });
    if (then !== undefined && fired && !then.late && now.late) asked.push({ cause: ticket.id, name: 'late' });
  }
  return asked;
}

/** Louder when nobody tapped for 30 s: also on a page that was opened meanwhile. */
function changeOf(ticket: TicketView): Asked {
  const since = ticket.ackSince === undefined ? {} : { since: millis(ticket.ackSince) };
  return { cause: ticket.id, name: 'change', ...since };
}

function nameOf(ticket: TicketView): SoundName {
  return ticket.rush ? 'rush' : ticket.addOn ? 'addOn' : 'new';
}

/** Rings what is asked for, and ends what has no cause any more: touched, bumped, acknowledged, gone. */
export function settleBell(
  bell: Bell,
  asked: readonly Asked[],
  tickets: readonly TicketView[],
  now: number,
): Bell {
  let next = bell;
  for (const { cause, name, since } of asked) next = ring(next, cause, name, now, since);
  const byId = new Map(tickets.map((ticket) => [ticket.id, ticket]));
  for (const { cause, name } of next.rings) {
    if (name === 'lost') continue;
    const ticket = byId.get(cause);
    const stands =
      ticket !== undefined &&
      isOnBoard(ticket) &&
      (name === 'change'
        ? ticket.ackRequired
        : name === 'new' || name === 'addOn'
          ? ticket.status === 'new'
          : true);
    if (!stands) next = hush(next, cause, name);
  }
  return next;
}
