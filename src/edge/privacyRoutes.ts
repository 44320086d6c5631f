import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { Actor } from '../domain/commands.ts';
import { instant, text, uuid } from '../domain/text.ts';
import { type RedactionReport, RedactionRefused, type RedactionWish } from '../ops/redact.ts';
import { callerOf, placeOf } from './app.ts';
import { parseInput, refuse } from './problem.ts';
import { managersOnly } from './setupRoutes.ts';

/** `POST …/redact`: a guest asked to be forgotten. */

export type Forget = (location: string, wish: RedactionWish, by: Actor) => Promise<RedactionReport>;

export const redactBody = z
  .strictObject({
    /** An order's, reservation's or call's id. */
    order: uuid.optional(),
    /** A telephone number, however it is written. */
    guest: text(40)
      .refine((said) => said.replaceAll(/\D/g, '').length >= 7, 'must have at least 7 digits')
      .optional(),
    /** All that began before this time and is over. */
    before: instant.optional(),
  })
  .refine(
    ({ order, guest, before }) => [order, guest, before].filter((one) => one !== undefined).length === 1,
    {
      message: 'must be one of order, guest and before',
    },
  );
export const redactAnswer = z.object({
  subjects: z.array(z.string()),
  open: z.array(z.string()),
  events: z.int(),
  answers: z.int(),
  rows: z.record(z.string(), z.int()),
});

export function wishOf({ order, guest, before }: z.output<typeof redactBody>): RedactionWish {
  if (order !== undefined) return { order };
  return guest === undefined ? { before: before ?? '' } : { guest };
}

export function registerPrivacy(app: FastifyInstance, forget: Forget): void {
  app.post(
    '/v1/locations/:location/redact',
    { config: { ...managersOnly, rateLimit: { max: 10, timeWindow: '1 minute' } } },
    async (request) => {
      const wish = wishOf(parseInput(redactBody, request.body));
      try {
        return await forget(placeOf(request).id, wish, callerOf(request).actor);
      } catch (error) {
        if (error instanceof RedactionRefused) throw refuse('conflict', error.message);
        throw error;
      }
    },
  );
}
