import type { CommandName, CommandRequest } from '../../domain/commands.ts';
import { type Item, itemStatus, liveQty } from '../../domain/item.ts';
import { UNROUTED } from '../../domain/place.ts';
import { lineIdOf, orderIdOf } from '../platform.ts';
import { type ProviderTools, TryLater, type WorkResult } from '../provider.ts';
import { countAt, field, listAt, moneyAt, numberAt, textAt } from '../wire.ts';

/**
 * DoorDash's support or the guest changed an order that is here. Its page describes the delivery only in part: what is
 * understood is done, and about the rest the cook is told to look. Done as by the pass, which may take out what is begun.
 */

const MOST_LINES = 200;
const LONGEST_NOTE = 140;
const REASON = 'Changed on DoorDash';
const LOOK = 'Changed on DoorDash: see its tablet';

/** `key` names the delivery: a second adjustment of the same line is another one. */
export async function adjustOrder(
  tools: ProviderTools,
  externalId: string,
  changes: readonly unknown[],
  key: string,
): Promise<WorkResult> {
  const order = orderIdOf(tools, externalId);
  const known = (await tools.state()).orders.get(order);
  if (known === undefined) throw new TryLater(`the order ${externalId} is not here yet`);
  const problems: string[] = [];
  const give = async <N extends CommandName>(
    name: N,
    line: string,
    input: CommandRequest<N>,
  ): Promise<void> => {
    const done = await tools.submit(tools.idOf('adjust', key, line, name), name, input, { role: 'expo' });
    if (!done.ok) problems.push('refusal' in done ? done.refusal.detail : `${line} cannot be changed`);
  };
  for (const change of changes.slice(0, MOST_LINES)) {
    const line = textAt(change, 'line_item_id') ?? '';
    const item = known.items.find(({ id }) => id === lineIdOf(tools, externalId, line));
    if (item === undefined) {
      problems.push(`there is no line ${line.slice(0, 60)}`);
      continue;
    }
    await changeLine({ change, line, order, item, give, tools, key });
  }
  if (problems.length > 0) tools.report('an adjustment could not be followed', { problems: problems.length });
  return problems.length === 0 ? 'done' : { ignored: problems.join('; ') };
}

type Give = <N extends CommandName>(name: N, line: string, input: CommandRequest<N>) => Promise<void>;

async function changeLine(one: {
  change: unknown;
  line: string;
  order: string;
  item: Item;
  give: Give;
  tools: ProviderTools;
  key: string;
}): Promise<void> {
  const { change, line, order, item, give } = one;
  const type = textAt(change, 'adjustment_type');
  const quantity = numberAt(change, 'quantity');
  if (type === 'ITEM_REMOVE' || type === 'ITEM_SUBSTITUTE' || (type === 'ITEM_UPDATE' && quantity === 0)) {
    const status = itemStatus(item);
    const made = status === 'started' || status === 'ready';
    if (liveQty(item) > 0) await give('item.void', line, { order, item: item.id, reason: REASON, made });
    if (type === 'ITEM_SUBSTITUTE') await substitute(one);
    return;
  }
  const isUnderstood = type === 'ITEM_UPDATE' && listAt(change, 'options').length === 0;
  await give('item.amend', line, {
    order,
    item: item.id,
    ...(type === 'ITEM_UPDATE' && quantity !== null && { qty: countAt(change, 'quantity') + item.voidQty }),
    ...(!isUnderstood && !(item.notes ?? '').includes(LOOK) && { notes: noteWith(item.notes) }),
  });
}

async function substitute({
  change,
  line,
  order,
  item,
  give,
  tools,
  key,
}: Parameters<typeof changeLine>[0]): Promise<void> {
  const other = field(change, 'substituted_item');
  const [station] = item.stations.filter((id) => id !== UNROUTED);
  await give('order.add', line, {
    order,
    items: [
      {
        id: tools.idOf('substitute', key, line),
        name: (textAt(other, 'name') ?? textAt(other, 'merchant_supplied_id') ?? '?').slice(0, 80),
        price: moneyAt(other, 'price') ?? item.unitPrice,
        qty: countAt(other, 'quantity'),
        ...(station !== undefined && { station }),
        notes: `Instead of ${item.name}`.slice(0, LONGEST_NOTE),
      },
    ],
  });
}

function noteWith(notes: string | undefined): string {
  const before = (notes ?? '').slice(0, LONGEST_NOTE - LOOK.length - 3).trim();
  return before === '' ? LOOK : `${before} · ${LOOK}`;
}
