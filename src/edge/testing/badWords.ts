import { ORDER, place } from './badBodies.ts';
import type { BadRequest } from './badBodies.ts';

/** Texts that no database holds, in a path or a question, and times outside of every calendar: each is named. */

const NUL = '%00';
const LONG_AGO = '0000-01-01T00:00:00Z';
/** In UTC a year later, or one earlier, than it says. */
const AFTER_ALL = '9999-12-31T23:59:59-14:00';
const BEFORE_ALL = '1970-01-01T00:00:00+14:00';

const reads = (title: string, path: string, named: string): BadRequest => ({
  title,
  url: `/v1/locations/brasa/${path}`,
  method: 'GET',
  as: 'manager',
  status: 422,
  code: 'invalid_input',
  path: named,
});

export const BAD_WORDS: readonly BadRequest[] = [
  reads('U+0000 in the id of an order', `orders/${NUL}`, 'id'),
  reads('U+0000 in the name of a printer', `printers/a${NUL}b/papers`, 'printer'),
  reads('U+0000 in the code of a pairing', `pairings/${NUL}`, 'code'),
  reads('U+0000 in the name of a topic', `snapshot?topic=${NUL}`, 'topic'),
  {
    title: 'U+0000 in the code of a pairing that is approved',
    url: `/v1/locations/brasa/pairings/${NUL}/approve`,
    as: 'manager',
    body: { name: 'X', page: 'pos' },
    status: 422,
    code: 'invalid_input',
    path: 'code',
  },
  {
    ...reads('U+0000 in the location of an owner of many', '', 'location'),
    url: `/v1/locations/${NUL}/log`,
    as: async (server) => `Bearer ${await server.token('owner', { loc: undefined })}`,
  },
  reads('orders since a year that is none', `orders?from=${LONG_AGO}`, 'from'),
  reads('orders until after all years', `orders?to=${AFTER_ALL}`, 'to'),
  reads('lines since a year that is none', `connections?from=${LONG_AGO}`, 'from'),
  reads('the story of a year that is none', `connections/story?at=${LONG_AGO}`, 'at'),
  reads('the story of a day before all', 'connections/story?at=0001-01-01T19:00', 'at'),
  {
    title: 'an order that was promised before there were clocks',
    body: place((order) => Object.assign(order, { promisedAt: BEFORE_ALL })),
    status: 422,
    code: 'invalid_input',
    path: 'order.promisedAt',
  },
  {
    title: 'an order held until after all years',
    url: '/v1/locations/brasa/commands/order.hold',
    body: { order: ORDER, at: AFTER_ALL },
    status: 422,
    code: 'invalid_input',
    path: 'at',
  },
  {
    title: 'a dish that is sold out until a year that is none',
    url: '/v1/locations/brasa/commands/menu.soldOut',
    body: { item: 'fries', until: LONG_AGO },
    status: 422,
    code: 'invalid_input',
    path: 'until',
  },
];
