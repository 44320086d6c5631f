import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Kitchen, ana, burger, cook, id, lemonade, luis, maya, smallPlace } from '../testkit/kitchen.ts';
import { run, step } from '../testkit/kitchenSteps.ts';
import type { TrackingView } from './entities.ts';
import { evolve } from './evolve.ts';
import { freeze, thaw } from './snapshot.ts';
import { emptyLocation } from './state.ts';
import { toMillis } from './text.ts';
import { STEPS } from './tracking.ts';
import { changedSince, goneSince, listTopic, topicExists } from './views.ts';

const O = id('order', 1);
const TOPIC = `order:${O}`;
const MINUTE = 60_000;

function placed(items: object[], more: object = {}): Kitchen {
  const kitchen = new Kitchen();
  kitchen.do('order.place', { order: { id: O, type: 'takeout', items: items as never, ...more } }, maya);
  return kitchen;
}

function seen(kitchen: Kitchen): TrackingView {
  const [entity] = listTopic(kitchen.state, TOPIC, 'guest');
  if (entity?.kind !== 'tracking') throw new Error('nothing is tracked');
  return entity;
}

function hear(kitchen: Kitchen, station: string): void {
  kitchen.inner('ticket.hear', { ticket: kitchen.ticket(1, station) });
}

function bump(kitchen: Kitchen, station: string): void {
  kitchen.do('ticket.bump', { ticket: kitchen.ticket(1, station) }, luis);
}

const states = (view: TrackingView) => view.steps.map(({ state }) => state);
const minutesWide = ({ from, to }: { from: string; to: string }) =>
  ((toMillis(to) ?? 0) - (toMillis(from) ?? 0)) / MINUTE;

describe('the steps of an order', () => {
  test('[T1] received, confirmed when every station has it, preparing, ready, handed over', () => {
    const kitchen = placed([burger(1, { qty: 2 }), lemonade(2)]);
    expect(seen(kitchen)).toMatchObject({ step: 'received', ready: 0, things: 3, type: 'takeout' });
    expect(states(seen(kitchen))).toEqual(['active', 'pending', 'pending', 'pending', 'pending']);
    hear(kitchen, 'grill');
    expect(seen(kitchen).step).toBe('received');
    hear(kitchen, 'drinks');
    expect(seen(kitchen).step).toBe('confirmed');
    bump(kitchen, 'drinks');
    expect(seen(kitchen)).toMatchObject({ step: 'preparing', ready: 1, things: 3 });
    bump(kitchen, 'grill');
    expect(seen(kitchen)).toMatchObject({ step: 'ready', ready: 3, things: 3 });
    expect(seen(kitchen).eta).toBeUndefined();
    kitchen.now += MINUTE;
    kitchen.do('order.serve', { order: O }, luis);
    expect(seen(kitchen)).toMatchObject({ step: 'handed_over', ended: 'handed_over' });
    expect(states(seen(kitchen))).toEqual(['done', 'done', 'done', 'done', 'done']);
    expect(seen(kitchen).steps.every(({ at }) => at !== undefined)).toBe(true);
  });

  test('[T1] who starts to cook has it: a step that nobody told of is told with the next', () => {
    const kitchen = placed([burger(1)]);
    kitchen.do('ticket.start', { ticket: kitchen.ticket(1, 'grill') }, cook);
    expect(states(seen(kitchen))).toEqual(['done', 'done', 'active', 'pending', 'pending']);
    expect(seen(kitchen).steps[1]?.at).toBe(seen(kitchen).steps[2]?.at);
  });

  test('[T2] a recall after ready is a sentence, not a step back, and goes when it is ready again', () => {
    const kitchen = placed([burger(1)]);
    bump(kitchen, 'grill');
    kitchen.now += MINUTE;
    kitchen.do('ticket.recall', { ticket: kitchen.ticket(1, 'grill') }, luis);
    expect(seen(kitchen)).toMatchObject({ step: 'ready', ready: 1, trouble: { kind: 'mending' } });
    expect(seen(kitchen).eta).toMatchObject({ why: 'mending' });
    bump(kitchen, 'grill');
    expect(seen(kitchen)).toMatchObject({ step: 'ready' });
    expect(seen(kitchen).trouble).toBeUndefined();
  });

  test('[T2] what is made again after it was handed over is said, and the end is taken back', () => {
    const kitchen = placed([burger(1), lemonade(2)]);
    bump(kitchen, 'grill');
    bump(kitchen, 'drinks');
    kitchen.do('order.serve', { order: O }, luis);
    expect(seen(kitchen).ended).toBe('handed_over');
    kitchen.do('item.refire', { order: O, item: id('item', 1), reason: 'raw' }, luis);
    expect(seen(kitchen)).toMatchObject({ step: 'handed_over', trouble: { kind: 'mending' } });
    expect(seen(kitchen).ended).toBeUndefined();
    expect(seen(kitchen).items.map(({ name }) => name)).toEqual(['Lemonade', 'Classic Burger']);
  });

  test('[T2] more that is ordered after ready is the guest’s own change', () => {
    const kitchen = placed([burger(1)]);
    bump(kitchen, 'grill');
    kitchen.do('order.add', { order: O, items: [lemonade(2)] as never }, maya);
    expect(seen(kitchen)).toMatchObject({ step: 'ready', ready: 1, things: 2, trouble: { kind: 'changed' } });
  });

  test('[T3] a cancelled order says so with its reason; one of which nothing is left is cancelled too', () => {
    const kitchen = placed([burger(1)]);
    kitchen.do('order.cancel', { order: O, reason: 'out of bread' }, ana);
    expect(seen(kitchen)).toMatchObject({
      ended: 'cancelled',
      cancelled: { reason: 'out of bread' },
      items: [{ name: 'Classic Burger', qty: 1 }],
    });
    const other = placed([burger(1)]);
    other.do('item.void', { order: O, item: id('item', 1), reason: 'left', made: false }, ana);
    expect(seen(other)).toMatchObject({ things: 0, step: 'received' });
    // It is still open: something else may be ordered.
    expect(seen(other).ended).toBeUndefined();
    other.inner('order.close', { order: O });
    expect(seen(other).ended).toBe('cancelled');
    expect(seen(other).cancelled?.reason).toBeUndefined();
  });
});

