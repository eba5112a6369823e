//! Rows of the ledger: as JSON a page at a time, or all of them as a file for a spreadsheet.

use std::fmt::Write as _;

use bytes::Bytes;
use futures_util::{StreamExt as _, stream};
use poem::{Body, IntoResponse, Response, http::header};
use poem_openapi::{
    ApiResponse, Object,
    payload::{Json, Payload as _},
    registry::{MetaMediaType, MetaResponse, MetaResponses, MetaSchema, MetaSchemaRef, Registry},
    types::Type as _,
};

use crate::{
    cost::{CallFilter, Cost},
    model::{
        CallId, CallOrigin, CallRecord, CallStatus, Cursor, DeviceId, MicroUsd, PriceSource,
        SessionId, Timestamp, TurnId,
    },
};

/// Rows that a file is written in at a time.
const BATCH: u32 = 1000;

/// A call of a provider, as the ledger has it.
#[derive(Clone, Debug, Object)]
#[oai(rename = "CostRecord")]
pub(super) struct RecordView {
    /// Names it.
    id: CallId,
    /// When it was sent.
    started_at: Timestamp,
    /// How it ended.
    status: CallStatus,
    /// The provider.
    provider: String,
    /// The model that answered; before that, the one asked.
    model: String,
    /// What it was for.
    origin: CallOrigin,
    /// The conversation.
    session_id: Option<SessionId>,
    /// What the conversation is called.
    session_title: Option<String>,
    /// The turn.
    turn_id: Option<TurnId>,
    /// The device that asked.
    device_id: Option<DeviceId>,
    /// The scheduled job.
    job: Option<String>,
    /// Tokens sent, cached ones included.
    input_tokens: u64,
    /// Of these, tokens that the provider read from its cache.
    cached_tokens: u64,
    /// Tokens written to its cache; null where it does not say.
    cache_write_tokens: Option<u64>,
    /// Tokens produced, reasoning included.
    output_tokens: u64,
    /// Of these, tokens of reasoning.
    reasoning_tokens: u64,
    /// The price used, in dollars for a million tokens sent; null where none is known.
    price_input_usd: Option<MicroUsd>,
    /// The same for tokens from the cache.
    price_cached_usd: Option<MicroUsd>,
    /// The same for tokens produced.
    price_output_usd: Option<MicroUsd>,
    /// Where the price comes from; null where none is known.
    price_source: Option<PriceSource>,
    /// What it cost; null: nobody knows.
    cost_usd: Option<MicroUsd>,
    /// What budgets count where the cost is not known; null where nothing can be said.
    estimated_cost_usd: Option<MicroUsd>,
    /// To the first piece of the answer, in milliseconds.
    first_token_ms: Option<u64>,
    /// To its end, in milliseconds.
    duration_ms: u64,
}

impl From<CallRecord> for RecordView {
    fn from(record: CallRecord) -> Self {
        let (open, settled) = (record.open, record.settled);
        let price = settled.price;
        // What a provider reported has no rates of ours.
        let reported = settled.cost.map(|_| PriceSource::Reported);
        let unknown = settled.cost.is_none();
        Self {
            id: open.id,
            started_at: open.started_at,
            status: settled.status,
            provider: settled.provider,
            model: settled.model,
            origin: open.bill.origin,
            session_id: open.bill.session_id,
            session_title: record.session_title.filter(|title| !title.is_empty()),
            turn_id: open.bill.turn_id,
            device_id: open.bill.device_id,
            job: open.bill.job,
            input_tokens: settled.usage.input_tokens,
            cached_tokens: settled.usage.cached_tokens,
            cache_write_tokens: settled.cache_write_tokens,
            output_tokens: settled.usage.output_tokens,
            reasoning_tokens: settled.usage.reasoning_tokens,
            price_input_usd: price.map(|price| price.input),
            price_cached_usd: price.map(|price| price.cached),
            price_output_usd: price.map(|price| price.output),
            price_source: match (price, settled.status) {
                (Some(price), _) => Some(price.source),
                (None, CallStatus::Ok) => reported,
                (None, _) => None,
            },
            cost_usd: settled.cost,
            estimated_cost_usd: settled.assumed.filter(|_| unknown),
            first_token_ms: settled.first_token_ms,
            duration_ms: settled.duration_ms,
        }
    }
}

/// Rows of the ledger, the newest first.
#[derive(Debug, Object)]
#[oai(rename = "CostRecords")]
pub(super) struct RecordPage {
    /// The rows.
    pub(super) records: Vec<RecordView>,
    /// Pass it as `cursor` for the next page; null at the end.
    pub(super) next_cursor: Option<String>,
}

/// A page, or all of it as CSV. Written by hand since one status has two content types.
pub(super) enum RecordsAnswer {
    Page(Json<RecordPage>),
    File(Body),
}

impl IntoResponse for RecordsAnswer {
    fn into_response(self) -> Response {
        match self {
            Self::Page(page) => page.into_response(),
            Self::File(body) => Response::builder()
                .header(header::CONTENT_TYPE, "text/csv; charset=utf-8")
                .header(
                    header::CONTENT_DISPOSITION,
                    "attachment; filename=\"clawgate-cost.csv\"",
                )
                .header(header::CACHE_CONTROL, "no-store")
                .body(body),
        }
    }
}

