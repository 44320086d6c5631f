import { toMillis } from '../../domain/text.ts';
import { textAt } from '../wire.ts';
import {
  type Asking,
  type ToolAnswer,
  argOf,
  guestOf,
  listArg,
  textArg,
  troubled,
  unclear,
  whenSaid,
} from './asking.ts';
import { askWhen } from './bookings.ts';
import { type Dish, dishOf, wishesOf } from './dishes.ts';
import { all, sayMoney } from './sayings.ts';
import { countOf, plain } from './spoken.ts';
import { todayIn, whenAsked } from './when.ts';
import { wordsIn } from './words.ts';

/** Ordering by telephone, to be picked up. Nothing is cooked until every dish is one of the menu and complete. */

const MOST_LINES = 40;

type Wanted = { readonly dish: Dish; readonly count: number };

/** `place_order`: the same dishes ordered again in the same call are the same order. */
export async function placeOrder(asking: Asking): Promise<ToolAnswer> {
  const { args, here, tools, callId } = asking;
  const words = wordsIn(here.language);
  const type = textArg(args, 40, 'type', 'order_type', 'fulfillment');
  if (type !== null && /deliver|domicilio|entrega|توصيل/i.test(type))
    return { status: 'refused', say: words.onlyPickup };
  const { name, phone } = guestOf(asking);
  const wanted = dishesOf(asking);
  if (!Array.isArray(wanted)) return wanted;
  if (name === null) return unclear(words.askName);
  const promisedAt = pickupOf(asking);
  if (promisedAt !== null && typeof promisedAt !== 'string') return promisedAt;

  const lines = wanted.map(({ dish, count }) => ({
    menuItem: dish.item.id,
    qty: count,
    modifiers: dish.choices,
    ...(dish.notes !== '' && { notes: dish.notes }),
  }));
  const id = freshOrder(asking, JSON.stringify(lines));
  const notes = textArg(args, 140, 'notes', 'note', 'comments');
  const placed = await tools.submit(tools.idOf('place', id), 'order.place', {
    order: {
      id,
      type: 'takeout',
      source: 'phone',
      guest: { name, ...(phone !== null && { phone }) },
      ...(notes !== null && { notes }),
      allergies: listArg(args, 20, 'allergies', 'allergy', 'allergens'),
      ...(promisedAt !== null && { promisedAt }),
      call: callId,
      items: lines.map((line, index) => ({ ...line, id: tools.idOf('line', id, String(index)) })),
    },
  });
  const order = (await tools.state()).orders.get(id);
  if (order === undefined) {
    // The rules' own words name the dish: what ran out since it was looked up.
    if (!placed.ok && 'refusal' in placed && placed.refusal.code === 'conflict')
      return { status: 'unavailable', say: placed.refusal.detail };
    return troubled(asking, placed);
  }
  const total = order.items.reduce((sum, item) => sum + item.unitPrice * item.qty, 0);
  const dishes = all(
    wanted.map(({ dish, count }) => words.dishes(count, dish.said)),
    here.language,
  );
  const number = String(order.number);
  return {
    status: 'confirmed',
    say: words.ordered(dishes, sayMoney(total, here), number),
    order_id: id,
    order_number: number,
  };
}

/** Every dish, or the first thing that is not clear. */
function dishesOf({ args, here }: Asking): Wanted[] | ToolAnswer {
  const words = wordsIn(here.language);
  const given = argOf(args, 'items', 'dishes', 'order', 'order_items');
  const list: unknown[] = Array.isArray(given)
    ? given.slice(0, MOST_LINES)
    : typeof given === 'string'
      ? given.split(/[,;،]/).slice(0, MOST_LINES)
      : [];
  const wanted: Wanted[] = [];
  for (const one of list) {
    const text = textAt(one) ?? textAt(one, 'name') ?? textAt(one, 'item') ?? textAt(one, 'dish');
    if (text === null) continue;
    const { count, name } = counted(text, one);
    if (count === null) return unclear(words.askCount(name));
    const wishes = ['modifiers', 'options', 'with', 'extras', 'choices'].flatMap((field) =>
      wishesOf(under(one, field)),
    );
    const removed = ['without', 'remove']
      .flatMap((field) => wishesOf(under(one, field)))
      .map((wish) => `no ${wish}`);
    const note = textAt(one, 'notes') ?? textAt(one, 'note') ?? textAt(one, 'special_instructions');
    const dish = dishOf(here.state, name, [...wishes, ...removed], note, here.language);
    if ('ask' in dish)
      return unclear(dish.ask, dish.candidates === undefined ? {} : { candidates: dish.candidates });
    wanted.push({ dish, count });
  }
  return wanted.length === 0 ? unclear(words.askDishes) : wanted;
}

/** "Two lemonades" says its own count. */
function counted(text: string, one: unknown): { count: number | null; name: string } {
  const said = under(one, 'quantity') ?? under(one, 'qty') ?? under(one, 'count');
  if (said !== undefined && said !== null) return { count: countOf(said), name: text };
  const [first = '', ...rest] = text.trim().split(/\s+/);
  const count = rest.length === 0 || plain(first) === '' ? null : countOf(first.replace(/x$/i, ''));
  return count === null ? { count: 1, name: text } : { count, name: rest.join(' ') };
}

function under(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as Readonly<Record<string, unknown>>)[name]
    : undefined;
}

/** When they come for it; null where nothing is said, or "as soon as possible". */
function pickupOf({ args, here }: Asking): string | null | ToolAnswer {
  const said = textArg(args, 80, 'pickup_time', 'pickup_at', 'ready_at', 'time');
  if (said === null || /asap|soon|now|cuanto antes|ahora|الان|الآن|باسرع|بأسرع/i.test(said)) return null;
  const plain = whenSaid(args);
  const when = whenAsked({ day: plain.day ?? todayIn(here).day, time: said, both: said }, here);
  if (!when.ok) return askWhen(when, here);
  return (toMillis(when.at) ?? 0) <= here.now ? null : when.at;
}

function freshOrder({ tools, call, here }: Asking, intent: string): string {
  for (let time = 0; ; time += 1) {
    const id = tools.idOf(call.externalId, 'order', intent, String(time));
    const known = here.state.orders.get(id);
    if (known === undefined || known.cancelled === undefined || time === 9) return id;
  }
}