describe('an order that a courier brings', () => {
  function received(): Kitchen {
    const kitchen = new Kitchen({
      ...smallPlace,
      channels: [{ id: 'uber', provider: 'uber-eats', name: 'Uber Eats' }],
    } as never);
    kitchen.inner('channel.receive', {
      channel: 'uber',
      provider: 'uber-eats',
      source: 'uber_eats',
      externalId: 'ext-1',
      order: { id: O, type: 'delivery', allergies: [], displayId: 'K7Q2' },
      lines: [
        {
          id: id('item', 1),
          menuItem: 'burger',
          externalId: 'x-1',
          name: 'Burger',
          qty: 1,
          price: 900,
          modifiers: [],
          allergies: [],
        },
      ],
      fulfilment: 'platform_courier',
      since: new Date(kitchen.now).toISOString(),
    });
    return kitchen;
  }
  function courier(kitchen: Kitchen, state: string, more: object = {}): void {
    kitchen.now += MINUTE;
    const at = new Date(kitchen.now).toISOString();
    kitchen.inner('channel.courier', {
      order: O,
      state,
      at,
      name: null,
      eta: null,
      batched: false,
      ...more,
    } as never);
  }

  test('[PL40] has one to see from the first word on, moves only when something is news, and is not over before the door', () => {
    const kitchen = received();
    expect(seen(kitchen).courier).toBeUndefined();
    const { version } = seen(kitchen);
    courier(kitchen, 'to_pickup', { name: 'Dana' });
    expect(seen(kitchen)).toMatchObject({
      version: version + 1,
      courier: { state: 'to_pickup', name: 'Dana', eta: null },
    });
    courier(kitchen, 'to_pickup', { name: 'Dana' });
    expect(seen(kitchen).version).toBe(version + 1);
    bump(kitchen, 'grill');
    courier(kitchen, 'at_pickup');
    // Handed over before the courier said so.
    kitchen.do('order.serve', { order: O }, luis);
    expect(seen(kitchen).step).toBe('handed_over');
    expect(seen(kitchen).ended).toBeUndefined();
    kitchen.do('ticket.recall', { ticket: kitchen.ticket(1, 'grill') }, luis);
    bump(kitchen, 'grill');
    courier(kitchen, 'picked_up');
    // First the platform is told that it is ready, then it is handed over by what the courier has.
    kitchen.inner('channel.follow', { order: O });
    kitchen.inner('channel.follow', { order: O });
    expect(seen(kitchen)).toMatchObject({ step: 'handed_over', courier: { state: 'picked_up' } });
    expect(seen(kitchen).ended).toBeUndefined();
    courier(kitchen, 'delivered');
    expect(seen(kitchen)).toMatchObject({ ended: 'handed_over', courier: { state: 'delivered' } });
  });
});