impl ApiResponse for RecordsAnswer {
    fn meta() -> MetaResponses {
        let text = MetaSchemaRef::Inline(Box::new(MetaSchema::new("string")));
        MetaResponses {
            responses: vec![MetaResponse {
                description: "Rows of the ledger; with `Accept: text/csv`, all of them as a file.",
                status: Some(200),
                status_range: None,
                content: vec![
                    MetaMediaType {
                        content_type: Json::<RecordPage>::CONTENT_TYPE,
                        schema: RecordPage::schema_ref(),
                    },
                    MetaMediaType {
                        content_type: "text/csv",
                        schema: text,
                    },
                ],
                headers: vec![],
            }],
        }
    }

    fn register(registry: &mut Registry) {
        RecordPage::register(registry);
    }
}

/// Every row that the filter lets pass, read as it is written.
pub(super) fn csv(cost: Cost, filter: CallFilter) -> Body {
    let head = stream::iter([Ok(Bytes::from(format!("{}\r\n", COLUMNS.join(","))))]);
    let rows = stream::unfold(Some(None), move |place: Option<Option<Cursor>>| {
        let (cost, filter) = (cost.clone(), filter.clone());
        async move {
            let after = place?;
            match cost.records(&filter, after, BATCH).await {
                Ok(records) => {
                    let next = records.last().map(|last| {
                        Some(Cursor {
                            key: last.open.started_at.as_millis(),
                            row: last.row,
                        })
                    });
                    let more = records.len() == BATCH as usize;
                    let text: String = records.into_iter().map(line).collect();
                    Some((Ok(Bytes::from(text)), next.filter(|_| more)))
                }
                Err(error) => {
                    tracing::error!(%error, "the ledger could not be read to its end");
                    Some((
                        Err(std::io::Error::other("the ledger could not be read")),
                        None,
                    ))
                }
            }
        }
    });
    Body::from_bytes_stream(head.chain(rows))
}

const COLUMNS: [&str; 24] = [
    "started_at",
    "status",
    "provider",
    "model",
    "origin",
    "session_id",
    "session_title",
    "turn_id",
    "device_id",
    "job",
    "input_tokens",
    "cached_tokens",
    "cache_write_tokens",
    "output_tokens",
    "reasoning_tokens",
    "price_input_usd",
    "price_cached_usd",
    "price_output_usd",
    "price_source",
    "cost_usd",
    "estimated_cost_usd",
    "first_token_ms",
    "duration_ms",
    "id",
];

fn line(record: CallRecord) -> String {
    let view = RecordView::from(record);
    let text = |value: Option<&dyn std::fmt::Display>| value.map(ToString::to_string);
    let money = |amount: &Option<MicroUsd>| amount.map(|amount| amount.to_string());
    let count = |number: &Option<u64>| number.map(|number| number.to_string());
    let id = |value: Option<&dyn std::fmt::Display>| text(value);
    let cells: [Option<String>; 24] = [
        Some(view.started_at.to_string()),
        Some(view.status.as_str().to_owned()),
        Some(view.provider.clone()),
        Some(view.model.clone()),
        Some(view.origin.as_str().to_owned()),
        id(view.session_id.as_ref().map(|id| id as _)),
        view.session_title.clone(),
        id(view.turn_id.as_ref().map(|id| id as _)),
        id(view.device_id.as_ref().map(|id| id as _)),
        view.job.clone(),
        Some(view.input_tokens.to_string()),
        Some(view.cached_tokens.to_string()),
        count(&view.cache_write_tokens),
        Some(view.output_tokens.to_string()),
        Some(view.reasoning_tokens.to_string()),
        money(&view.price_input_usd),
        money(&view.price_cached_usd),
        money(&view.price_output_usd),
        view.price_source.map(|source| source.as_str().to_owned()),
        money(&view.cost_usd),
        money(&view.estimated_cost_usd),
        count(&view.first_token_ms),
        Some(view.duration_ms.to_string()),
        Some(view.id.to_string()),
    ];
    let mut line = String::with_capacity(400);
    for (place, cell) in cells.into_iter().enumerate() {
        if place > 0 {
            line.push(',');
        }
        put(&mut line, &cell.unwrap_or_default());
    }
    line.push_str("\r\n");
    line
}

/// A cell. A spreadsheet takes what begins with one of these signs for a formula, whatever its
/// quotes: an apostrophe makes it a text.
fn put(line: &mut String, cell: &str) {
    let formula = cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']);
    let lead = if formula { "'" } else { "" };
    if formula || cell.contains([',', '"', '\n', '\r', ';']) {
        // Writing to a text can't fail.
        let _infallible = write!(line, "\"{lead}{}\"", cell.replace('"', "\"\""));
    } else {
        line.push_str(cell);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_a_formula_and_none_breaks_its_line() {
        for (cell, written) in [
            ("plain", "plain"),
            ("0.250000", "0.250000"),
            ("a,b", "\"a,b\""),
            ("say \"hi\"", "\"say \"\"hi\"\"\""),
            ("=1+1", "\"'=1+1\""),
            ("@SUM(A1)", "\"'@SUM(A1)\""),
            ("-2", "\"'-2\""),
            ("+49 30", "\"'+49 30\""),
            ("\t=1", "\"'\t=1\""),
            ("two\nlines", "\"two\nlines\""),
        ] {
            let mut line = String::new();
            put(&mut line, cell);
            assert_eq!(line, written);
        }
    }
}
