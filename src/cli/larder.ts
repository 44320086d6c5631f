import type { Command } from '../domain/commands.ts';
import { HouseError, type House } from './house.ts';
import type { InitTools } from './init.ts';
import { uuid7 } from '../ops/uuid7.ts';

/** Counts what the file says is there, once: where anybody has counted anything, the file is of an older day. */
export async function fillLarders(house: House, tools: Pick<InitTools, 'locations'>): Promise<string[]> {
  const filled: string[] = [];
  for (const { id, larder } of house.locations) {
    const stock = (await tools.locations.open(id))?.state.stock;
    if (larder === undefined || stock === undefined) continue;
    if ([...stock.ingredients.values()].some(({ onHand }) => onHand !== null)) continue;
    for (const [ingredient, onHand] of Object.entries(larder.counts))
      await tell(tools, id, { id: uuid7(), name: 'stock.count', input: { ingredient, onHand } });
    for (const [item, left] of Object.entries(larder.portions))
      await tell(tools, id, { id: uuid7(), name: 'stock.portions', input: { item, left } });
    filled.push(id);
  }
  return filled;
}

async function tell(
  { locations }: Pick<InitTools, 'locations'>,
  location: string,
  command: Command,
): Promise<void> {
  const outcome = await locations.submit(
    location,
    command,
    { id: 'cli:init', role: 'owner', name: 'heard init' },
    'init',
  );
  if (outcome.ok) return;
  if ('refusal' in outcome) throw new HouseError([`locations.${location}.larder: ${outcome.refusal.detail}`]);
  throw new Error(`Location "${location}" cannot be changed at the moment; run the same command again`);
}