describe('what a guest may not learn', () => {
  test('[T4] no person, no price, no note, no position in the log', () => {
    const kitchen = new Kitchen();
    for (let number = 2; number < 40; number += 1)
      kitchen.do('order.place', {
        order: { id: id('order', number), type: 'counter', items: [lemonade(number)] as never },
      });
    kitchen.do(
      'order.place',
      {
        order: {
          id: O,
          type: 'takeout',
          guest: { name: 'Ramos Secret', phone: '+1 555 0199' },
          notes: 'back door note',
          allergies: ['nuts-secret'],
          items: [burger(1, { notes: 'line note' })] as never,
        },
      },
      maya,
    );
    hear(kitchen, 'grill');
    const text = JSON.stringify(seen(kitchen));
    expect(text).not.toMatch(/Ramos|555|note|secret|Maya|staff|1350|price|seq|command|device/i);
    expect(kitchen.state.head).toBeGreaterThan(70);
    expect(seen(kitchen).version).toBeLessThan(6);
  });

  test('[T5] its version counts its own changes alone, and rises with each of them', () => {
    const kitchen = placed([burger(1)]);
    const first = seen(kitchen).version;
    kitchen.do('order.place', {
      order: { id: id('order', 2), type: 'counter', items: [lemonade(3)] as never },
    });
    kitchen.do('ticket.rush', { ticket: kitchen.ticket(1, 'grill') }, luis);
    expect(seen(kitchen).version).toBe(first);
    hear(kitchen, 'grill');
    expect(seen(kitchen).version).toBe(first + 1);
    kitchen.do('location.configure', { config: { ...smallPlace, name: 'Large Place' } });
    expect(seen(kitchen)).toMatchObject({ version: first + 2, location: { name: 'Large Place' } });
    const reached = {
      ...smallPlace,
      name: 'Large Place',
      address: 'Main Street 1',
      phone: '+1 212 555 0199',
    };
    kitchen.do('location.configure', { config: reached });
    expect(seen(kitchen)).toMatchObject({
      version: first + 3,
      location: { address: 'Main Street 1', phone: '+1 212 555 0199' },
    });
    expect(kitchen.ask('location.configure', { config: { ...reached, phone: 'call me' } })).toMatchObject({
      ok: false,
      refusal: { errors: [{ path: 'config.phone', message: expect.stringContaining('telephone number') }] },
    });
  });

  test('[T6] the topic is there from the order until it leaves memory, and leaves no trace in the state', () => {
    const kitchen = placed([burger(1)]);
    expect(topicExists(kitchen.state, TOPIC)).toBe(true);
    expect(topicExists(kitchen.state, `order:${id('order', 9)}`)).toBe(false);
    kitchen.do('order.cancel', { order: O, reason: 'left' }, ana);
    kitchen.inner('order.archive', { order: O });
    expect(topicExists(kitchen.state, TOPIC)).toBe(false);
    expect(listTopic(kitchen.state, TOPIC, 'guest')).toEqual([]);
    expect(goneSince(kitchen.state, TOPIC, 0)).toEqual([]);
    expect(Object.keys(kitchen.state.gone)).not.toContain(TOPIC);
    expect(kitchen.state.load).toEqual({});
  });
});

