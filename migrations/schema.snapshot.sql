-- What the migrations make, as the catalog tells it; checked by src/log/migrate.pg.test.ts.
-- After a new migration: npx vitest run --project pg src/log/migrate.pg.test.ts -u

table checkpoints
  name text not null
  location_id text not null
  seq bigint not null default 0
  updated_at timestamp with time zone not null default now()
  constraint checkpoints_pkey PRIMARY KEY (location_id, name)
  grant delete, insert, select, update to heard_app

table commands
  location_id text not null
  id uuid not null
  name text not null
  actor text not null
  input_hash text not null
  seq bigint not null
  result jsonb not null
  at timestamp with time zone not null
  constraint commands_pkey PRIMARY KEY (location_id, id)
  CREATE INDEX commands_by_age ON public.commands USING brin (at) WITH (autosummarize='on')
  grant delete, insert, select, update to heard_log

table events
  location_id text not null
  seq bigint not null
  at timestamp with time zone not null
  by jsonb not null
  command_id uuid not null
  type text not null
  v smallint not null
  data jsonb not null
  constraint events_pkey PRIMARY KEY (location_id, seq)
  constraint events_seq_check CHECK ((seq > 0))
  grant insert, select, update to heard_log

table locations with (fillfactor=50)
  id text not null
  organization_id text not null
  name text not null
  head bigint not null default 0
  epoch text not null default (gen_random_uuid())::text
  next_deadline timestamp with time zone
  created_at timestamp with time zone not null default now()
  constraint locations_head_check CHECK ((head >= 0))
  constraint locations_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organizations(id)
  constraint locations_pkey PRIMARY KEY (id)
  CREATE INDEX locations_by_organization ON public.locations USING btree (organization_id)
  grant select to heard_app
  grant insert, select, update to heard_log

table migrations
  id integer not null
  name text not null
  breaking boolean not null
  applied_at timestamp with time zone not null default now()
  constraint migrations_pkey PRIMARY KEY (id)
  grant select to heard_app
  grant select to heard_log

table orders row-level security forced
  location_id text not null
  id text not null
  number integer
  day date
  status text not null
  type text not null
  source text
  table_id text
  guest_name text
  external_id text
  display_id text
  placed_at timestamp with time zone not null
  closed_at timestamp with time zone
  total bigint not null default 0
  body jsonb not null
  constraint orders_pkey PRIMARY KEY (location_id, id)
  CREATE INDEX orders_by_external_id ON public.orders USING btree (location_id, external_id) WHERE (external_id IS NOT NULL)
  CREATE INDEX orders_by_number ON public.orders USING btree (location_id, day, number)
  CREATE INDEX orders_by_status ON public.orders USING btree (location_id, status, placed_at DESC)
  CREATE INDEX orders_by_time ON public.orders USING btree (location_id, placed_at DESC, id DESC)
  policy one_location for * using (location_id = current_setting('heard.location'::text, true)) with check (location_id = current_setting('heard.location'::text, true))
  grant delete, insert, select, update to heard_app

table organizations
  id text not null
  name text not null
  demo boolean not null default false
  created_at timestamp with time zone not null default now()
  constraint organizations_pkey PRIMARY KEY (id)
  grant select to heard_app
  grant insert, select, update to heard_log

table sent
  location_id text not null
  effect_id text not null
  at timestamp with time zone not null default now()
  constraint sent_pkey PRIMARY KEY (location_id, effect_id)
  grant delete, insert, select, update to heard_app

table snapshots
  location_id text not null
  state_version integer not null
  seq bigint not null
  at timestamp with time zone not null
  state bytea not null storage e
  constraint snapshots_pkey PRIMARY KEY (location_id, state_version, seq)
  grant delete, insert, select to heard_log
