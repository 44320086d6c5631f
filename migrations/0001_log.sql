-- The log, and the tables that are made from it.
--
-- Who may write what is not said here but in src/log/grants.ts, which runs after every migration: role names differ
-- where the operator's DATABASE_URL may not create roles, and a migration must run the same everywhere.

create table organizations (
  id text primary key,
  name text not null,
  demo boolean not null default false,
  created_at timestamptz not null default now()
);

-- One row a location, updated by every append. `next_deadline` has no index, so that each of these updates is HOT:
-- indexed, the table grew 8 to 17 times larger and a batch took 30 to 68 % longer, while scanning 1,000 rows takes
-- 0.3 ms. fillfactor 50 leaves room for the new row version on the same page.
create table locations (
  id text primary key,
  organization_id text not null references organizations (id),
  name text not null,
  head bigint not null default 0 check (head >= 0),
  epoch text not null default gen_random_uuid()::text,
  next_deadline timestamptz,
  created_at timestamptz not null default now()
) with (fillfactor = 50);
create index locations_by_organization on locations (organization_id);

create table events (
  location_id text not null,
  seq bigint not null check (seq > 0),
  at timestamptz not null,
  by jsonb not null,
  command_id uuid not null,
  type text not null,
  v smallint not null,
  data jsonb not null,
  primary key (location_id, seq)
);

-- Never insert with "on conflict": a second effect of one command must fail, not be swallowed.
create table commands (
  location_id text not null,
  id uuid not null,
  name text not null,
  actor text not null,
  input_hash text not null,
  seq bigint not null,
  result jsonb not null,
  at timestamptz not null,
  primary key (location_id, id)
);
-- For the sweep of old keys only; a B-tree would cost every append a second random write.
create index commands_by_age on commands using brin (at) with (autosummarize = on);

create table snapshots (
  location_id text not null,
  state_version integer not null,
  seq bigint not null,
  at timestamptz not null,
  -- JSON, gzip: a busy location's state is 500 KB plain and 40 KB so.
  state bytea not null,
  primary key (location_id, state_version, seq)
);
-- It is compressed already.
alter table snapshots alter column state set storage external;

-- How far each follower of the log has come. Written in the transaction that writes the follower's rows.
create table checkpoints (
  name text not null,
  location_id text not null,
  seq bigint not null default 0,
  updated_at timestamptz not null default now(),
  primary key (location_id, name)
);

-- Effects that were handed over to the outside world. Never emptied by a rebuild: the past must not be sent again.
create table sent (
  location_id text not null,
  effect_id text not null,
  at timestamptz not null default now(),
  primary key (location_id, effect_id)
);

-- The search and history projection of orders; `body` is the order as the contract shows it.
create table orders (
  location_id text not null,
  id text not null,
  number integer,
  day date,
  status text not null,
  type text not null,
  source text,
  table_id text,
  guest_name text,
  external_id text,
  display_id text,
  placed_at timestamptz not null,
  closed_at timestamptz,
  total bigint not null default 0,
  body jsonb not null,
  primary key (location_id, id)
);
create index orders_by_time on orders (location_id, placed_at desc, id desc);
create index orders_by_status on orders (location_id, status, placed_at desc);
create index orders_by_number on orders (location_id, day, number);
create index orders_by_external_id on orders (location_id, external_id) where external_id is not null;

-- A reader sees one location, the one it named by set_config('heard.location', …, true) in its transaction; with none
-- named it sees nothing. Forced, so that the owner of the table is held to it as well.
alter table orders enable row level security;
alter table orders force row level security;
create policy one_location on orders
  using (location_id = current_setting('heard.location', true))
  with check (location_id = current_setting('heard.location', true));
