-- Links that let a guest look at one order. The token is shown once and kept as a digest.

create table guest_links (
  location_id text not null references locations (id),
  id uuid not null,
  order_id text not null,
  token_hash text not null,
  made_by text not null,
  created_at timestamptz not null default now(),
  -- Known once the order has ended; until then the link is as good as the order is open.
  expires_at timestamptz,
  revoked_at timestamptz,
  primary key (location_id, id)
);
create index guest_links_by_order on guest_links (location_id, order_id, created_at);
create index guest_links_by_token on guest_links (token_hash);

-- Staff see their location's. Whoever follows a link names no location: it sees the one row whose token it holds.
alter table guest_links enable row level security;
alter table guest_links force row level security;
create policy one_location_or_bearer on guest_links
  using (
    location_id = current_setting('heard.location', true)
    or token_hash = current_setting('heard.link', true)
  )
  with check (location_id = current_setting('heard.location', true));
