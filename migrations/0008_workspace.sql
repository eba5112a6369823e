-- What the files of the workspace were before. Contents are kept once each, whatever file they were
-- in. Times are milliseconds since the Unix epoch.

create table workspace_blobs (
    row integer primary key,
    -- SHA-256 of the content
    hash blob not null unique,
    -- bytes of the content
    size integer not null,
    -- the content, deflated
    data blob not null
) strict;

-- Bytes of all contents as they are stored.
create table workspace_kept (
    row integer primary key check (row = 1),
    bytes integer not null
) strict;
insert into workspace_kept (row, bytes) values (1, 0);

create trigger workspace_blob_kept after insert on workspace_blobs begin
    update workspace_kept set bytes = bytes + length(new.data);
end;
create trigger workspace_blob_gone after delete on workspace_blobs begin
    update workspace_kept set bytes = bytes - length(old.data);
end;

create table workspace_files (
    row integer primary key,
    -- where it is; for one in the trash, where it was
    path text not null,
    -- the piece of trash that it went with; none: it is in its place
    trash integer
) strict;

create unique index workspace_files_by_path on workspace_files (path) where trash is null;
create index workspace_files_by_trash on workspace_files (trash) where trash is not null;

create table workspace_versions (
    row integer primary key,
    file integer not null,
    -- rises with every change of the file
    version integer not null,
    hash blob not null,
    size integer not null,
    -- created, edited, restored or noticed
    change text not null,
    -- owner, agent or outside
    author text not null,
    session_id text,
    turn_id blob,
    -- the version that was brought back
    restored_from integer,
    at integer not null,
    unique (file, version)
) strict;

create index workspace_versions_by_hash on workspace_versions (hash);

create table workspace_trash (
    row integer primary key,
    -- also its name in the trash's folder
    id blob not null unique,
    path text not null,
    is_folder integer not null,
    -- files in it, and their bytes
    files integer not null,
    size integer not null,
    author text not null,
    session_id text,
    turn_id blob,
    at integer not null
) strict;

create index workspace_trash_by_time on workspace_trash (at desc, row desc);
