import { readBody } from '../body.ts';
import { tokenFault } from '../doordash/sim.ts';
import type { ProviderSim, SimAnswer, SimInstance, SimRequest, SimWorld } from '../simulation.ts';
import { field, moneyAt, textAt } from '../wire.ts';

/**
 * DoorDash Drive as its public reference describes it: it takes requests for couriers and tells how each gets on. Nothing
 * moves by itself, as in DoorDash's own sandbox: a story brings the delivery that has waited longest.
 */

const QUOTE_GOOD_MS = 5 * 60_000;
/** How long a story waits for somebody to ask for a courier. */
const PATIENCE_MS = 10 * 60_000;
/** Not in the reference: how often an event is sent that nobody answered. It says up to three times in all. */
const TRIES = 3;

type Point = { readonly lat: number; readonly lng: number };
const START: Point = { lat: 40.7142, lng: -74.0031 };
const HOUSE: Point = { lat: 40.7048, lng: -74.0119 };
const GUEST: Point = { lat: 40.7097, lng: -74.0059 };
const DASHERS = ['Mateo R', 'Aisha B', 'Wen L'];

type Delivery = {
  readonly id: string;
  readonly asked: Readonly<Record<string, unknown>>;
  readonly acts: string[];
  readonly madeAt: number;
  readonly fee: number;
  readonly reference: string;
  status: string;
  dasher: { readonly id: number; readonly name: string } | null;
  at: Point | null;
  isTaken: boolean;
  pickedUpAt: string | null;
  droppedOffAt: string | null;
  cancelledFor: string | null;
};

class NobodyAsked extends Error {
  override readonly name = 'NobodyAsked';
}

export const doordashDriveSim: ProviderSim = { provider: 'doordash-drive', create };

