import type { TestServer } from '../../testkit/insideServer.ts';

/** Bodies that must be refused, each with its problem. */

/** An order that is good, and in the log, so that conflicts have something to conflict with. */
export const ORDER = '0190a000-0000-7000-8000-00000000a001';
export const ITEM = '0190a000-0000-7000-8000-00000000a002';
export const KEY = '0190a000-0000-7000-8000-00000000a003';
export const goodOrder = {
  order: { id: ORDER, type: 'dine_in', table: 'T1', items: [{ id: ITEM, menuItem: 'espresso', qty: 1 }] },
};

export type BadRequest = {
  title: string;
  status: number;
  code: string;
  /** Of the first error. */
  path?: string;
  method?: string;
  url?: string;
  /** A role at brasa, or a header of its own; null sends none. */
  as?: string | null | ((server: TestServer) => Promise<string>);
  key?: string | null;
  type?: string | null;
  /** Sent as it is when it is text or bytes. */
  body?: unknown;
  headers?: Record<string, string>;
};

export const place = (change: (order: Record<string, unknown>) => void): unknown => {
  const body = structuredClone(goodOrder) as { order: Record<string, unknown> };
  body.order['id'] = '0190a000-0000-7000-8000-00000000b001';
  change(body.order);
  return body;
};
export const line = (more: Record<string, unknown>) =>
  place((order) =>
    Object.assign(order, {
      items: [{ id: '0190a000-0000-7000-8000-00000000b002', menuItem: 'espresso', qty: 1, ...more }],
    }),
  );
const deep = (levels: number): string => `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`;

