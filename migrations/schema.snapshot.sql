-- What the migrations make, as the catalog tells it; checked by src/log/migrate.pg.test.ts.
-- After a new migration: npx vitest run --project pg src/log/migrate.pg.test.ts -u

table approvals row-level security forced
  location_id text not null
  id_hash text not null
  actor text not null
  approved_by text not null
  expires_at timestamp with time zone not null
  constraint approvals_location_id_fkey FOREIGN KEY (location_id) REFERENCES locations(id)
  constraint approvals_pkey PRIMARY KEY (location_id, id_hash)
  policy one_location for * using (location_id = current_setting('heard.location'::text, true)) with check (location_id = current_setting('heard.location'::text, true))
  grant delete, insert, select, update to heard_app

table auth_accounts
  id text not null
  user_id text not null
  account_id text not null
  provider_id text not null
  access_token text
  refresh_token text
  id_token text
  access_token_expires_at timestamp with time zone
  refresh_token_expires_at timestamp with time zone
  scope text
  password text
  created_at timestamp with time zone not null default now()
  updated_at timestamp with time zone not null default now()
  constraint auth_accounts_pkey PRIMARY KEY (id)
  constraint auth_accounts_user_id_fkey FOREIGN KEY (user_id) REFERENCES auth_users(id) ON DELETE CASCADE
  CREATE INDEX auth_accounts_by_user ON public.auth_accounts USING btree (user_id)
  grant delete, insert, select, update to heard_app

table auth_sessions
  id text not null
  user_id text not null
  token text not null
  expires_at timestamp with time zone not null
  ip_address text
  user_agent text
  created_at timestamp with time zone not null default now()
  updated_at timestamp with time zone not null default now()
  constraint auth_sessions_pkey PRIMARY KEY (id)
  constraint auth_sessions_token_key UNIQUE (token)
  constraint auth_sessions_user_id_fkey FOREIGN KEY (user_id) REFERENCES auth_users(id) ON DELETE CASCADE
  CREATE INDEX auth_sessions_by_user ON public.auth_sessions USING btree (user_id)
  grant delete, insert, select, update to heard_app

table auth_users
  id text not null
  name text not null
  email text not null
  email_verified boolean not null default false
  image text
  created_at timestamp with time zone not null default now()
  updated_at timestamp with time zone not null default now()
  constraint auth_users_email_key UNIQUE (email)
  constraint auth_users_pkey PRIMARY KEY (id)
  grant delete, insert, select, update to heard_app

table auth_verifications
  id text not null
  identifier text not null
  value text not null
  expires_at timestamp with time zone not null
  created_at timestamp with time zone not null default now()
  updated_at timestamp with time zone not null default now()
  constraint auth_verifications_pkey PRIMARY KEY (id)
  CREATE INDEX auth_verifications_by_identifier ON public.auth_verifications USING btree (identifier)
  grant delete, insert, select, update to heard_app

table channel_links row-level security forced
  location_id text not null
  channel text not null
  organization_id text not null
  provider text not null
  address_hash text not null
  address text not null
  old_address_hash text
  old_until timestamp with time zone
  secrets text not null
  environment text not null default 'production'::text
  base_url text
  made_by text not null
  created_at timestamp with time zone not null
  last_delivery_at timestamp with time zone
  looked_at timestamp with time zone
  revoked_at timestamp with time zone
  constraint channel_links_location_id_fkey FOREIGN KEY (location_id) REFERENCES locations(id)
  constraint channel_links_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organizations(id)
  constraint channel_links_pkey PRIMARY KEY (location_id, channel)
  CREATE UNIQUE INDEX channel_links_by_address ON public.channel_links USING btree (address_hash)
  CREATE INDEX channel_links_by_old_address ON public.channel_links USING btree (old_address_hash) WHERE (old_address_hash IS NOT NULL)
  CREATE INDEX channel_links_by_organization ON public.channel_links USING btree (organization_id, provider)
  policy one_location_or_bearer for * using ((location_id = current_setting('heard.location'::text, true)) OR (organization_id = current_setting('heard.organization'::text, true)) OR (address_hash = current_setting('heard.hook'::text, true)) OR (old_address_hash = current_setting('heard.hook'::text, true)) OR (current_setting('heard.round'::text, true) = 'links'::text)) with check ((location_id = current_setting('heard.location'::text, true)) OR (current_setting('heard.round'::text, true) = 'links'::text))
  grant delete, insert, select, update to heard_app

