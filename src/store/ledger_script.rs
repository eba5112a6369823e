//! What the ledger writes: a call before it is sent, and how it came out. Any number of them are
//! two statements.

use serde::Serialize;

use crate::model::{BillTo, CallStatus, MicroUsd, OpenCall, PriceUsed, SettledCall};

/// One write of the ledger.
#[derive(Clone, Debug)]
pub enum LedgerWrite {
    /// A call is about to be sent.
    Open(OpenCall),
    /// It is over. Counts once: what is settled stays as it is.
    Settle(SettledCall),
}

/// The arguments follow those of the turns' script.
const OPEN: &str = "
insert into provider_calls (id, started_at, status, provider, model, session_id, turn_id, origin,
    device_id, job, price_input, price_cached, price_output, price_source, assumed_micros)
select unhex(value ->> 0), value ->> 1, 'open', value ->> 2, value ->> 3, value ->> 4,
    unhex(value ->> 5), value ->> 6, unhex(value ->> 7), value ->> 8, value ->> 9, value ->> 10,
    value ->> 11, value ->> 12, value ->> 13
from json_each($10);";

const SETTLE: &str = "
update provider_calls set status = step.status, provider = step.provider, model = step.model,
    input_tokens = step.input, cached_tokens = step.cached, cache_write_tokens = step.written,
    output_tokens = step.output, reasoning_tokens = step.thought, price_input = step.price_input,
    price_cached = step.price_cached, price_output = step.price_output,
    price_source = step.price_source, cost_micros = step.cost, assumed_micros = step.assumed,
    first_token_ms = step.first, duration_ms = step.took
from (select unhex(value ->> 0) as id, value ->> 1 as status, value ->> 2 as provider,
    value ->> 3 as model, value ->> 4 as input, value ->> 5 as cached, value ->> 6 as written,
    value ->> 7 as output, value ->> 8 as thought, value ->> 9 as price_input,
    value ->> 10 as price_cached, value ->> 11 as price_output, value ->> 12 as price_source,
    value ->> 13 as cost, value ->> 14 as assumed, value ->> 15 as first, value ->> 16 as took
    from json_each($11)) as step
where provider_calls.id = step.id and provider_calls.status = 'open';";

#[derive(Serialize)]
struct OpenColumns<'a>(
    String,
    i64,
    &'a str,
    &'a str,
    Option<&'a str>,
    Option<String>,
    &'static str,
    Option<String>,
    Option<&'a str>,
    Option<i64>,
    Option<i64>,
    Option<i64>,
    Option<&'static str>,
    Option<i64>,
);

#[derive(Serialize)]
struct SettleColumns<'a>(
    String,
    &'static str,
    &'a str,
    &'a str,
    u64,
    u64,
    Option<u64>,
    u64,
    u64,
    Option<i64>,
    Option<i64>,
    Option<i64>,
    Option<&'static str>,
    Option<i64>,
    Option<i64>,
    Option<u64>,
    u64,
);

/// The part of a group's script that writes the ledger.
pub(super) struct LedgerScript {
    opened: Option<String>,
    settled: Option<String>,
}

impl LedgerScript {
    /// The part for these writes.
    pub(super) fn of<'a>(writes: impl Iterator<Item = &'a LedgerWrite>) -> Self {
        let (mut opened, mut settled) = (Vec::new(), Vec::new());
        for write in writes {
            match write {
                LedgerWrite::Open(call) => opened.push(open_columns(call)),
                LedgerWrite::Settle(call) => settled.push(settle_columns(call)),
            }
        }
        Self {
            opened: array(&opened),
            settled: array(&settled),
        }
    }

    /// Its statements, their arguments, and how many there are of both.
    pub(super) fn parts(self) -> (String, impl Iterator<Item = Option<String>>, usize) {
        let mut sql = String::new();
        let parts = [(&self.opened, OPEN), (&self.settled, SETTLE)];
        let used = parts.into_iter().filter(|(rows, _)| rows.is_some());
        let count = used.map(|(_, part)| sql.push_str(part)).count();
        (sql, [self.opened, self.settled].into_iter(), count)
    }
}

fn array<T: Serialize>(rows: &[T]) -> Option<String> {
    // Plain data always serialises, and an empty text would fail the script.
    (!rows.is_empty()).then(|| serde_json::to_string(rows).unwrap_or_default())
}

fn rates(price: Option<&PriceUsed>) -> [Option<i64>; 3] {
    [
        price.map(|price| price.input.0),
        price.map(|price| price.cached.0),
        price.map(|price| price.output.0),
    ]
}

fn micros(amount: Option<MicroUsd>) -> Option<i64> {
    amount.map(|amount| amount.0)
}

fn open_columns(call: &OpenCall) -> OpenColumns<'_> {
    let BillTo {
        session_id,
        turn_id,
        origin,
        device_id,
        job,
    } = &call.bill;
    let [input, cached, output] = rates(call.price.as_ref());
    OpenColumns(
        hex::encode(call.id.as_bytes()),
        call.started_at.as_millis(),
        &call.provider,
        &call.model,
        session_id.as_ref().map(crate::model::SessionId::as_str),
        turn_id.map(|turn| hex::encode(turn.as_bytes())),
        origin.as_str(),
        device_id.map(|device| hex::encode(device.as_bytes())),
        job.as_deref(),
        input,
        cached,
        output,
        call.price.map(|price| price.source.as_str()),
        micros(call.assumed),
    )
}

fn settle_columns(call: &SettledCall) -> SettleColumns<'_> {
    // What is open would never be settled.
    let status = match call.status {
        CallStatus::Open => CallStatus::Interrupted,
        status => status,
    };
    let [input, cached, output] = rates(call.price.as_ref());
    SettleColumns(
        hex::encode(call.id.as_bytes()),
        status.as_str(),
        &call.provider,
        &call.model,
        call.usage.input_tokens,
        call.usage.cached_tokens,
        call.cache_write_tokens,
        call.usage.output_tokens,
        call.usage.reasoning_tokens,
        input,
        cached,
        output,
        call.price.map(|price| price.source.as_str()),
        micros(call.cost),
        micros(call.assumed),
        call.first_token_ms,
        call.duration_ms,
    )
}
