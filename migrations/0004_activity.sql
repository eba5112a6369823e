-- What the overview shows: how many turns ended when, how long they took, and which failed.

-- Milliseconds from the message's acceptance to the first piece of the answer.
alter table turns add column first_token_ms integer;

-- Written once, when a turn ends, and holds all that the curves need. Copies of turns, which a
-- fork makes, have no events of their own and are not work done again.
create index turns_by_end on turns
    (finished_at, created_at, state, input_tokens, output_tokens, first_token_ms)
    where finished_at is not null and last_seq > 0;

create index turns_failed on turns (row)
    where state in ('failed', 'interrupted') and last_seq > 0;
