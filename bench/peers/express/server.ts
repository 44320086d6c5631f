import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import express from 'express';
import pg from 'pg';
import { Server } from 'socket.io';
import { articleStore, storeHeard, tunedStore } from './store.ts';
import type { Item, Ticket } from './store.ts';

/**
 * The peer that most articles describe: Express takes the order, PostgreSQL keeps it, Socket.IO emits a ticket to the
 * room of each station. Screens join the room of their station and acknowledge the tickets they show; the first to do so
 * is stored and told to the room.
 * PORT, VARIANT (article | tuned), MENU_FILE ({item: {name, station}}), and PGHOST, PGUSER, PGDATABASE of `pg`.
 */

type Menu = Record<string, { name: string; station: string }>;
type Line = { id: string; menuItem: string; qty: number; modifiers?: unknown[] };

function isLine(value: unknown): value is Line {
  return (
    typeof value === 'object' &&
    value !== null &&
    'id' in value &&
    typeof value.id === 'string' &&
    'menuItem' in value &&
    typeof value.menuItem === 'string' &&
    'qty' in value &&
    typeof value.qty === 'number' &&
    value.qty > 0
  );
}

const menu: Menu = JSON.parse(readFileSync(process.env['MENU_FILE'] ?? '', 'utf8'));
const pool = new pg.Pool({ max: 10 });
const store = process.env['VARIANT'] === 'tuned' ? tunedStore(pool) : articleStore(pool);

const app = express();
const server = createServer(app);
const io = new Server(server, { perMessageDeflate: false });
io.on('connection', (socket) => {
  let room = '';
  socket.on('join', (location: string, station: string, done: () => void) => {
    room = `${location}:${station}`;
    void socket.join(room);
    done();
  });
  socket.on('ack', (tickets: string[]) => {
    storeHeard(pool, tickets).then(
      (heard) => {
        if (heard.length > 0) io.to(room).emit('heard', heard);
      },
      (error: unknown) => console.error(error),
    );
  });
});

app.disable('x-powered-by');
app.use(express.json());

app.post('/locations/:location/orders', async (request, response) => {
  const { location } = request.params;
  const order: { id?: unknown; type?: unknown; items?: unknown } = request.body?.order ?? {};
  const { id, type, items: lines } = order;
  if (
    typeof id !== 'string' ||
    typeof type !== 'string' ||
    !Array.isArray(lines) ||
    lines.length === 0 ||
    !lines.every(isLine)
  ) {
    response.status(422).json({ error: 'an order needs id, type and items' });
    return;
  }
  const byStation = new Map<string, Item[]>();
  const items: Item[] = [];
  for (const line of lines) {
    const known = menu[line.menuItem];
    if (!known) {
      response.status(422).json({ error: `no menu item ${line.menuItem}` });
      return;
    }
    const item = {
      id: line.id,
      menuItem: line.menuItem,
      name: known.name,
      qty: line.qty,
      modifiers: line.modifiers ?? [],
    };
    items.push(item);
    byStation.set(known.station, [...(byStation.get(known.station) ?? []), item]);
  }
  const tickets = [...byStation].map(([station, its]) => ({ id: randomUUID(), station, items: its }));
  const number = await store({ id, location, type, items, tickets });
  for (const made of tickets) {
    const ticket: Ticket = { ...made, order: id, number, location, status: 'new' };
    io.to(`${location}:${made.station}`).emit('ticket', ticket);
  }
  response.json({
    order: { id, number, status: 'placed' },
    tickets: tickets.map((ticket) => ({ id: ticket.id, station: ticket.station })),
  });
});

server.listen(Number(process.env['PORT']), '127.0.0.1', () => console.log('listening'));
process.on('SIGTERM', () => process.exit(0));
