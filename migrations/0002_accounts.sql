-- People, screens and PINs. Nothing here is ever an event: what is secret must be able to vanish.
--
-- The auth_ tables are better-auth's (user, session, account, verification under names of ours). They know persons, not
-- tenants, so no row-level security by location can guard them; only src/accounts/logins.ts reads them.

create table auth_users (
  id text primary key,
  name text not null,
  email text not null unique,
  email_verified boolean not null default false,
  image text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);

create table auth_sessions (
  id text primary key,
  user_id text not null references auth_users (id) on delete cascade,
  token text not null unique,
  expires_at timestamptz not null,
  ip_address text,
  user_agent text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create index auth_sessions_by_user on auth_sessions (user_id);

create table auth_accounts (
  id text primary key,
  user_id text not null references auth_users (id) on delete cascade,
  account_id text not null,
  provider_id text not null,
  access_token text,
  refresh_token text,
  id_token text,
  access_token_expires_at timestamptz,
  refresh_token_expires_at timestamptz,
  scope text,
  password text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create index auth_accounts_by_user on auth_accounts (user_id);

create table auth_verifications (
  id text primary key,
  identifier text not null,
  value text not null,
  expires_at timestamptz not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create index auth_verifications_by_identifier on auth_verifications (identifier);

-- What a person may do where: owners and managers of a whole organization.
create table members (
  organization_id text not null references organizations (id),
  user_id text not null references auth_users (id) on delete cascade,
  role text not null check (role in ('owner', 'manager')),
  created_at timestamptz not null default now(),
  primary key (organization_id, user_id)
);
create index members_by_user on members (user_id);

-- Who works at a location. `pin_hash` is scrypt with a salt of its own and a pepper that is not in the database.
create table staff (
  location_id text not null references locations (id),
  id text not null,
  name text not null,
  role text not null,
  stations text[] not null default '{}',
  pin_hash text,
  -- Where the PIN came from: a file, or made at random for a public demo.
  pin_source text not null default 'file' check (pin_source in ('file', 'random')),
  active boolean not null default true,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (location_id, id)
);

-- Paired screens. The credential is shown to the screen once and kept as a digest.
create table devices (
  location_id text not null references locations (id),
  id uuid not null,
  name text not null,
  page text not null,
  station text,
  credential_hash text not null,
  paired_by text not null,
  created_at timestamptz not null default now(),
  last_seen_at timestamptz,
  revoked_at timestamptz,
  primary key (location_id, id)
);

-- A screen that waits to be somebody's: it belongs to no location yet, so there is nothing to guard it by but its claim.
create table pairings (
  code text primary key,
  claim_hash text not null unique,
  name text,
  expires_at timestamptz not null,
  location_id text,
  approved_name text,
  page text,
  station text,
  approved_by text
);

-- Wrong PINs, by device and by location (`device:…`, `location`), and wrong pairing codes (`pairing`).
create table pin_attempts (
  location_id text not null references locations (id),
  subject text not null,
  failures integer not null default 0,
  failed_at timestamptz not null,
  blocked_until timestamptz,
  primary key (location_id, subject)
);

-- A manager's word for one command of somebody else, good for a minute.
create table approvals (
  location_id text not null references locations (id),
  id_hash text not null,
  actor text not null,
  approved_by text not null,
  expires_at timestamptz not null,
  primary key (location_id, id_hash)
);

-- Devices and people whose tokens are void although they have not expired. Every node reads all of it every few seconds,
-- and it says nothing but ids, so it is not guarded by location.
create table revocations (
  location_id text not null,
  subject text not null,
  at timestamptz not null default now(),
  primary key (location_id, subject)
);
create index revocations_by_time on revocations (at);

-- A reader sees one location, the one it named by set_config('heard.location', …, true) in its transaction.
alter table staff enable row level security;
alter table staff force row level security;
create policy one_location on staff
  using (location_id = current_setting('heard.location', true))
  with check (location_id = current_setting('heard.location', true));

alter table devices enable row level security;
alter table devices force row level security;
create policy one_location on devices
  using (location_id = current_setting('heard.location', true))
  with check (location_id = current_setting('heard.location', true));

alter table pin_attempts enable row level security;
alter table pin_attempts force row level security;
create policy one_location on pin_attempts
  using (location_id = current_setting('heard.location', true))
  with check (location_id = current_setting('heard.location', true));

alter table approvals enable row level security;
alter table approvals force row level security;
create policy one_location on approvals
  using (location_id = current_setting('heard.location', true))
  with check (location_id = current_setting('heard.location', true));

-- A member is seen by itself and by its organization.
alter table members enable row level security;
alter table members force row level security;
create policy own_or_organization on members
  using (user_id = current_setting('heard.user', true) or organization_id = current_setting('heard.organization', true))
  with check (organization_id = current_setting('heard.organization', true));
