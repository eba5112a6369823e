//! Prices on the wire, in dollars for a million tokens.

use poem_openapi::Object;

use super::Text;
use crate::{
    config::CustomPrice,
    cost::{KnownPrice, PriceRow},
    model::{MicroUsd, PriceSource},
};

/// The price of a model, in dollars for a million tokens.
#[derive(Clone, Debug, Object)]
#[oai(rename = "ModelPrice")]
pub(super) struct PriceView {
    /// A name of `[providers]`; `*`: any.
    provider: String,
    /// A model, or the beginning of one and `*`.
    model: String,
    /// Tokens sent; null: the price is not known.
    input_per_million_usd: Option<MicroUsd>,
    /// Tokens sent that the provider reads from its cache; null: as dear as the others.
    cached_input_per_million_usd: Option<MicroUsd>,
    /// Tokens produced; null: the price is not known.
    output_per_million_usd: Option<MicroUsd>,
    /// Where the price comes from; null: it is not known.
    source: Option<PriceSource>,
    /// What the packaged table says of tokens sent, where the owner says otherwise.
    packaged_input_per_million_usd: Option<MicroUsd>,
    /// The same of tokens produced.
    packaged_output_per_million_usd: Option<MicroUsd>,
}

impl From<PriceRow> for PriceView {
    fn from(row: PriceRow) -> Self {
        let base = row.price.map(|KnownPrice { price, .. }| price.base);
        Self {
            provider: row.provider,
            model: row.model,
            input_per_million_usd: base.map(|rates| rates.input),
            cached_input_per_million_usd: base.and_then(|rates| rates.cached),
            output_per_million_usd: base.map(|rates| rates.output),
            source: row.price.map(|known| known.source),
            packaged_input_per_million_usd: row.packaged.map(|price| price.base.input),
            packaged_output_per_million_usd: row.packaged.map(|price| price.base.output),
        }
    }
}

/// Prices: the owner's own, and those of models that were used or are configured.
#[derive(Clone, Debug, Object)]
#[oai(rename = "PriceList")]
pub(super) struct PriceListView {
    /// The day up to which the packaged prices are known to hold.
    pub(super) as_of: String,
    /// The prices.
    pub(super) prices: Vec<PriceView>,
}

/// A price of the owner's own, in dollars for a million tokens.
#[derive(Clone, Debug, Object)]
#[oai(rename = "CustomPrice")]
pub(super) struct CustomPriceView {
    /// A name of `[providers]`; `*`, or left out: any.
    provider: Option<Text>,
    /// A model, or the beginning of one and `*`.
    model: Text,
    /// Tokens sent.
    input_per_million_usd: MicroUsd,
    /// Tokens sent that the provider reads from its cache; when left out, as dear as the others.
    cached_input_per_million_usd: Option<MicroUsd>,
    /// Tokens produced.
    output_per_million_usd: MicroUsd,
}

impl From<CustomPriceView> for CustomPrice {
    fn from(view: CustomPriceView) -> Self {
        Self {
            provider: view.provider.map_or_else(any, |name| trimmed(&name.0)),
            model: trimmed(&view.model.0),
            input: view.input_per_million_usd,
            cached: view.cached_input_per_million_usd,
            output: view.output_per_million_usd,
        }
    }
}

/// All prices of the owner's own; others hold no longer.
#[derive(Clone, Debug, Object)]
#[oai(rename = "CustomPrices")]
pub(super) struct CustomPricesView {
    /// The prices.
    pub(super) prices: Vec<CustomPriceView>,
}

fn any() -> String {
    "*".to_owned()
}

fn trimmed(text: &str) -> String {
    text.trim().to_owned()
}
