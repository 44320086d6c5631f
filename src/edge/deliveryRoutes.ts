import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { slug, uuid } from '../domain/text.ts';
import type { Inbox } from '../inbox/inbox.ts';
import { type DeliveryRow, STATUSES } from '../inbox/inboxTable.ts';
import { placeOf } from './app.ts';
import type { Caller } from './door.ts';
import { parseInput, refuse, refuseField } from './problem.ts';

/** What outside systems delivered, for managers: the list, one of them as it came, and the button that has it worked again. */

export type DeliveryRouteOptions = {
  readonly inbox: Pick<Inbox, 'table' | 'replay'>;
  readonly now: () => number;
};

export const managersOnly = {
  allow: ({ claims }: Caller) => {
    if (claims.role !== 'owner' && claims.role !== 'manager')
      throw refuse('forbidden', `The role ${claims.role} may not see this`);
  },
};

export const deliveriesQuery = z.strictObject({
  channel: slug.optional(),
  status: z.enum(STATUSES).optional(),
  limit: z
    .string()
    .regex(/^\d{1,3}$/, 'must be a whole number')
    .transform(Number)
    .refine((value) => value >= 1 && value <= 200, 'must be from 1 to 200')
    .default(50),
  cursor: z.string().max(200).optional(),
});
const delivery = z.object({
  id: z.string(),
  channel: z.string(),
  provider: z.string(),
  event: z.string(),
  status: z.enum(STATUSES),
  receivedAt: z.string(),
  finishedAt: z.string().nullable(),
  attempts: z.int(),
  repeats: z.int(),
  replays: z.int(),
  reason: z.string().nullable(),
  bytes: z.int(),
});
export const deliveriesAnswer = z.object({
  deliveries: z.array(delivery),
  next: z.string().nullable(),
  open: z.object({ waiting: z.int(), failed: z.int(), dead: z.int() }),
});
export const deliveryAnswer = delivery.extend({
  method: z.enum(['GET', 'POST']),
  query: z.string(),
  headers: z.record(z.string(), z.string()),
  body: z.string(),
  encoding: z.enum(['utf-8', 'base64']),
});
/** `{}`: all that are dead. */
export const replayBody = z.strictObject({ channel: slug.optional() });
export const replayAnswer = z.object({ replayed: z.int() });

/** The ids of commands are remembered for seven days: after that the same delivery could have its effect twice. */
const SAFE_MS = 6 * 86_400_000;

export function registerDeliveries(app: FastifyInstance, { inbox, now }: DeliveryRouteOptions): void {
  const base = '/v1/locations/:location/deliveries';
  const { table } = inbox;

  app.get(base, { config: managersOnly }, async (request) => {
    const page = await table.list(placeOf(request).id, parseInput(deliveriesQuery, request.query));
    if (page === null) throw refuseField('cursor', 'is not one of this list');
    return page;
  });

  app.get(`${base}/:id`, { config: managersOnly }, async (request) => {
    const row = await table.read(placeOf(request).id, idIn(request.params));
    if (row === null) throw noDelivery();
    const { raw, key: _key, queue: _queue, answer: _answer, ...shown } = row;
    const text = textOf(raw);
    return { ...shown, body: text ?? raw.toString('base64'), encoding: text === null ? 'base64' : 'utf-8' };
  });

  app.post(`${base}/:id/replay`, { config: managersOnly }, async (request) => {
    const { id: location } = placeOf(request);
    const id = idIn(request.params);
    const row = await table.read(location, id);
    if (row === null) throw noDelivery();
    refuseOld(row, now());
    return { replayed: await inbox.replay(location, { id }) };
  });

  app.post(`${base}/replay`, { config: managersOnly }, async (request) => {
    const { channel } = parseInput(replayBody, request.body ?? {});
    return { replayed: await inbox.replay(placeOf(request).id, { channel }) };
  });
}

function idIn(params: unknown): string {
  const read = z.object({ id: uuid }).safeParse(params);
  if (!read.success) throw noDelivery();
  return read.data.id;
}

const noDelivery = () => refuse('not_found', 'There is no such delivery, or it is older than 30 days');

function refuseOld({ status, receivedAt }: DeliveryRow, now: number): void {
  const hadEffect = status === 'done' || status === 'ignored';
  if (hadEffect && now - Date.parse(receivedAt) > SAFE_MS)
    throw refuse(
      'conflict',
      'This delivery was worked a week ago: what it did then is not remembered any more, and would be done twice',
    );
}

/** The bytes as text; null for what is no UTF-8. */
function textOf(raw: Buffer): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(raw);
  } catch {
    return null;
  }
}
