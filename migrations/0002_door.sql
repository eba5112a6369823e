-- Who may come in. Secrets stand here only as hashes: a token's 256 random bits need no slow one,
-- a pairing code's forty do. Times are milliseconds since the Unix epoch.

create table devices (
    row integer primary key,
    id blob not null unique,
    -- SHA-256 of its bearer token; of nothing anybody knows, when it came in by password
    token_hash blob not null unique,
    name text not null,
    device_type text not null,
    -- paired, password, imported or environment
    source text not null,
    -- admin, chat and read, parted by spaces
    scopes text not null,
    created_at integer not null,
    last_seen_at integer,
    last_ip text,
    expires_at integer
) strict;

create table pairing_codes (
    row integer primary key,
    -- Argon2id
    hash text not null,
    scopes text not null,
    device_name text,
    -- how long the token will last; 0 = for ever
    token_ttl_days integer not null,
    created_at integer not null,
    expires_at integer not null
) strict;

create table web_sessions (
    -- SHA-256 of the cookie
    hash blob primary key,
    device_id blob not null,
    created_at integer not null,
    expires_at integer not null
) strict, without rowid;

create index web_sessions_by_device on web_sessions (device_id);

-- Hashes of tokens that an older install brought along: each is taken in once.
create table imported_tokens (
    hash blob primary key,
    imported_at integer not null
) strict, without rowid;

-- One row. The generation rises whenever somebody's way in changes, in whichever process, so that
-- a running gateway notices.
create table door (
    id integer primary key check (id = 1),
    generation integer not null,
    -- Argon2id of the dashboard's password
    password_hash text
) strict;

insert into door (id, generation, password_hash) values (1, 1, null);

create trigger devices_insert after insert on devices
begin update door set generation = generation + 1; end;
create trigger devices_update after update of token_hash, name, scopes, expires_at on devices
begin update door set generation = generation + 1; end;
create trigger devices_delete after delete on devices
begin update door set generation = generation + 1; end;
create trigger web_sessions_insert after insert on web_sessions
begin update door set generation = generation + 1; end;
create trigger web_sessions_delete after delete on web_sessions
begin update door set generation = generation + 1; end;