describe('when it will be ready', () => {
  test('[T7] a range of at least 5 minutes, 15 % to both sides of what the dishes take', () => {
    const kitchen = placed([burger(1)]);
    const { eta } = seen(kitchen);
    expect(eta && minutesWide(eta)).toBeGreaterThanOrEqual(5);
    const centre = ((toMillis(eta?.from ?? '') ?? 0) + (toMillis(eta?.to ?? '') ?? 0)) / 2;
    expect((centre - kitchen.now) / MINUTE).toBeCloseTo(8, 0);
    const later = placed([burger(1)], { promisedAt: '2026-01-01T01:00:00Z' });
    expect(seen(later).eta).toEqual({ from: '2026-01-01T00:51:00.000Z', to: '2026-01-01T01:09:00.000Z' });
  });

  test('[T7] a full kitchen takes longer, an order that was added to says why', () => {
    const kitchen = new Kitchen();
    for (let number = 2; number < 20; number += 1)
      kitchen.do('order.place', {
        order: { id: id('order', number), type: 'counter', items: [burger(number, { qty: 3 })] as never },
      });
    kitchen.do('order.place', { order: { id: O, type: 'takeout', items: [burger(1)] as never } });
    const { eta } = seen(kitchen);
    expect(((toMillis(eta?.to ?? '') ?? 0) - kitchen.now) / MINUTE).toBeGreaterThan(60);

    const quick = placed([lemonade(1)]);
    const before = seen(quick).eta;
    quick.now += 4 * MINUTE;
    quick.do('order.add', { order: O, items: [burger(2)] as never }, maya);
    expect(seen(quick).eta).toMatchObject({ why: 'added' });
    expect((seen(quick).eta?.to ?? '') > (before?.to ?? '')).toBe(true);
  });

  test('[T8] its end never moves later without a reason, and it narrows as the kitchen gets on', () => {
    const kitchen = placed([burger(1, { qty: 20 })]);
    const first = seen(kitchen).eta;
    kitchen.now += 10 * MINUTE;
    kitchen.do('ticket.start', { ticket: kitchen.ticket(1, 'grill') }, cook);
    const second = seen(kitchen).eta;
    expect((second?.to ?? '') <= (first?.to ?? '')).toBe(true);
    kitchen.now += 20 * MINUTE;
    kitchen.do('item.ready', { order: O, item: id('item', 1), qty: 19 }, cook);
    const third = seen(kitchen).eta;
    expect((third?.to ?? '') <= (second?.to ?? '')).toBe(true);
    expect(third && minutesWide(third)).toBeLessThan(first ? minutesWide(first) : 0);
    expect(third?.why).toBeUndefined();
  });

  test('[T8] what waits for a course has no time, unless one was promised', () => {
    const kitchen = placed([burger(1), lemonade(2, { hold: true })]);
    expect(seen(kitchen).eta).toBeUndefined();
    kitchen.do('order.fire', { order: O }, maya);
    expect(seen(kitchen).eta).toBeDefined();
  });
});

describe('any evening', () => {
  const RUNS = {
    numRuns: Number(process.env['HEARD_RUNS'] ?? 150),
    seed: Number(process.env['HEARD_SEED'] ?? 20_260_101),
  };

  test('[T9] no step ever goes back, no end moves later without a word, the version tells every difference', () => {
    let told = 0;
    fc.assert(
      fc.property(fc.array(step, { minLength: 15, maxLength: 60 }), (list) => {
        const kitchen = new Kitchen();
        let state = kitchen.state;
        for (const one of list) {
          const from = kitchen.log.length;
          run(kitchen, one);
          for (const event of kitchen.log.slice(from)) {
            const next = evolve(state, event);
            for (const number of [1, 2]) {
              const topic = `order:${id('order', number)}`;
              const [was] = listTopic(state, topic, 'guest') as TrackingView[];
              const [is] = listTopic(next, topic, 'guest') as TrackingView[];
              if (!was || !is) continue;
              told += 1;
              expect(STEPS.indexOf(is.step)).toBeGreaterThanOrEqual(STEPS.indexOf(was.step));
              expect(is.ready).toBeLessThanOrEqual(is.things);
              if (is.things >= was.things) expect(is.ready).toBeGreaterThanOrEqual(was.ready);
              if (was.ended === 'cancelled') expect(is.ended).toBe('cancelled');
              if (was.eta && is.eta && is.eta.to > was.eta.to && event.at > (was.steps[0]?.at ?? ''))
                expect(is.eta.why).toBeDefined();
              if (is.eta) expect(minutesWide(is.eta)).toBeGreaterThanOrEqual(5);
              const { version: v1, ...before } = was;
              const { version: v2, ...after } = is;
              if (v1 === v2) expect(after).toEqual(before);
              else expect(v2).toBe(v1 + 1);
              expect(
                next.touched.some(({ kind, id: touched }) => kind === 'tracking' && topic.endsWith(touched)),
              ).toBe(v1 !== v2);
              expect(changedSince(next, topic, v1, 'guest')?.put).toHaveLength(v1 === v2 ? 0 : 1);
            }
            state = next;
          }
        }
        expect(freeze(thaw(freeze(state)))).toEqual(freeze(state));
        expect(freeze(kitchen.log.reduce(evolve, emptyLocation('small-place')))).toEqual(freeze(state));
        expect(Object.values(state.load).every((seconds) => seconds > 0)).toBe(true);
      }),
      RUNS,
    );
    expect(told).toBeGreaterThan(1_000);
  });
});