table channel_tokens row-level security forced
  location_id text not null
  channel text not null
  name text not null
  sealed text
  expires_at timestamp with time zone
  renewing_until timestamp with time zone
  constraint channel_tokens_location_id_fkey FOREIGN KEY (location_id) REFERENCES locations(id)
  constraint channel_tokens_pkey PRIMARY KEY (location_id, channel, name)
  policy one_location for * using (location_id = current_setting('heard.location'::text, true)) with check (location_id = current_setting('heard.location'::text, true))
  grant delete, insert, select, update to heard_app

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
  grant delete, insert, select to heard_log

table config_drafts row-level security forced
  location_id text not null
  config jsonb not null
  base jsonb
  base_version bigint not null
  revision integer not null
  saved_by text not null
  saved_name text
  saved_at timestamp with time zone not null default now()
  constraint config_drafts_location_id_fkey FOREIGN KEY (location_id) REFERENCES locations(id)
  constraint config_drafts_pkey PRIMARY KEY (location_id)
  policy one_location for * using (location_id = current_setting('heard.location'::text, true)) with check (location_id = current_setting('heard.location'::text, true))
  grant delete, insert, select, update to heard_app

table connections row-level security forced
  location_id text not null
  id uuid not null
  at timestamp with time zone not null
  kind text not null
  node text not null
  client text
  screen text
  by_whom text
  topic text
  from_state text
  to_state text
  cause text
  code integer
  duration_ms bigint
  gap bigint
  replayed integer
  transport text
  detail jsonb
  constraint connections_kind_check CHECK ((kind = ANY (ARRAY['stream'::text, 'screen'::text, 'station'::text, 'outbox'::text, 'canary'::text, 'drill'::text, 'node'::text])))
  constraint connections_pkey PRIMARY KEY (location_id, id)
  CREATE INDEX connections_by_time ON public.connections USING btree (location_id, at DESC, id DESC)
  policy one_location for * using (location_id = current_setting('heard.location'::text, true)) with check (location_id = current_setting('heard.location'::text, true))
  grant delete, insert, select, update to heard_app

table cooked_lines row-level security forced
  location_id text not null
  line_id text not null
  station text not null
  ticket_id text not null
  item text
  name text not null
  category text
  type text not null
  source text not null
  day date not null
  hour smallint not null
  fired_at timestamp with time zone not null
  started_at timestamp with time zone
  ready_at timestamp with time zone
  qty integer not null
  dropped boolean not null
  constraint cooked_lines_pkey PRIMARY KEY (location_id, line_id, station)
  CREATE INDEX cooked_lines_by_day ON public.cooked_lines USING btree (location_id, day)
  policy one_location for * using (location_id = current_setting('heard.location'::text, true)) with check (location_id = current_setting('heard.location'::text, true))
  grant delete, insert, select, update to heard_app

table corrections row-level security forced
  location_id text not null
  seq bigint not null
  line_id text not null
  order_id text not null
  at timestamp with time zone not null
  day date not null
  kind text not null
  station text
  item text
  name text not null
  qty integer not null
  value bigint not null
  reason text not null
  made boolean
  by_whom text not null
  constraint corrections_kind_check CHECK ((kind = ANY (ARRAY['void'::text, 'cancel'::text, 'refire'::text])))
  constraint corrections_pkey PRIMARY KEY (location_id, seq, line_id)
  CREATE INDEX corrections_by_day ON public.corrections USING btree (location_id, day)
  policy one_location for * using (location_id = current_setting('heard.location'::text, true)) with check (location_id = current_setting('heard.location'::text, true))
  grant delete, insert, select, update to heard_app

table devices row-level security forced
  location_id text not null
  id uuid not null
  name text not null
  page text not null
  station text
  credential_hash text not null
  paired_by text not null
  created_at timestamp with time zone not null default now()
  last_seen_at timestamp with time zone
  revoked_at timestamp with time zone
  constraint devices_location_id_fkey FOREIGN KEY (location_id) REFERENCES locations(id)
  constraint devices_pkey PRIMARY KEY (location_id, id)
  policy one_location for * using (location_id = current_setting('heard.location'::text, true)) with check (location_id = current_setting('heard.location'::text, true))
  grant delete, insert, select, update to heard_app

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
  grant insert, select to heard_log

