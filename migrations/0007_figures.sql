-- What reports count: lines sold, what was taken back, fires of tickets, and lines where they were made. Made from the log by
-- src/projections, and at any time again by `heard rebuild`. Days are business days, hours the location's own.

create table sold_lines (
  location_id text not null,
  line_id text not null,
  order_id text not null,
  at timestamptz not null,
  day date not null,
  hour smallint not null,
  type text not null,
  source text not null,
  -- Of the menu; null for what is not on it.
  item text,
  name text not null,
  category text,
  -- Pieces that were not voided, and what they come to.
  qty integer not null,
  net bigint not null,
  refire_of text,
  primary key (location_id, line_id)
);
create index sold_lines_by_day on sold_lines (location_id, day);

create table corrections (
  location_id text not null,
  seq bigint not null,
  line_id text not null,
  order_id text not null,
  at timestamptz not null,
  day date not null,
  kind text not null check (kind in ('void', 'cancel', 'refire')),
  station text,
  item text,
  name text not null,
  qty integer not null,
  value bigint not null,
  reason text not null,
  -- Had it been made already? Null where nobody was asked.
  made boolean,
  by_whom text not null,
  primary key (location_id, seq, line_id)
);
create index corrections_by_day on corrections (location_id, day);

create table fired_tickets (
  location_id text not null,
  ticket_id text not null,
  order_id text not null,
  number integer not null,
  station text not null,
  type text not null,
  source text not null,
  day date not null,
  hour smallint not null,
  fired_at timestamptz not null,
  heard_at timestamptz,
  started_at timestamptz,
  first_ready_at timestamptz,
  -- As it stands: gone after a recall until it is ready again.
  ready_at timestamptz,
  recalled_at timestamptz,
  passed_at timestamptz,
  -- The station's thresholds when it was fired, in seconds.
  warn integer,
  late integer,
  lines integer not null,
  status text not null,
  recalls integer not null,
  rush boolean not null,
  add_on boolean not null,
  episodes integer not null,
  -- The highest rung of the present episode's ladder.
  rungs integer not null,
  primary key (location_id, ticket_id)
);
create index fired_tickets_by_day on fired_tickets (location_id, day);

create table cooked_lines (
  location_id text not null,
  line_id text not null,
  station text not null,
  ticket_id text not null,
  item text,
  name text not null,
  category text,
  type text not null,
  source text not null,
  day date not null,
  hour smallint not null,
  fired_at timestamptz not null,
  started_at timestamptz,
  ready_at timestamptz,
  qty integer not null,
  -- Voided, or made elsewhere after all.
  dropped boolean not null,
  primary key (location_id, line_id, station)
);
create index cooked_lines_by_day on cooked_lines (location_id, day);

alter table sold_lines enable row level security;
alter table sold_lines force row level security;
create policy one_location on sold_lines
  using (location_id = current_setting('heard.location', true))
  with check (location_id = current_setting('heard.location', true));

alter table corrections enable row level security;
alter table corrections force row level security;
create policy one_location on corrections
  using (location_id = current_setting('heard.location', true))
  with check (location_id = current_setting('heard.location', true));

alter table fired_tickets enable row level security;
alter table fired_tickets force row level security;
create policy one_location on fired_tickets
  using (location_id = current_setting('heard.location', true))
  with check (location_id = current_setting('heard.location', true));

alter table cooked_lines enable row level security;
alter table cooked_lines force row level security;
create policy one_location on cooked_lines
  using (location_id = current_setting('heard.location', true))
  with check (location_id = current_setting('heard.location', true));
