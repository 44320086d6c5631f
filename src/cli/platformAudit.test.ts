import { expect, it } from 'vitest';
import { evolve } from '../domain/evolve.ts';
import { emptyLocation } from '../domain/state.ts';
import { toInstant } from '../domain/text.ts';
import { orderGone } from '../integrations/platform.ts';
import { PlatformKitchen } from '../testkit/platformKitchen.ts';
import { Audit } from './audit.ts';
import { reportAudit } from './auditReport.ts';

/** What `heard verify` says of a kitchen, from its log alone. */
function report(kitchen: PlatformKitchen): { lines: string[]; isKept: boolean } {
  const audit = new Audit(null, null);
  let state = emptyLocation('small-place');
  for (const event of kitchen.log) {
    state = evolve(state, event);
    audit.add(event, state);
  }
  const { lines, isKept } = reportAudit(audit, toInstant(kitchen.now));
  return { lines: lines.filter((line) => /platform|ANSWERED|refused by/.test(line)), isKept };
}

function note(kitchen: PlatformKitchen, id: string, words?: string): void {
  const [ask] = kitchen.order(id).platform.asks;
  kitchen.inner('channel.note', {
    channel: 'uber',
    order: id,
    ask: ask?.seq ?? 0,
    act: ask?.act ?? '',
    ...(words !== undefined && { refused: { words } }),
  });
}

it('[PL28] heard verify counts what platforms waited for, names what they refused, and what they ended by their own clock', async () => {
  const kitchen = new PlatformKitchen();
  const yes = await kitchen.take({ displayId: 'A1' }, 180_000);
  kitchen.wait(2_000);
  kitchen.hear(yes);
  kitchen.wait(500);
  note(kitchen, yes);
  const no = await kitchen.take({ displayId: 'A2' }, 180_000);
  kitchen.do('channel.deny', { order: no, reason: 'closed' });
  note(kitchen, no, 'too late');
  for (const ticket of kitchen.order(no).tickets) kitchen.do('ticket.acknowledge', { ticket: ticket.id });
  expect(report(kitchen)).toEqual({
    lines: [
      'platforms: 2 orders waited for an answer; yes 1; no 1; said after (median 2.0 s, p99 2.0 s); told 1 of 2 (median 500 ms, p99 500 ms)',
      expect.stringMatching(/^ {2}refused by Uber Eats: deny of A2 at .*: too late$/),
    ],
    isKept: true,
  });
  const lapsed = await kitchen.take({ displayId: 'A3' }, 180_000);
  await orderGone(kitchen.tools, kitchen.order(lapsed).platform.externalId, { by: 'clock', words: '' });
  const { lines, isKept } = report(kitchen);
  expect(isKept).toBe(false);
  expect(lines).toContainEqual(expect.stringContaining('NOT ANSWERED: A3 of Uber Eats'));
  expect(lines[0]).toContain('ended by the platform’s clock 1');
});
