-- What leaves the house, and where to: papers of built-in printers, and the devices that managers are called on.

-- What printers without an address "printed"; the last fifty of each are kept.
create table papers (
  location_id text not null references locations (id),
  id bigint generated always as identity,
  printer text not null,
  job text not null,
  printed_at timestamptz not null default now(),
  body jsonb not null,
  primary key (location_id, id)
);
create index papers_by_printer on papers (location_id, printer, id);

-- A browser that wants to be called. The endpoint belongs to the browser's maker; keys are the browser's own.
create table push_subscriptions (
  location_id text not null references locations (id),
  endpoint text not null,
  p256dh text not null,
  auth text not null,
  -- Who asked for it (`staff:luis`, `user:…`), so that signing somebody out ends it.
  actor text not null,
  language text not null default 'en',
  created_at timestamptz not null default now(),
  failures integer not null default 0,
  primary key (location_id, endpoint)
);

alter table papers enable row level security;
alter table papers force row level security;
create policy one_location on papers
  using (location_id = current_setting('heard.location', true))
  with check (location_id = current_setting('heard.location', true));

alter table push_subscriptions enable row level security;
alter table push_subscriptions force row level security;
create policy one_location on push_subscriptions
  using (location_id = current_setting('heard.location', true))
  with check (location_id = current_setting('heard.location', true));
