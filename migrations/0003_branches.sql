-- A message can take the place of an earlier one: a conversation is a tree of turns, of which one
-- path from the first turn to a last one is shown. Its rows rise from turn to turn, so it is still
-- read in their order.

-- The row of the turn that it follows; none at the beginning of its session.
alter table turns add column parent integer;
-- 1 when it is on the path that is shown.
alter table turns add column active integer not null default 1;

update turns set parent = (
    select max(before.row) from turns as before
    where before.session_id = turns.session_id and before.row < turns.row);

drop index turns_by_session;
create index turns_by_session on turns (session_id, active, row);
create index turns_by_parent on turns (parent) where parent is not null;
create index turns_first on turns (session_id) where parent is null;

-- What its turns are answered by; none: what is configured.
alter table sessions add column model text;
-- 1 once a turn has ended since its owner last looked.
alter table sessions add column unread integer not null default 0;
