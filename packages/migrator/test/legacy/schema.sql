-- A database as it was before V1: each fault that the audit looks for, in tables that V1 has and in some that it does not know.
-- Names of constraints are PostgreSQL's own, as they are where nobody chose any.

create schema chat;
create table chat.conversations (id uuid primary key);
create schema reporting;
create table reporting.daily (day date primary key, plays bigint);

-- The hybrid: some tables had uuid keys already.
create table users (
  id uuid primary key default gen_random_uuid(),
  username text not null,
  email text not null unique,
  password text not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default CURRENT_TIMESTAMP,
  deleted_at timestamptz
);
create function touch_updated_at() returns trigger language plpgsql as $$ begin new.updated_at := now(); return new; end $$;
create trigger users_touch before update on users for each row execute function touch_updated_at();

create table tracks (
  id uuid primary key default gen_random_uuid(),
  uploader_id uuid not null references users (id) on delete cascade,
  title text not null,
  created_at timestamp not null default CURRENT_TIMESTAMP,
  updated_at timestamptz,
  is_deleted boolean not null default false
);
create index tracks_uploader on tracks (uploader_id) where not is_deleted;

create table playlists (
  id uuid primary key default gen_random_uuid(),
  owner_id uuid not null,
  name varchar(255) not null,
  created_at timestamptz not null default CURRENT_TIMESTAMP,
  updated_at timestamptz not null default CURRENT_TIMESTAMP
);

-- The 17 tables with bigint keys.
create table refresh_tokens (id bigserial primary key, user_id uuid not null references users (id) on delete cascade,
  token text not null, created_at timestamptz not null default CURRENT_TIMESTAMP);
create index on refresh_tokens (user_id);
create table password_reset_tokens (id bigserial primary key, created_at timestamptz not null default CURRENT_TIMESTAMP);
create table email_verification_tokens (id bigserial primary key, created_at timestamptz not null default CURRENT_TIMESTAMP);
create table user_sessions (id bigint generated always as identity primary key,
  created_at timestamptz not null default CURRENT_TIMESTAMP);
create table bitrate_adaptation_logs (id bigserial primary key, playback_id bigint,
  created_at timestamptz not null default CURRENT_TIMESTAMP);
create table hls_streams (id bigserial primary key, created_at timestamptz not null default CURRENT_TIMESTAMP);
create table hls_transcode_queue (id bigserial primary key, created_at timestamptz not null default CURRENT_TIMESTAMP);
create table playback_analytics (id bigserial primary key, created_at timestamptz not null default CURRENT_TIMESTAMP);
create table track_comments (id bigserial primary key, parent_id bigint references track_comments (id) on delete cascade,
  created_at timestamptz not null default CURRENT_TIMESTAMP, deleted_at timestamptz);
create index on track_comments (parent_id);
create table track_history (id bigserial primary key, created_at timestamptz not null default CURRENT_TIMESTAMP);
create table track_likes (id bigserial primary key, user_id uuid not null references users (id),
  track_id uuid not null references tracks (id) on delete cascade,
  created_at timestamptz not null default CURRENT_TIMESTAMP, unique (user_id, track_id));
create table track_plays (id bigserial primary key, event_id uuid unique, created_at timestamptz not null default CURRENT_TIMESTAMP);
create table track_shares (id bigserial primary key, created_at timestamptz not null default CURRENT_TIMESTAMP);
create table track_versions (id bigserial primary key, created_at timestamptz not null default CURRENT_TIMESTAMP);
create table playlist_collaborators (id bigserial primary key, created_at timestamptz not null default CURRENT_TIMESTAMP);
create table playlist_follows (id bigserial primary key, created_at timestamptz not null default CURRENT_TIMESTAMP);
create table rooms (id bigserial primary key, name text not null,
  created_at timestamptz not null default CURRENT_TIMESTAMP, deleted_at timestamptz);
create unique index rooms_name on rooms (name);

-- Unknown to V1. An integer key, referenced by a bigint column in a composite key; no key at all; an enum; a mixed-case name.
create table genres (id serial primary key, name text not null, created_at timestamptz not null default CURRENT_TIMESTAMP);
create index genres_name on genres (name);
create index genres_by_name on genres (name);
create table track_genres (
  track_id uuid not null references tracks (id) on delete cascade,
  genre_id bigint not null references genres (id) on delete restrict,
  created_at timestamptz not null default CURRENT_TIMESTAMP,
  primary key (track_id, genre_id)
);
create table import_rows (line text, duration_ms integer, payload jsonb, created_at timestamptz not null default CURRENT_TIMESTAMP);
create type mood as enum ('calm', 'wild');
create table "Mood Board" (
  id uuid primary key default gen_random_uuid(),
  mood mood,
  user_id uuid references users (id) on delete set null not null,
  "createdAt" timestamptz
);
create sequence invoice_numbers;
alter table genres add constraint genres_name_check check (name <> '') not valid;

-- Judged through their parent, or not at all.
create table measurements (id uuid not null primary key default gen_random_uuid(), sensor_id uuid, created_at timestamptz not null default CURRENT_TIMESTAMP)
  partition by hash (id);
create table measurements_0 partition of measurements for values with (modulus 2, remainder 0);
create table measurements_1 partition of measurements for values with (modulus 2, remainder 1);
create view recent_tracks as select id, title from tracks where created_at > now() - interval '1 day';

-- Faults of other kinds, in a table that V1 does not know.
create index idx_import_rows_line on import_rows (line);
create index idx_import_rows_line_duration on import_rows (line, duration_ms);
alter table import_rows
  add column price double precision,
  add column source json,
  add constraint chk_import_rows_price check (price >= 0),
  add constraint chk_import_rows_price_again check (price >= 0);
comment on column import_rows.source is 'JSON object: the row as it was sent.';
alter table import_rows set unlogged;
alter table import_rows set (autovacuum_enabled = off);
alter table import_rows
  add column received_ms bigint,
  add column status text default 'new',
  add column loaded timestamptz not null default '2024-05-17 12:13:14.567+00',
  add column is_done boolean default false,
  add column track_ids text;
comment on column import_rows.received_ms is 'When the row came, in milliseconds since 1970.';