function create(world: SimWorld): SimInstance {
  const deliveries = new Map<string, Delivery>();
  const iso = (ms = world.now()) => new Date(ms).toISOString();

  /** As it stands in every answer and every event; what is empty is left out. */
  function shown(delivery: Delivery): Record<string, unknown> {
    const { dasher, at } = delivery;
    const fields = {
      ...delivery.asked,
      currency: 'USD',
      fee: delivery.fee,
      updated_at: iso(),
      pickup_time_estimated: iso(delivery.madeAt + 15 * 60_000),
      dropoff_time_estimated: iso(delivery.madeAt + 35 * 60_000),
      pickup_time_actual: delivery.pickedUpAt,
      dropoff_time_actual: delivery.droppedOffAt,
      cancellation_reason: delivery.cancelledFor,
      support_reference: delivery.reference,
      tracking_url: `${world.self}/track/${delivery.reference}`,
      dasher_id: dasher?.id,
      dasher_name: dasher?.name,
      dasher_pickup_phone_number: dasher === null ? null : '+12025550178',
      dasher_dropoff_phone_number: dasher === null ? null : '+12025550177',
      dasher_vehicle_make: dasher === null ? null : 'Vespa',
      dasher_vehicle_model: dasher === null ? null : 'Primavera',
      dasher_location: at,
    };
    return Object.fromEntries(
      Object.entries(fields).filter(([, value]) => value !== null && value !== undefined),
    );
  }
  const full = (delivery: Delivery) => ({ ...shown(delivery), delivery_status: delivery.status });

  // Stories -----------------------------------------------------------------------------------------------------

  async function tell(delivery: Delivery, event: string): Promise<void> {
    const header = world.secrets['webhookHeader'] ?? 'authorization';
    world.say(`${delivery.id}: ${event}`);
    const body = Buffer.from(JSON.stringify({ event_name: event, created_at: iso(), ...shown(delivery) }));
    const headers = {
      'content-type': 'application/json',
      [header.toLowerCase()]: world.secrets['webhookToken'] ?? '',
    };
    for (let tries = 1; tries <= TRIES; tries += 1) {
      const { status } = await world.deliver({ headers, body });
      if (status === 200) return;
      if (tries < TRIES) await world.sleep(1_000 * tries);
    }
  }

  /** The next one for which nobody drives yet. */
  async function nextWaiting(options: Readonly<Record<string, string>>): Promise<Delivery> {
    const giveUp = world.now() + Number(options['waitMs'] ?? PATIENCE_MS);
    for (;;) {
      const found = [...deliveries.values()].find(
        ({ id, status, isTaken }) => status === 'created' && !isTaken && (options['id'] ?? id) === id,
      );
      if (found !== undefined) {
        found.isTaken = true;
        return found;
      }
      if (world.now() > giveUp) throw new NobodyAsked('nobody asked for a courier');
      await world.sleep(500);
    }
  }

  /** Of a way that ends when the house takes the courier back. */
  async function step(
    delivery: Delivery,
    options: Readonly<Record<string, string>>,
    next: { status: string; event: string; at?: Point },
  ): Promise<void> {
    if (delivery.status === 'cancelled') return;
    delivery.status = next.status;
    if (next.at !== undefined) delivery.at = next.at;
    if (next.status === 'picked_up') delivery.pickedUpAt = iso();
    if (next.status === 'delivered') delivery.droppedOffAt = iso();
    await tell(delivery, next.event);
    await world.sleep(Number(options['pauseMs'] ?? 4_000));
  }

  async function assign(delivery: Delivery, options: Readonly<Record<string, string>>): Promise<void> {
    const index = Math.floor(world.random() * DASHERS.length);
    delivery.dasher = { id: 1_234_567 + index, name: DASHERS[index] ?? 'Mateo R' };
    await step(delivery, options, { status: 'confirmed', event: 'DASHER_CONFIRMED', at: START });
  }

  /** With a position at each step, as where the opt-in events of the way are on. */
  async function drive(
    delivery: Delivery,
    options: Readonly<Record<string, string>>,
    from: Point,
    to: Point,
    where: 'pickup' | 'dropoff' | 'return',
  ): Promise<void> {
    const steps = Number(options['steps'] ?? 4);
    for (let done = 1; done <= steps; done += 1)
      await step(delivery, options, {
        status: `enroute_to_${where}`,
        event: `dasher_enroute_to_${where}`,
        at: between(from, to, done / (steps + 1)),
      });
  }

  async function fetchFood(delivery: Delivery, options: Readonly<Record<string, string>>): Promise<void> {
    await assign(delivery, options);
    await drive(delivery, options, START, HOUSE, 'pickup');
    await step(delivery, options, {
      status: 'arrived_at_pickup',
      event: 'DASHER_CONFIRMED_PICKUP_ARRIVAL',
      at: HOUSE,
    });
    await step(delivery, options, { status: 'picked_up', event: 'DASHER_PICKED_UP', at: HOUSE });
    await drive(delivery, options, HOUSE, GUEST, 'dropoff');
    await step(delivery, options, {
      status: 'arrived_at_dropoff',
      event: 'DASHER_CONFIRMED_DROPOFF_ARRIVAL',
      at: GUEST,
    });
  }

  async function bring(delivery: Delivery, options: Readonly<Record<string, string>>): Promise<void> {
    await fetchFood(delivery, options);
    await step(delivery, options, { status: 'delivered', event: 'DASHER_DROPPED_OFF' });
  }

  const stories: SimInstance['stories'] = {
    async courier(options = {}) {
      const delivery = await nextWaiting(options);
      await bring(delivery, options);
      return { id: delivery.id };
    },
    /** Brings whatever is asked for, several at once, until nobody asks for longer than `waitMs`; without it, for ever. */
    async service(options = {}) {
      const { waitMs = String(Number.MAX_SAFE_INTEGER), ...rest } = options;
      const open = new Set<Promise<unknown>>();
      let last = '';
      for (;;) {
        const delivery = await nextWaiting({ ...rest, waitMs }).catch((error: unknown) => {
          if (error instanceof NobodyAsked) return null;
          throw error;
        });
        if (delivery === null) break;
        last = delivery.id;
        const way = bring(delivery, rest).finally(() => open.delete(way));
        open.add(way);
      }
      await Promise.all(open);
      return { id: last };
    },
    /** The first one gives up, another takes over. */
    async reassigned(options = {}) {
      const delivery = await nextWaiting(options);
      await assign(delivery, options);
      await bring(delivery, options);
      return { id: delivery.id };
    },
    /** Found nobody who would go on with it. */
    async cancelled(options = {}) {
      const delivery = await nextWaiting(options);
      await assign(delivery, options);
      delivery.cancelledFor = 'failed_to_pickup';
      await step(delivery, options, { status: 'cancelled', event: 'DELIVERY_CANCELLED' });
      return { id: delivery.id };
    },
    /** The guest was not there. */
    async returned(options = {}) {
      const delivery = await nextWaiting(options);
      await fetchFood(delivery, options);
      await step(delivery, options, { status: 'enroute_to_return', event: 'DELIVERY_RETURN_INITIALIZED' });
      await drive(delivery, options, GUEST, HOUSE, 'return');
      await step(delivery, options, {
        status: 'arrived_at_return',
        event: 'DASHER_CONFIRMED_RETURN_ARRIVAL',
        at: HOUSE,
      });
      await step(delivery, options, { status: 'returned', event: 'DELIVERY_RETURNED' });
      return { id: delivery.id };
    },
    /** Somebody who knows the webhook's token says what is not true: the API says otherwise. */
    async forged(options = {}) {
      const delivery = await nextWaiting(options);
      delivery.isTaken = false;
      await tell(delivery, options['event'] ?? 'DELIVERY_CANCELLED');
      return { id: delivery.id };
    },
  };

  // The API -----------------------------------------------------------------------------------------------------

  async function answer(request: SimRequest): Promise<SimAnswer> {
    const wrong = await tokenFault(request.headers['authorization'], world.secrets, world.now());
    if (wrong !== null) return no(401, 'authentication_error', wrong);
    const body = readBody('application/json', request.body);
    const [, kind, part, below = ''] =
      /^\/drive\/v2\/(quotes|deliveries)(?:\/([^/]+))?(?:\/(accept|cancel))?$/.exec(request.path) ?? [];
    const route = `${request.method} ${kind ?? ''}${below === '' ? '' : `/${below}`}`;
    if (part === undefined) {
      if (route === 'POST quotes') return make(body, 'quote');
      if (route === 'POST deliveries') return make(body, 'created');
      return no(404, 'not_found', `There is no ${route}`);
    }
    const delivery = deliveries.get(decodeURIComponent(part));
    if (delivery === undefined)
      return no(404, 'unknown_delivery_id', `Delivery with ID ${decodeURIComponent(part)} not found`);
    switch (route) {
      case 'GET deliveries':
        return { status: 200, body: full(delivery) };
      case 'POST quotes/accept':
        if (delivery.status !== 'quote') return duplicate(delivery.id);
        if (world.now() - delivery.madeAt > QUOTE_GOOD_MS)
          return no(400, 'validation_error', 'The quote has expired');
        delivery.status = 'created';
        delivery.acts.push('accept');
        return { status: 200, body: full(delivery) };
      case 'PUT deliveries/cancel':
        return cancelByHouse(delivery);
      default:
        return no(404, 'not_found', `There is no ${route}`);
    }
  }

  function make(body: unknown, status: 'quote' | 'created'): SimAnswer {
    const id = textAt(body, 'external_delivery_id');
    const missing = ['external_delivery_id', 'pickup_address', 'dropoff_address'].find(
      (name) => textAt(body, name) === null,
    );
    const wrong =
      missing ??
      ['pickup_phone_number', 'dropoff_phone_number'].find(
        (name) => !/^\+[1-9]\d{9,14}$/.test(textAt(body, name) ?? ''),
      );
    if (wrong !== undefined || id === null)
      return {
        status: 400,
        body: {
          code: 'validation_error',
          message: 'One or more request values could not be validated',
          field_errors: [
            { field: wrong, error: missing === undefined ? 'is no telephone number' : 'is required' },
          ],
        },
      };
    if (deliveries.has(id)) return duplicate(id);
    if (/far away/i.test(textAt(body, 'dropoff_address') ?? ''))
      return {
        status: 422,
        body: {
          code: 'invalid_delivery_parameters',
          message: 'Delivery is not allowed',
          reason: 'distance_too_long',
        },
      };
    const delivery: Delivery = {
      id,
      asked: { order_value: moneyAt(body, 'order_value') ?? 0, ...fieldsOf(body) },
      acts: [status === 'quote' ? 'quote' : 'request'],
      madeAt: world.now(),
      fee: 975,
      reference: String(1_000_000_000 + Math.floor(world.random() * 999_999_999)),
      status,
      dasher: null,
      at: null,
      isTaken: false,
      pickedUpAt: null,
      droppedOffAt: null,
      cancelledFor: null,
    };
    deliveries.set(id, delivery);
    world.say(`${id}: ${status === 'quote' ? 'a quote' : 'a courier is asked for'}`);
    return { status: 200, body: full(delivery) };
  }

  function cancelByHouse(delivery: Delivery): SimAnswer {
    const isLate = delivery.dasher !== null || delivery.status === 'delivered';
    if (delivery.status === 'cancelled' || isLate)
      return {
        status: 409,
        body: {
          code: 'cancel_not_allowed',
          message: 'Cancel is not allowed',
          reason:
            delivery.status === 'cancelled'
              ? 'delivery_cancelled'
              : delivery.pickedUpAt === null
                ? 'cancellation_window_closed'
                : 'delivery_picked_up',
        },
      };
    delivery.status = 'cancelled';
    delivery.cancelledFor = 'cancelled_by_creator';
    delivery.acts.push('cancel');
    return { status: 200, body: full(delivery) };
  }

  return {
    answer,
    stories,
    told: () =>
      [...deliveries.values()].map(({ id, acts, status }) => ({ id, acts, state: status, inTime: true })),
  };
}

function no(status: number, code: string, message: string): SimAnswer {
  return { status, body: { code, message } };
}

function duplicate(id: string): SimAnswer {
  return {
    status: 409,
    body: { code: 'duplicate_delivery_id', message: 'Duplicate delivery ID', external_delivery_id: id },
  };
}

function fieldsOf(body: unknown): Record<string, unknown> {
  return typeof body === 'object' && body !== null
    ? Object.fromEntries(Object.keys(body).map((name) => [name, field(body, name)]))
    : {};
}

function between(from: Point, to: Point, part: number): Point {
  return { lat: from.lat + (to.lat - from.lat) * part, lng: from.lng + (to.lng - from.lng) * part };
}
