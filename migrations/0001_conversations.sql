-- Conversations. A turn is the row: what was said and what was answered stand together, and the
-- events of a turn are its journal. Times are milliseconds since the Unix epoch, ids are the 16
-- bytes of a UUIDv7, money is millionths of a US dollar.

create table sessions (
    row integer primary key,
    id text not null unique,
    title text not null,
    -- 1 once its owner has named it
    named integer not null default 0,
    origin text not null,
    created_at integer not null,
    updated_at integer not null,
    deleted_at integer,
    pinned integer not null default 0,
    archived integer not null default 0,
    forked_from text
) strict;

create index sessions_by_update on sessions (updated_at desc, row desc) where deleted_at is null;
create index sessions_deleted on sessions (deleted_at) where deleted_at is not null;

create table turns (
    row integer primary key,
    id blob not null unique,
    session_id text not null,
    state text not null,
    origin text not null,
    device_id blob,
    input text not null,
    -- JSON: texts handed along
    context text,
    -- JSON: names of the files handed along
    attachments text,
    tools integer not null default 0,
    provider text,
    model text,
    response text,
    reasoning text,
    -- JSON: tool calls and their results between input and response
    steps text,
    input_tokens integer not null default 0,
    output_tokens integer not null default 0,
    cached_tokens integer not null default 0,
    reasoning_tokens integer not null default 0,
    cost_micros integer,
    error_code text,
    error_message text,
    last_seq integer not null default 0,
    recoveries integer not null default 0,
    -- 1 once its text is in turns_text
    indexed integer not null default 0,
    created_at integer not null,
    started_at integer,
    finished_at integer
) strict;

create index turns_by_session on turns (session_id, row);
create index turns_unfinished on turns (row) where finished_at is null;
create index turns_unindexed on turns (row) where indexed = 0;

create table attachments (
    turn_id blob not null,
    place integer not null,
    name text not null,
    media_type text not null,
    data blob not null,
    primary key (turn_id, place)
) strict, without rowid;

create table turn_events (
    turn_id blob not null,
    seq integer not null,
    type text not null,
    -- JSON: the event's own fields
    payload text not null,
    at integer not null,
    primary key (turn_id, seq)
) strict, without rowid;

-- A key is remembered with the turn it started, in the same transaction.
create table idempotency_keys (
    -- who sent it: a device, or nobody in particular
    scope text not null,
    key text not null,
    -- SHA-256 of what was asked
    request_hash blob not null,
    turn_id blob not null,
    created_at integer not null,
    primary key (scope, key)
) strict, without rowid;

create index idempotency_by_age on idempotency_keys (created_at);

-- Full text over both sides of every turn. Trigrams find words and parts of words in every
-- language, those written without spaces included.
create virtual table turns_text using fts5 (
    input,
    response,
    content = '',
    contentless_delete = 1,
    tokenize = 'trigram remove_diacritics 1'
);

-- Single values.
create table meta (
    key text primary key,
    value text not null
) strict, without rowid;
