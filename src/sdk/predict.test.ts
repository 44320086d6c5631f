import { describe, expect, it } from 'vitest';
import type { Entity } from '../domain/entities.ts';
import { viewHash } from '../domain/viewHash.ts';
import { createPredictions, orderOfTicket } from './predict.ts';
import { applySnapshot, emptyReplica } from './replica.ts';
import type { Replica } from './replica.ts';
import { aTicket } from './testing/fakeServer.ts';

const AT = '2026-01-31T18:00:00.000Z';

function replicaOf(pos: number, ...entities: Entity[]): Replica {
  return applySnapshot(
    emptyReplica('kitchen'),
    {
      t: 'snap',
      topic: 'kitchen',
      pos,
      cursor: 'c',
      hash: viewHash(entities),
      entities,
      part: 0,
      last: true,
    },
    1,
  ).replica;
}

describe('predictions', () => {
  it('[C100] show the ticket as it will be, and only that one as predicted', () => {
    const predictions = createPredictions();
    const replica = replicaOf(5, aTicket('a', 1), aTicket('b', 2));
    expect(predictions.apply(replica).entities).toBe(replica.entities);
    predictions.add('1', 'ticket.bump', { ticket: 'a' }, AT);
    const { entities, predicted } = predictions.apply(replica);
    expect(entities.ticket.get('a')).toMatchObject({ status: 'ready', readyAt: AT, version: 1 });
    expect(entities.ticket.get('b')).toBe(replica.entities.ticket.get('b'));
    expect(entities.table).toBe(replica.entities.table);
    expect([...predicted]).toEqual(['a']);
    expect(replica.entities.ticket.get('a')?.status).toBe('new');
  });

  it('[C101] lie over each other in the order of the taps, and over every new state of the server', () => {
    const predictions = createPredictions();
    predictions.add('1', 'ticket.bump', { ticket: 'a' }, AT);
    predictions.add('2', 'ticket.recall', { ticket: 'a' }, AT);
    expect(predictions.apply(replicaOf(5, aTicket('a', 1))).entities.ticket.get('a')).toMatchObject({
      status: 'cooking',
      recalls: 1,
    });
    // Meanwhile a line was added: the prediction is made anew over it.
    const [line] = aTicket('a', 6).lines;
    const changed = aTicket('a', 6, { lines: line ? [line, { ...line, item: 'second' }] : [] });
    expect(predictions.apply(replicaOf(6, changed)).entities.ticket.get('a')?.lines).toHaveLength(2);
  });

  it('[C102] end when the answer is here and the topic has reached it, or when it was refused', () => {
    const predictions = createPredictions();
    predictions.add('1', 'ticket.rush', { ticket: 'a' }, AT);
    const early = replicaOf(5, aTicket('a', 1));
    const late = replicaOf(9, aTicket('a', 9, { rush: true }));
    expect(predictions.apply(early).entities.ticket.get('a')?.rush).toBe(true);
    predictions.taken('1', 9);
    expect(predictions.apply(early).predicted.size).toBe(1);
    expect(predictions.apply(late)).toEqual({ entities: late.entities, predicted: new Set() });
    expect(predictions.prune([early, late])).toBe(false);
    expect(predictions.prune([late])).toBe(true);
    expect(predictions.apply(early).predicted.size).toBe(0);

    predictions.add('2', 'ticket.rush', { ticket: 'a', rush: true }, AT);
    predictions.drop('2');
    expect(predictions.apply(early).predicted.size).toBe(0);
  });

  it('[C103] are the same object for the same state, so that nothing paints twice', () => {
    const predictions = createPredictions();
    const replica = replicaOf(5, aTicket('a', 1));
    predictions.add('1', 'ticket.start', { ticket: 'a' }, AT);
    const first = predictions.apply(replica);
    expect(predictions.apply({ ...replica, pos: 6 })).toBe(first);
    predictions.add('2', 'ticket.bump', { ticket: 'a' }, AT);
    expect(predictions.apply(replica)).not.toBe(first);
  });

  it('[C104] reach items and whole orders, leave other orders alone, and are nothing for commands that nobody predicts', () => {
    const predictions = createPredictions();
    const replica = replicaOf(5, aTicket('a', 1), aTicket('b', 2));
    predictions.add('1', 'item.ready', { order: 'order-of-a', item: 'item-of-a' }, AT);
    predictions.add('2', 'table.clear', { table: 'T1' }, AT);
    predictions.add('3', 'order.cancel', { order: 'order-of-b', reason: 'left' }, AT);
    const { entities, predicted } = predictions.apply(replica);
    expect(entities.ticket.get('a')?.lines[0]).toMatchObject({ readyQty: 1, status: 'ready' });
    expect([...predicted]).toEqual(['a']);
  });

  it('[C105] are off while the rules differ, and back when they are the same', () => {
    const predictions = createPredictions();
    const replica = replicaOf(5, aTicket('a', 1));
    predictions.add('1', 'ticket.bump', { ticket: 'a' }, AT);
    predictions.enable(false);
    expect(predictions.apply(replica).entities).toBe(replica.entities);
    predictions.enable(true);
    expect(predictions.apply(replica).predicted.size).toBe(1);
  });

  it("[C106] a ticket's order is found in any topic that shows it", () => {
    expect(orderOfTicket([replicaOf(1), replicaOf(1, aTicket('a', 1))], 'a')).toBe('order-of-a');
    expect(orderOfTicket([replicaOf(1, aTicket('a', 1))], 'b')).toBeNull();
  });
});
