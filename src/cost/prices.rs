//! Which price counts for a model: its owner's own before that of the packaged table.

use std::{collections::BTreeSet, sync::Arc};

use arc_swap::ArcSwap;

use super::{
    price::{Price, Rates},
    table::{PriceTable, PriceTableError, Seller},
};
use crate::{
    config::{Config, ConfigHandle, ProviderKind},
    model::{CustomPrice, MicroUsd, PriceSource, Timestamp},
    store::{Store, StoreError},
};

/// Prices of one's own, at most.
const MOST: usize = 1000;
/// Longest name of a model, in characters.
const LONGEST: usize = 200;
/// Dearer tokens are a slip: a million dollars for a million.
const DEAREST: MicroUsd = MicroUsd(1_000_000_000_000);

/// A price, and where it comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KnownPrice {
    /// The price.
    pub price: Price,
    /// Where it comes from.
    pub source: PriceSource,
}

/// Why prices are not taken. Everything is as it was.
#[derive(Debug, thiserror::Error)]
pub enum PriceError {
    /// One of them is not right.
    #[error("{field}: expected {expected}")]
    Field {
        /// The field, such as `prices[2].model`.
        field: String,
        /// What was expected.
        expected: &'static str,
    },
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A line of the list of prices.
#[derive(Clone, Debug)]
pub struct PriceRow {
    /// The provider, or `*`.
    pub provider: String,
    /// The model, or the beginning of one and `*`.
    pub model: String,
    /// What it costs; none: nobody knows.
    pub price: Option<KnownPrice>,
    /// What the packaged table says, where its owner says something else.
    pub packaged: Option<Price>,
}

/// The prices.
pub(super) struct Prices {
    table: PriceTable,
    custom: ArcSwap<Vec<CustomPrice>>,
    config: ConfigHandle,
}

impl Prices {
    pub(super) async fn load(
        config: ConfigHandle,
        store: &Store,
    ) -> Result<Self, super::CostError> {
        let table = PriceTable::packaged().map_err(|error: PriceTableError| error)?;
        let custom = store.list_custom_prices().await?;
        Ok(Self {
            table,
            custom: ArcSwap::from_pointee(custom),
            config,
        })
    }

    pub(super) fn as_of(&self) -> jiff::civil::Date {
        self.table.as_of()
    }

    /// The price of the first of these names that has one: the one that answered, then the one
    /// that was asked. Its owner's own goes before the table's.
    pub(super) fn find(
        &self,
        provider: &str,
        names: &[&str],
        now: Timestamp,
    ) -> Option<KnownPrice> {
        let custom = self.custom.load();
        let own = names.iter().find_map(|name| own(&custom, provider, name));
        own.or_else(|| self.packaged(provider, names, now))
    }

    fn packaged(&self, provider: &str, names: &[&str], now: Timestamp) -> Option<KnownPrice> {
        let config = self.config.current();
        let seller = seller(&config, provider)?;
        let price = names
            .iter()
            .find_map(|name| self.table.price(seller, name, now))?;
        let source = if price == Price::FREE {
            PriceSource::Free
        } else {
            PriceSource::Packaged
        };
        Some(KnownPrice { price, source })
    }

    /// Whether the provider says itself what its calls cost.
    pub(super) fn reports(&self, provider: &str) -> bool {
        let config = self.config.current();
        config.providers.get(provider).is_some_and(|configured| {
            let elsewhere = configured.base_url.as_deref().unwrap_or_default();
            configured.kind == ProviderKind::OpenRouter
                || elsewhere.starts_with("https://openrouter.ai/")
        })
    }

    /// Its owner's own, and those of `used` models (`provider/model`) and of configured ones.
    pub(super) fn list(&self, used: &BTreeSet<(String, String)>, now: Timestamp) -> Vec<PriceRow> {
        let custom = self.custom.load();
        let config = self.config.current();
        let own = custom.iter().map(|custom| PriceRow {
            provider: custom.provider.clone(),
            model: custom.model.clone(),
            price: Some(known(custom)),
            packaged: self
                .packaged(&custom.provider, &[&custom.model], now)
                .map(|known| known.price),
        });
        let configured = config.providers.iter().filter_map(|(name, provider)| {
            let model = provider.model.clone()?;
            Some((name.clone(), model))
        });
        let listed: BTreeSet<(String, String)> = used.iter().cloned().chain(configured).collect();
        let others = listed
            .into_iter()
            .filter(|(provider, model)| {
                !custom
                    .iter()
                    .any(|own| own.provider == *provider && own.model == *model)
            })
            .map(|(provider, model)| PriceRow {
                price: self.find(&provider, &[&model], now),
                packaged: None,
                provider,
                model,
            });
        own.chain(others).collect()
    }

