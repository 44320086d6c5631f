-- The doors from outside: where each channel's webhooks arrive and what is secret about it, and what came through.

create table channel_links (
  location_id text not null references locations (id),
  -- As in the location's configuration.
  channel text not null,
  organization_id text not null references organizations (id),
  provider text not null,
  -- The unguessable part of the webhooks' address: its digest to find it by, and sealed to show it to the owner.
  address_hash text not null,
  address text not null,
  -- The one before, while the provider's portal may still have it.
  old_address_hash text,
  old_until timestamptz,
  -- Sealed, field by field.
  secrets text not null,
  environment text not null default 'production',
  -- Set by the operator alone: a simulator instead of the provider.
  base_url text,
  made_by text not null,
  created_at timestamptz not null,
  last_delivery_at timestamptz,
  looked_at timestamptz,
  revoked_at timestamptz,
  primary key (location_id, channel)
);
create unique index channel_links_by_address on channel_links (address_hash);
create index channel_links_by_old_address on channel_links (old_address_hash) where old_address_hash is not null;
create index channel_links_by_organization on channel_links (organization_id, provider);

-- Access tokens of providers, sealed; renewed by whoever holds the lease.
create table channel_tokens (
  location_id text not null references locations (id),
  channel text not null,
  name text not null,
  sealed text,
  expires_at timestamptz,
  renewing_until timestamptz,
  primary key (location_id, channel, name)
);

-- What was delivered, as it was delivered; kept 30 days. Who delivers came by a link, so the location is there.
create table inbox (
  location_id text not null,
  id uuid not null,
  channel text not null,
  provider text not null,
  -- The provider's own id of the delivery, or the digest of its bytes: a repeat finds the row that is there.
  dedupe_key text not null,
  event text not null,
  -- Deliveries of one name are worked one after the other.
  queue text,
  method text not null,
  query text not null,
  -- Without what opens doors: authorization, cookies, secrets.
  headers jsonb not null,
  raw bytea not null,
  received_at timestamptz not null,
  status text not null check (status in ('waiting', 'done', 'failed', 'dead', 'ignored')),
  attempts integer not null default 0,
  repeats integer not null default 0,
  replays integer not null default 0,
  -- Why it failed, or why there was nothing to do.
  reason text,
  finished_at timestamptz,
  -- What was thought out for a sender that waited: a repeat hears the same.
  answer jsonb,
  primary key (location_id, id)
);
create unique index inbox_once on inbox (location_id, provider, channel, dedupe_key);
create index inbox_by_time on inbox (location_id, received_at desc, id desc);
create index inbox_open on inbox (location_id, status, received_at) where status in ('waiting', 'failed', 'dead');
create index inbox_open_anywhere on inbox (status, received_at) where status in ('waiting', 'failed', 'dead');
create index inbox_by_age on inbox (received_at);

-- Whoever delivers names no location: it sees the one link whose address it holds. An organization sees the links of its
-- locations, and the house's own rounds (how much waits, what is too old, whose list is to be looked at) see all.
alter table channel_links enable row level security;
alter table channel_links force row level security;
create policy one_location_or_bearer on channel_links
  using (
    location_id = current_setting('heard.location', true)
    or organization_id = current_setting('heard.organization', true)
    or address_hash = current_setting('heard.hook', true)
    or old_address_hash = current_setting('heard.hook', true)
    or current_setting('heard.round', true) = 'links'
  )
  with check (
    location_id = current_setting('heard.location', true)
    or current_setting('heard.round', true) = 'links'
  );

alter table channel_tokens enable row level security;
alter table channel_tokens force row level security;
create policy one_location on channel_tokens
  using (location_id = current_setting('heard.location', true))
  with check (location_id = current_setting('heard.location', true));

alter table inbox enable row level security;
alter table inbox force row level security;
create policy one_location_or_round on inbox
  using (
    location_id = current_setting('heard.location', true)
    or current_setting('heard.round', true) = 'inbox'
  )
  with check (location_id = current_setting('heard.location', true));
