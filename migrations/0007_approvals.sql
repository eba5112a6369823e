-- What a tool call or a question waits for: its owner's decision. Rules are decisions that hold
-- from now on; the audit log says who decided what, and when.

create table approvals (
    row integer primary key,
    id blob not null unique,
    turn_id blob not null,
    session_id text not null,
    -- the call within its turn
    call_id text not null,
    -- tool or question
    kind text not null,
    tool text not null,
    -- JSON: the arguments as they may be shown
    args text not null,
    -- JSON: the arguments as they are used, where those may not be shown
    exact_args text,
    summary text not null,
    risk text not null,
    -- JSON: the exact command, change, request or question
    preview text not null,
    -- JSON: what a lasting answer covers; none: it can only be answered once
    scope text,
    -- the same in words
    covers text,
    created_at integer not null,
    expires_at integer not null,
    -- pending, approved, denied, expired or cancelled
    state text not null default 'pending',
    decision text,
    -- once, session or always
    held text,
    decided_at integer,
    device_id blob,
    decided_by text,
    reason text,
    answer text
) strict;

create index approvals_pending on approvals (row) where state = 'pending';
create index approvals_by_turn on approvals (turn_id);
create index approvals_by_session on approvals (session_id, row);

create table tool_rules (
    row integer primary key,
    id blob not null unique,
    tool text not null,
    -- JSON
    scope text not null,
    -- none: for good
    session_id text,
    created_at integer not null,
    created_by text not null
) strict;

create table audit_log (
    row integer primary key,
    at integer not null,
    -- a device; none: the gateway itself, or its terminal
    device_id blob,
    actor text not null,
    -- approval.approved, rule.added and so on
    action text not null,
    subject text not null,
    -- JSON
    details text not null
) strict;

create index audit_by_time on audit_log (at);
create index audit_by_subject on audit_log (subject);

-- The last turn that the summary of what came before it covers, and that summary.
alter table sessions add column summary text;
alter table sessions add column summary_until blob;