table fired_tickets row-level security forced
  location_id text not null
  ticket_id text not null
  order_id text not null
  number integer not null
  station text not null
  type text not null
  source text not null
  day date not null
  hour smallint not null
  fired_at timestamp with time zone not null
  heard_at timestamp with time zone
  started_at timestamp with time zone
  first_ready_at timestamp with time zone
  ready_at timestamp with time zone
  recalled_at timestamp with time zone
  passed_at timestamp with time zone
  warn integer
  late integer
  lines integer not null
  status text not null
  recalls integer not null
  rush boolean not null
  add_on boolean not null
  episodes integer not null
  rungs integer not null
  constraint fired_tickets_pkey PRIMARY KEY (location_id, ticket_id)
  CREATE INDEX fired_tickets_by_day ON public.fired_tickets USING btree (location_id, day)
  policy one_location for * using (location_id = current_setting('heard.location'::text, true)) with check (location_id = current_setting('heard.location'::text, true))
  grant delete, insert, select, update to heard_app

table guest_links row-level security forced
  location_id text not null
  id uuid not null
  order_id text not null
  token_hash text not null
  made_by text not null
  created_at timestamp with time zone not null default now()
  expires_at timestamp with time zone
  revoked_at timestamp with time zone
  constraint guest_links_location_id_fkey FOREIGN KEY (location_id) REFERENCES locations(id)
  constraint guest_links_pkey PRIMARY KEY (location_id, id)
  CREATE INDEX guest_links_by_order ON public.guest_links USING btree (location_id, order_id, created_at)
  CREATE INDEX guest_links_by_token ON public.guest_links USING btree (token_hash)
  policy one_location_or_bearer for * using ((location_id = current_setting('heard.location'::text, true)) OR (token_hash = current_setting('heard.link'::text, true))) with check (location_id = current_setting('heard.location'::text, true))
  grant delete, insert, select, update to heard_app

table inbox row-level security forced
  location_id text not null
  id uuid not null
  channel text not null
  provider text not null
  dedupe_key text not null
  event text not null
  queue text
  method text not null
  query text not null
  headers jsonb not null
  raw bytea not null
  received_at timestamp with time zone not null
  status text not null
  attempts integer not null default 0
  repeats integer not null default 0
  replays integer not null default 0
  reason text
  finished_at timestamp with time zone
  answer jsonb
  constraint inbox_pkey PRIMARY KEY (location_id, id)
  constraint inbox_status_check CHECK ((status = ANY (ARRAY['waiting'::text, 'done'::text, 'failed'::text, 'dead'::text, 'ignored'::text])))
  CREATE INDEX inbox_by_age ON public.inbox USING btree (received_at)
  CREATE INDEX inbox_by_time ON public.inbox USING btree (location_id, received_at DESC, id DESC)
  CREATE UNIQUE INDEX inbox_once ON public.inbox USING btree (location_id, provider, channel, dedupe_key)
  CREATE INDEX inbox_open ON public.inbox USING btree (location_id, status, received_at) WHERE (status = ANY (ARRAY['waiting'::text, 'failed'::text, 'dead'::text]))
  CREATE INDEX inbox_open_anywhere ON public.inbox USING btree (status, received_at) WHERE (status = ANY (ARRAY['waiting'::text, 'failed'::text, 'dead'::text]))
  policy one_location_or_round for * using ((location_id = current_setting('heard.location'::text, true)) OR (current_setting('heard.round'::text, true) = 'inbox'::text)) with check (location_id = current_setting('heard.location'::text, true))
  grant delete, insert, select, update to heard_app

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

table members row-level security forced
  organization_id text not null
  user_id text not null
  role text not null
  created_at timestamp with time zone not null default now()
  constraint members_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organizations(id)
  constraint members_pkey PRIMARY KEY (organization_id, user_id)
  constraint members_role_check CHECK ((role = ANY (ARRAY['owner'::text, 'manager'::text])))
  constraint members_user_id_fkey FOREIGN KEY (user_id) REFERENCES auth_users(id) ON DELETE CASCADE
  CREATE INDEX members_by_user ON public.members USING btree (user_id)
  policy own_or_organization for * using ((user_id = current_setting('heard.user'::text, true)) OR (organization_id = current_setting('heard.organization'::text, true))) with check (organization_id = current_setting('heard.organization'::text, true))
  grant delete, insert, select, update to heard_app

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

