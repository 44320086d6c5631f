/** What Kite sends, one of each kind. */
export function kiteSamples(): { name: string; raw: Buffer }[] {
  const order = {
    id: 'K-1001',
    items: [
      { name: 'Arepa de queso', price: 900, qty: 2 },
      { name: 'Limonada', price: 350, qty: 1, note: 'sin hielo' },
    ],
    customer: { name: 'Ana P.', phone: '+1 212 555 0142' },
    placed_at: '2026-11-22T19:42:00Z',
  };
  const bodies = {
    created: { id: 'evt-1', type: 'order.created', store: 'store-1', order },
    cancelled: { id: 'evt-2', type: 'order.cancelled', store: 'store-1', order: { id: 'K-1001' } },
    question: { id: 'evt-3', type: 'kitchen.question', store: 'store-1' },
    unknown: { id: 'evt-4', type: 'weather.changed', degrees: 21 },
  };
  return Object.entries(bodies).map(([name, body]) => ({ name, raw: Buffer.from(JSON.stringify(body)) }));
}
