-- What the agent remembers. An entry keeps its row through all its versions, and through the bin.
-- Times are milliseconds since the Unix epoch, ids are the 16 bytes of a UUIDv7.

create table memory_entries (
    row integer primary key,
    id blob not null unique,
    key text not null unique,
    content text not null,
    category text not null,
    pinned integer not null default 0,
    -- the conversation it comes from
    session_id text,
    turn_id blob,
    -- who wrote the present version: owner, agent or auto
    author text not null,
    version integer not null,
    created_at integer not null,
    updated_at integer not null,
    deleted_at integer
) strict;

create index memory_by_update on memory_entries (pinned desc, updated_at desc, row desc)
    where deleted_at is null;
create index memory_by_category on memory_entries (category, pinned desc, updated_at desc, row desc)
    where deleted_at is null;
create index memory_by_session on memory_entries (session_id, row)
    where session_id is not null and deleted_at is null;
create index memory_deleted on memory_entries (deleted_at desc, row desc)
    where deleted_at is not null;
create index memory_kept on memory_entries (updated_at, row)
    where author = 'auto' and category = 'conversation' and pinned = 0 and deleted_at is null;

-- Every state an entry was in, the present one included.
create table memory_versions (
    entry integer not null,
    version integer not null,
    key text not null,
    content text not null,
    category text not null,
    pinned integer not null,
    author text not null,
    -- created, edited, pinned, deleted or restored
    change text not null,
    at integer not null,
    primary key (entry, version)
) strict, without rowid;

-- Full text. What goes in is folded and cut into terms before: words without case and accents,
-- overlapping pairs of letters where a language writes without spaces. `place` holds terms for
-- category, conversation, author and pin, so that a search among them reads no more than it has to.
create virtual table memory_text using fts5 (
    key,
    content,
    place,
    content = '',
    contentless_delete = 1,
    prefix = '1 2 3',
    tokenize = 'unicode61 remove_diacritics 0 categories ''L* N* M* Co'''
);

-- The long words of all entries, by their letters: parts of compounds are found through them.
create table memory_words (
    row integer primary key,
    word text not null unique
) strict;
create virtual table memory_word_parts using fts5 (
    word,
    content = '',
    contentless_delete = 1,
    tokenize = 'trigram'
);

-- Vectors: little-endian f32, of length one.
create table memory_vectors (
    entry integer primary key,
    model text not null,
    -- the version that was embedded
    version integer not null,
    vector blob not null
) strict;
