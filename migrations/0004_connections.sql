-- What happened to the lines between screens and server: every stream's way from open to closed as a node saw it, every
-- transition as a screen saw it, repairs, deaf stations, outboxes, canaries, drills, starts and stops of nodes. Kept 30 days.
create table connections (
  location_id text not null references locations (id),
  -- Minted by whoever saw it, so that a line that is sent twice is there once.
  id uuid not null,
  at timestamptz not null,
  kind text not null check (kind in ('stream', 'screen', 'station', 'outbox', 'canary', 'drill', 'node')),
  -- The node that wrote it down.
  node text not null,
  -- What the page calls itself, the station or place it shows, and who it is by its token.
  client text,
  screen text,
  by_whom text,
  topic text,
  from_state text,
  to_state text,
  cause text,
  code integer,
  duration_ms bigint,
  gap bigint,
  replayed integer,
  transport text,
  detail jsonb,
  primary key (location_id, id)
);
create index connections_by_time on connections (location_id, at desc, id desc);

alter table connections enable row level security;
alter table connections force row level security;
create policy one_location on connections
  using (location_id = current_setting('heard.location', true))
  with check (location_id = current_setting('heard.location', true));
