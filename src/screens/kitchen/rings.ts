import type { TicketView } from '../../domain/entities.ts';
import { hush, ring, type Bell, type SoundName } from '../ui/sound.ts';
import { isOnBoard, type Urgency } from './tickets.ts';

/** Which sounds a change of the board asks for, and which it ends. */

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
): { cause: string; name: SoundName }[] {
  const asked: { cause: string; name: SoundName }[] = [];
  for (const ticket of tickets) {
    const now = after.get(ticket.id);
    if (!now || !isOnBoard(ticket)) continue;
    const then = before?.get(ticket.id);
    const fired = ticket.status === 'new' || ticket.status === 'cooking';
    if (before === null) {
      if (ticket.status === 'new' && ticket.delivery.state !== 'heard')
        asked.push({ cause: ticket.id, name: nameOf(ticket) });
      else if (ticket.ackRequired) asked.push({ cause: ticket.id, name: 'change' });
      continue;
    }
    if (fired && (then === undefined || then.status === 'held') && ticket.status === 'new')
      asked.push({ cause: ticket.id, name: nameOf(ticket) });
    else if (
      ticket.ackRequired &&
      (then === undefined || !then.ackRequired || then.version < ticket.version) &&
      !predicted.has(ticket.id)
    )
      asked.push({ cause: ticket.id, name: 'change' });
    if (then !== undefined && !then.rush && ticket.rush) asked.push({ cause: ticket.id, name: 'rush' });
    if (then !== undefined && fired && !then.late && now.late) asked.push({ cause: ticket.id, name: 'late' });
  }
  return asked;
}

function nameOf(ticket: TicketView): SoundName {
  return ticket.rush ? 'rush' : ticket.addOn ? 'addOn' : 'new';
}

/** Rings what is asked for, and ends what has no cause any more: touched, bumped, acknowledged, gone. */
export function settleBell(
  bell: Bell,
  asked: readonly { cause: string; name: SoundName }[],
  tickets: readonly TicketView[],
  now: number,
): Bell {
  let next = bell;
  for (const { cause, name } of asked) next = ring(next, cause, name, now);
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
