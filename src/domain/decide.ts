import { decideBooking } from './booking/decide.ts';
import { decideCall } from './call/decide.ts';
import { decideChannel } from './channel/decide.ts';
import { withChannels } from './channel/items.ts';
import type { Command, Context } from './commands.ts';
import {
  escalate,
  escalateChange,
  failPrint,
  print,
  printed,
  prove,
  refusePolicy,
} from './decideDelivery.ts';
import { configure, expire, restore, sellOut, tableBlock, tableClear, tableSeat } from './decideHouse.ts';
import { redact } from './forgetting.ts';
import { amend, ready, refire, unready, voidItem } from './decideItem.ts';
import { add, archive, cancel, close, fire, hold, place, release, serve, transfer } from './decideOrder.ts';
import { acknowledge, bump, hear, recall, rush, start } from './decideTicket.ts';
import type { EventBody } from './events.ts';
import { isCommandOf } from './families.ts';
import { type Refusal, Refused } from './refusals.ts';
import type { LocationState } from './state.ts';
import { decideStock } from './stock/decide.ts';
import { withStock } from './stock/selling.ts';

/** What a command comes to: events (none: it asks for what already is), or a clear no. */
export type Decision = { ok: true; events: EventBody[] } | { ok: false; refusal: Refusal };

/**
 * State and command in, events out. Pure: time, actor and business day come in with the context, new ids follow
 * from the command's. The same function runs on the server and, for prediction, in the browser.
 */
export function decide(state: LocationState, command: Command, context: Context): Decision {
  try {
    return {
      ok: true,
      events: withChannels(state, withStock(state, command, rule(state, command, context))),
    };
  } catch (error) {
    if (error instanceof Refused) return { ok: false, refusal: error.refusal };
    throw error;
  }
}

function rule(state: LocationState, command: Command, context: Context): EventBody[] {
  if (isCommandOf('booking', command)) return decideBooking(state, command, context);
  if (isCommandOf('call', command)) return decideCall(state, command, context);
  if (isCommandOf('channel', command)) return decideChannel(state, command, context);
  if (isCommandOf('stock', command)) return decideStock(state, command, context);
  switch (command.name) {
    case 'order.place':
      return place(state, command, context);
    case 'order.add':
      return add(state, command);
    case 'order.fire':
      return fire(state, command);
    case 'order.hold':
      return hold(state, command);
    case 'order.transfer':
      return transfer(state, command.input);
    case 'order.serve':
      return serve(state, command.input);
    case 'order.cancel':
      return cancel(state, command.input, context.by);
    case 'order.release':
      return release(state, command);
    case 'order.close':
      return close(state, command.input);
    case 'order.archive':
      return archive(state, command.input);
    case 'item.amend':
      return amend(state, command);
    case 'item.ready':
      return ready(state, command.input);
    case 'item.unready':
      return unready(state, command.input);
    case 'item.void':
      return voidItem(state, command.input, context);
    case 'item.refire':
      return refire(state, command, context);
    case 'ticket.start':
      return start(state, command.input);
    case 'ticket.bump':
      return bump(state, command.input);
    case 'ticket.recall':
      return recall(state, command.input, context);
    case 'ticket.rush':
      return rush(state, command.input);
    case 'ticket.acknowledge':
      return acknowledge(state, command.input);
    case 'ticket.hear':
      return hear(state, command.input);
    case 'ticket.print':
      return print(state, command);
    case 'ticket.escalate':
      return escalate(state, command);
    case 'ticket.printed':
      return printed(state, command.input);
    case 'print.fail':
      return failPrint(state, command.input);
    case 'change.escalate':
      return escalateChange(state, command.input);
    case 'station.prove':
      return prove(state, command.input);
    case 'policy.refuse':
      return refusePolicy(state, command.input);
    case 'menu.soldOut':
      return sellOut(state, command.input, context);
    case 'menu.restore':
      return restore(state, command.input);
    case 'menu.expire':
      return expire(state, command.input);
    case 'table.seat':
      return tableSeat(state, command.input);
    case 'table.clear':
      return tableClear(state, command.input, context);
    case 'table.block':
      return tableBlock(state, command.input);
    case 'location.configure':
      return configure(state, command.input);
    case 'person.redact':
      return redact(state, command.input);
    default:
      return command satisfies never;
  }
}
