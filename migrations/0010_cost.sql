-- What is spent. Every call of a model provider is a row from before it is sent; it is settled
-- once. Times are milliseconds since the Unix epoch, ids are the 16 bytes of a UUIDv7, money is
-- millionths of a US dollar.

create table provider_calls (
    row integer primary key,
    id blob not null unique,
    started_at integer not null,
    -- open, ok, failed (refused, nothing was charged), broken (part of an answer came), cancelled,
    -- or interrupted (the gateway ended in the middle)
    status text not null,
    provider text not null,
    model text not null,
    session_id text,
    turn_id blob,
    -- the door it came in by, or what it was for: embedding, tool
    origin text not null,
    device_id blob,
    -- the scheduled job
    job text,
    input_tokens integer not null default 0,
    cached_tokens integer not null default 0,
    -- null where the provider does not say
    cache_write_tokens integer,
    output_tokens integer not null default 0,
    reasoning_tokens integer not null default 0,
    -- for a million tokens; null where no price is known
    price_input integer,
    price_cached integer,
    price_output integer,
    -- packaged, custom, free or reported
    price_source text,
    -- null: nobody knows
    cost_micros integer,
    -- what budgets count where the price is known and the cost is not
    assumed_micros integer,
    first_token_ms integer,
    duration_ms integer
) strict;

create index provider_calls_by_start on provider_calls (started_at desc, row desc);
create index provider_calls_by_turn on provider_calls (turn_id) where turn_id is not null;
create index provider_calls_by_session on provider_calls (session_id, started_at desc)
    where session_id is not null;
create index provider_calls_open on provider_calls (row) where status = 'open';

-- Sums of settled calls: by quarter of an hour, hour and day in UTC, so that any owner's days and
-- months can be put together whatever the time zone, and however it changes.
create table cost_sums (
    -- 1 model, 2 origin, 3 session, 4 device, 5 job
    dimension integer not null,
    -- minutes: 15, 60 or 1440
    grain integer not null,
    -- its start, counted in grains since the Unix epoch
    slot integer not null,
    key text not null,
    calls integer not null,
    failed integer not null,
    unpriced_calls integer not null,
    unpriced_tokens integer not null,
    input_tokens integer not null,
    cached_tokens integer not null,
    output_tokens integer not null,
    reasoning_tokens integer not null,
    cost_micros integer not null,
    assumed_micros integer not null,
    primary key (dimension, grain, slot, key)
) strict, without rowid;

-- What earlier versions knew: one row for each turn.
insert into provider_calls (id, started_at, status, provider, model, session_id, turn_id, origin,
    device_id, input_tokens, cached_tokens, output_tokens, reasoning_tokens, cost_micros,
    first_token_ms, duration_ms)
select id, started_at, 'open', coalesce(provider, ''), coalesce(model, ''), session_id, id, origin,
    device_id, input_tokens, cached_tokens, output_tokens, reasoning_tokens, cost_micros,
    first_token_ms, max(finished_at - started_at, 0)
from turns
where finished_at is not null and started_at is not null and last_seq > 0
    and (input_tokens > 0 or output_tokens > 0);

create trigger provider_calls_settled after update of status on provider_calls
when old.status = 'open' and new.status <> 'open'
begin
    insert into cost_sums (dimension, grain, slot, key, calls, failed, unpriced_calls,
        unpriced_tokens, input_tokens, cached_tokens, output_tokens, reasoning_tokens, cost_micros,
        assumed_micros)
    select dimensions.dimension, grains.grain, new.started_at / (grains.grain * 60000),
        dimensions.key, 1, new.status <> 'ok', new.cost_micros is null,
        iif(new.cost_micros is null, new.input_tokens + new.output_tokens, 0), new.input_tokens,
        new.cached_tokens, new.output_tokens, new.reasoning_tokens, coalesce(new.cost_micros, 0),
        iif(new.cost_micros is null, coalesce(new.assumed_micros, 0), 0)
    from (select 1 as dimension, new.provider || '/' || new.model as key
            union all select 2, new.origin
            union all select 3, new.session_id where new.session_id is not null
            union all select 4, lower(hex(new.device_id)) where new.device_id is not null
            union all select 5, new.job where new.job is not null) as dimensions,
        (select 15 as grain union all select 60 union all select 1440) as grains
    where true
    on conflict (dimension, grain, slot, key) do update set
        calls = calls + excluded.calls, failed = failed + excluded.failed,
        unpriced_calls = unpriced_calls + excluded.unpriced_calls,
        unpriced_tokens = unpriced_tokens + excluded.unpriced_tokens,
        input_tokens = input_tokens + excluded.input_tokens,
        cached_tokens = cached_tokens + excluded.cached_tokens,
        output_tokens = output_tokens + excluded.output_tokens,
        reasoning_tokens = reasoning_tokens + excluded.reasoning_tokens,
        cost_micros = cost_micros + excluded.cost_micros,
        assumed_micros = assumed_micros + excluded.assumed_micros;
end;

update provider_calls set status = coalesce((select case state
        when 'done' then 'ok' when 'cancelled' then 'cancelled' when 'interrupted' then 'interrupted'
        else 'broken' end
    from turns where turns.id = provider_calls.id), 'ok');

-- Prices of its owner's own, before those that come with the program.
create table model_prices (
    -- a name of [providers], or * for any
    provider text not null,
    -- a model, or the beginning of one and *
    model text not null,
    -- for a million tokens
    input integer not null,
    -- null: as input
    cached integer,
    output integer not null,
    updated_at integer not null,
    primary key (provider, model)
) strict, without rowid;

-- The scheduled job that a turn belongs to.
alter table turns add column job text;
