-- A configuration that is being worked on: one a location, kept until it is published or thrown away. `base` is the
-- published one that it was begun from, so that what somebody else published meanwhile can be told from what was changed here.
create table config_drafts (
  location_id text not null references locations (id),
  config jsonb not null,
  base jsonb,
  -- Position of the published one in the log; 0 where there was none.
  base_version bigint not null,
  revision integer not null,
  saved_by text not null,
  saved_name text,
  saved_at timestamptz not null default now(),
  primary key (location_id)
);

alter table config_drafts enable row level security;
alter table config_drafts force row level security;
create policy one_location on config_drafts
  using (location_id = current_setting('heard.location', true))
  with check (location_id = current_setting('heard.location', true));

-- Which stretch of a log was overwritten so that a person is forgotten: no snapshot from within it is kept or read again.
create table redactions (
  location_id text not null,
  -- The event person.redacted.
  seq bigint not null,
  -- The first event that was overwritten.
  first bigint not null,
  at timestamptz not null default now(),
  primary key (location_id, seq)
);

-- A PIN that a manager gave on the set-up page.
alter table staff drop constraint staff_pin_source_check;
alter table staff add constraint staff_pin_source_check check (pin_source in ('file', 'random', 'set'));