export const BAD_BODIES: readonly BadRequest[] = [
  // The body
  { title: 'no JSON', body: '{"order":', status: 400, code: 'malformed' },
  { title: 'an empty body', body: '', status: 400, code: 'malformed' },
  { title: 'white space', body: ' \n', status: 400, code: 'malformed' },
  { title: 'JSON with more after it', body: '{} {}', status: 400, code: 'malformed' },
  { title: 'NaN', body: '{"order":NaN}', status: 400, code: 'malformed' },
  {
    title: 'bytes that are no UTF-8',
    body: Buffer.from([0x22, 0xff, 0xfe, 0x22]),
    status: 400,
    code: 'malformed',
  },
  { title: 'a megabyte too much', body: `"${'x'.repeat(1_048_577)}"`, status: 413, code: 'too_large' },
  {
    title: 'text',
    type: 'text/plain',
    body: JSON.stringify(goodOrder),
    status: 415,
    code: 'unsupported_type',
  },
  {
    title: 'a form',
    type: 'application/x-www-form-urlencoded',
    body: 'order=1',
    status: 415,
    code: 'unsupported_type',
  },
  { title: 'XML', type: 'application/xml', body: '<order/>', status: 415, code: 'unsupported_type' },
  {
    title: 'no content type',
    type: null,
    body: JSON.stringify(goodOrder),
    status: 415,
    code: 'unsupported_type',
  },
  { title: 'null', body: 'null', status: 422, code: 'invalid_input', path: '' },
  { title: 'an array', body: [], status: 422, code: 'invalid_input', path: '' },
  { title: 'a string', body: '"order"', status: 422, code: 'invalid_input', path: '' },
  {
    title: '33 levels',
    body: deep(33),
    status: 422,
    code: 'invalid_input',
    path: Array(32).fill('a').join('.'),
  },
  { title: 'a hundred thousand levels', body: deep(100_000), status: 422, code: 'invalid_input' },
  { title: 'a hundred thousand open brackets', body: '['.repeat(100_000), status: 400, code: 'malformed' },
  {
    title: '__proto__',
    body: `{"order":{"__proto__":{"id":"x"}}}`,
    status: 422,
    code: 'invalid_input',
    path: 'order.__proto__',
  },
  {
    title: 'constructor',
    body: `{"order":${JSON.stringify(goodOrder.order)},"constructor":{"prototype":{}}}`,
    status: 422,
    code: 'invalid_input',
    path: 'constructor',
  },
  // Strings
  {
    title: 'U+0000 in a note',
    body: line({ notes: 'a\u0000b' }),
    status: 422,
    code: 'invalid_input',
    path: 'order.items.0.notes',
  },
  {
    title: 'half an emoji',
    body: JSON.stringify(line({ notes: 'X' })).replace('"X"', '"\\ud83c"'),
    status: 422,
    code: 'invalid_input',
    path: 'order.items.0.notes',
  },
  {
    title: 'half an emoji in a field that is not known',
    body: '{"order":{"x":["\\udf36"]}}',
    status: 422,
    code: 'invalid_input',
    path: 'order.x.0',
  },
  {
    title: 'U+0000 in the name of a field',
    body: '{"a\\u0000":1}',
    status: 422,
    code: 'invalid_input',
    path: '',
  },
  {
    title: 'a note of 141 characters',
    body: line({ notes: 'x'.repeat(141) }),
    status: 422,
    code: 'invalid_input',
    path: 'order.items.0.notes',
  },
  // Fields and types
  { title: 'no order', body: {}, status: 422, code: 'invalid_input', path: 'order' },
  {
    title: 'an unknown field',
    body: place((order) => Object.assign(order, { tabel: 'T1' })),
    status: 422,
    code: 'invalid_input',
    path: 'order.tabel',
  },
  {
    title: 'an unknown field beside the order',
    body: { ...goodOrder, force: true },
    status: 422,
    code: 'invalid_input',
    path: 'force',
  },
  {
    title: 'an id that is none',
    body: place((order) => Object.assign(order, { id: '42' })),
    status: 422,
    code: 'invalid_input',
    path: 'order.id',
  },
  {
    title: 'a type that is none',
    body: place((order) => Object.assign(order, { type: 'drive_in' })),
    status: 422,
    code: 'invalid_input',
    path: 'order.type',
  },
  {
    title: 'no items',
    body: place((order) => Object.assign(order, { items: [] })),
    status: 422,
    code: 'invalid_input',
    path: 'order.items',
  },
  {
    title: '201 items',
    body: place((order) =>
      Object.assign(order, {
        items: Array.from({ length: 201 }, (_, at) => ({
          id: `0190a000-0000-7000-8000-0000000c${String(at).padStart(4, '0')}`,
          menuItem: 'espresso',
          qty: 1,
        })),
      }),
    ),
    status: 422,
    code: 'invalid_input',
    path: 'order.items',
  },
  {
    title: 'none of it',
    body: line({ qty: 0 }),
    status: 422,
    code: 'invalid_input',
    path: 'order.items.0.qty',
  },
  {
    title: 'a thousand of it',
    body: line({ qty: 1000 }),
    status: 422,
    code: 'invalid_input',
    path: 'order.items.0.qty',
  },
  {
    title: 'half of it',
    body: line({ qty: 0.5 }),
    status: 422,
    code: 'invalid_input',
    path: 'order.items.0.qty',
  },
  {
    title: 'a number in words',
    body: line({ qty: '2' }),
    status: 422,
    code: 'invalid_input',
    path: 'order.items.0.qty',
  },
  {
    title: '1e400 of it',
    body: JSON.stringify(line({ qty: 7 })).replace('"qty":7', '"qty":1e400'),
    status: 422,
    code: 'invalid_input',
    path: 'order.items.0.qty',
  },
  {
    title: 'a time that never was',
    body: place((order) => Object.assign(order, { promisedAt: '2026-02-30T10:00:00Z' })),
    status: 422,
    code: 'invalid_input',
    path: 'order.promisedAt',
  },
  {
    title: 'a time without a zone',
    body: place((order) => Object.assign(order, { promisedAt: '2026-02-20T10:00:00' })),
    status: 422,
    code: 'invalid_input',
    path: 'order.promisedAt',
  },
  {
    title: 'a table that is a path',
    body: place((order) => Object.assign(order, { table: '../T1' })),
    status: 422,
    code: 'invalid_input',
    path: 'order.table',
  },
  {
    title: 'an open line without a price',
    body: place((order) => Object.assign(order, { items: [{ id: ITEM, name: 'Soup', qty: 1 }] })),
    status: 422,
    code: 'invalid_input',
    path: 'order.items.0.price',
  },
];