table pairings
  code text not null
  claim_hash text not null
  name text
  expires_at timestamp with time zone not null
  location_id text
  approved_name text
  page text
  station text
  approved_by text
  constraint pairings_claim_hash_key UNIQUE (claim_hash)
  constraint pairings_pkey PRIMARY KEY (code)
  grant delete, insert, select, update to heard_app

table papers row-level security forced
  location_id text not null
  id bigint not null identity a
  printer text not null
  job text not null
  printed_at timestamp with time zone not null default now()
  body jsonb not null
  constraint papers_location_id_fkey FOREIGN KEY (location_id) REFERENCES locations(id)
  constraint papers_pkey PRIMARY KEY (location_id, id)
  CREATE INDEX papers_by_printer ON public.papers USING btree (location_id, printer, id)
  policy one_location for * using (location_id = current_setting('heard.location'::text, true)) with check (location_id = current_setting('heard.location'::text, true))
  grant delete, insert, select, update to heard_app

table pin_attempts row-level security forced
  location_id text not null
  subject text not null
  failures integer not null default 0
  failed_at timestamp with time zone not null
  blocked_until timestamp with time zone
  constraint pin_attempts_location_id_fkey FOREIGN KEY (location_id) REFERENCES locations(id)
  constraint pin_attempts_pkey PRIMARY KEY (location_id, subject)
  policy one_location for * using (location_id = current_setting('heard.location'::text, true)) with check (location_id = current_setting('heard.location'::text, true))
  grant delete, insert, select, update to heard_app

table push_subscriptions row-level security forced
  location_id text not null
  endpoint text not null
  p256dh text not null
  auth text not null
  actor text not null
  language text not null default 'en'::text
  created_at timestamp with time zone not null default now()
  failures integer not null default 0
  constraint push_subscriptions_location_id_fkey FOREIGN KEY (location_id) REFERENCES locations(id)
  constraint push_subscriptions_pkey PRIMARY KEY (location_id, endpoint)
  policy one_location for * using (location_id = current_setting('heard.location'::text, true)) with check (location_id = current_setting('heard.location'::text, true))
  grant delete, insert, select, update to heard_app

table redactions
  location_id text not null
  seq bigint not null
  first bigint not null
  at timestamp with time zone not null default now()
  constraint redactions_pkey PRIMARY KEY (location_id, seq)
  grant insert, select, update to heard_log

table revocations
  location_id text not null
  subject text not null
  at timestamp with time zone not null default now()
  constraint revocations_pkey PRIMARY KEY (location_id, subject)
  CREATE INDEX revocations_by_time ON public.revocations USING btree (at)
  grant delete, insert, select, update to heard_app

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

table sold_lines row-level security forced
  location_id text not null
  line_id text not null
  order_id text not null
  at timestamp with time zone not null
  day date not null
  hour smallint not null
  type text not null
  source text not null
  item text
  name text not null
  category text
  qty integer not null
  net bigint not null
  refire_of text
  constraint sold_lines_pkey PRIMARY KEY (location_id, line_id)
  CREATE INDEX sold_lines_by_day ON public.sold_lines USING btree (location_id, day)
  policy one_location for * using (location_id = current_setting('heard.location'::text, true)) with check (location_id = current_setting('heard.location'::text, true))
  grant delete, insert, select, update to heard_app

table staff row-level security forced
  location_id text not null
  id text not null
  name text not null
  role text not null
  stations text[] not null default '{}'::text[]
  pin_hash text
  pin_source text not null default 'file'::text
  active boolean not null default true
  created_at timestamp with time zone not null default now()
  updated_at timestamp with time zone not null default now()
  constraint staff_location_id_fkey FOREIGN KEY (location_id) REFERENCES locations(id)
  constraint staff_pin_source_check CHECK ((pin_source = ANY (ARRAY['file'::text, 'random'::text, 'set'::text])))
  constraint staff_pkey PRIMARY KEY (location_id, id)
  policy one_location for * using (location_id = current_setting('heard.location'::text, true)) with check (location_id = current_setting('heard.location'::text, true))
  grant delete, insert, select, update to heard_app