    pub(super) async fn replace(
        &self,
        store: &Store,
        prices: Vec<CustomPrice>,
        now: Timestamp,
    ) -> Result<(), PriceError> {
        let prices = checked(prices)?;
        store.replace_custom_prices(prices.clone(), now).await?;
        self.custom.store(Arc::new(prices));
        Ok(())
    }
}

fn checked(mut prices: Vec<CustomPrice>) -> Result<Vec<CustomPrice>, PriceError> {
    let wrong = |place: usize, field: &str, expected| PriceError::Field {
        field: format!("prices[{place}].{field}"),
        expected,
    };
    if prices.len() > MOST {
        return Err(PriceError::Field {
            field: "prices".to_owned(),
            expected: "at most 1000 prices",
        });
    }
    let mut seen = BTreeSet::new();
    for (place, price) in prices.iter_mut().enumerate() {
        price.provider = price.provider.trim().to_owned();
        price.model = price.model.trim().to_owned();
        if price.provider != "*" && !crate::config::is_provider_name(&price.provider) {
            return Err(wrong(place, "provider", "the name of a provider, or *"));
        }
        let model = price.model.strip_suffix('*').unwrap_or(&price.model);
        let plain = !model.contains('*') && !price.model.contains(char::is_control);
        if price.model.is_empty() || price.model.chars().count() > LONGEST || !plain {
            let expected = "the name of a model, or the beginning of one and *";
            return Err(wrong(place, "model", expected));
        }
        let rates = [
            ("input_usd", Some(price.input)),
            ("cached_usd", price.cached),
            ("output_usd", Some(price.output)),
        ];
        for (field, rate) in rates {
            if rate.is_some_and(|rate| rate.0 < 0 || rate > DEAREST) {
                let expected = "dollars for a million tokens, from 0 to 1000000";
                return Err(wrong(place, field, expected));
            }
        }
        let name = (price.provider.clone(), price.model.to_ascii_lowercase());
        if !seen.insert(name) {
            return Err(wrong(place, "model", "each model once"));
        }
    }
    Ok(prices)
}

fn known(custom: &CustomPrice) -> KnownPrice {
    KnownPrice {
        price: Price {
            base: Rates {
                input: custom.input,
                cached: custom.cached,
                output: custom.output,
            },
            long: None,
        },
        source: PriceSource::Custom,
    }
}

/// The one that names provider and model most exactly.
fn own(custom: &[CustomPrice], provider: &str, model: &str) -> Option<KnownPrice> {
    let name = model.to_ascii_lowercase();
    let fits = |custom: &&CustomPrice| {
        let wanted = custom.model.to_ascii_lowercase();
        let model = match wanted.strip_suffix('*') {
            Some(start) => name.starts_with(start),
            None => name == wanted,
        };
        model && (custom.provider == provider || custom.provider == "*")
    };
    custom
        .iter()
        .filter(fits)
        .max_by_key(|custom| {
            let exact = !custom.model.ends_with('*');
            (custom.provider != "*", exact, custom.model.len())
        })
        .map(known)
}

fn seller<'a>(config: &'a Config, provider: &str) -> Option<Seller<'a>> {
    Some(match config.providers.get(provider) {
        Some(configured) => Seller {
            kind: configured.kind,
            base_url: configured.base_url.as_deref(),
        },
        None => Seller {
            kind: match provider {
                "demo" => ProviderKind::Demo,
                "ollama" => ProviderKind::Ollama,
                _ => return None,
            },
            base_url: None,
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn custom(provider: &str, model: &str, input: i64) -> CustomPrice {
        CustomPrice {
            provider: provider.to_owned(),
            model: model.to_owned(),
            input: MicroUsd(input),
            cached: None,
            output: MicroUsd(0),
        }
    }

    #[test]
    fn the_most_exact_price_counts() {
        let all = [
            custom("*", "*", 1),
            custom("*", "llama*", 2),
            custom("main", "llama*", 3),
            custom("main", "llama-3*", 4),
            custom("main", "Llama-3-8b", 5),
        ];
        for (provider, model, input) in [
            ("other", "gpt", 1),
            ("other", "llama-3-8b", 2),
            ("main", "llama-2", 3),
            ("main", "llama-3-70b", 4),
            ("main", "llama-3-8B", 5),
        ] {
            let found = own(&all, provider, model).unwrap();
            assert_eq!(found.price.base.input.0, input, "{provider}/{model}");
        }
        assert_eq!(own(&all[1..], "main", "gpt"), None);
    }

    #[test]
    fn prices_that_make_no_sense_name_their_field() {
        for (prices, field) in [
            (vec![custom("a b", "m", 1)], "prices[0].provider"),
            (vec![custom("*", "", 1)], "prices[0].model"),
            (vec![custom("*", "a*b", 1)], "prices[0].model"),
            (vec![custom("*", "m", -1)], "prices[0].input_usd"),
            (
                vec![custom("*", "m", 1), custom("*", "M", 1)],
                "prices[1].model",
            ),
        ] {
            let refused = checked(prices).unwrap_err().to_string();
            assert!(refused.starts_with(field), "{refused}");
        }
        assert!(checked(vec![custom("*", "m*", 0), custom("main", "m*", 0)]).is_ok());
    }
}
