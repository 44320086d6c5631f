-- The tables of both peers: what an article about order screens would create.
create table orders (
  id uuid primary key,
  number bigint generated always as identity,
  location text not null,
  type text not null,
  status text not null default 'placed',
  placed_at timestamptz not null default now()
);
create table order_items (
  id uuid primary key,
  order_id uuid not null references orders,
  menu_item text not null,
  name text not null,
  qty int not null,
  modifiers jsonb not null
);
create table tickets (
  id uuid primary key,
  order_id uuid not null references orders,
  location text not null,
  station text not null,
  status text not null default 'new',
  items jsonb not null,
  heard_at timestamptz,
  created_at timestamptz not null default now()
);
create index on order_items (order_id);
create index on tickets (order_id);
create index on tickets (location, station, status);
