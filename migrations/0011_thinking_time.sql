-- How long the model thought, in milliseconds; null where nobody measured it.
alter table turns add column reasoning_ms integer;
