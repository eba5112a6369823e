//! The packaged table of list prices (`assets/prices.json`), and which of them is a model's.
//!
//! A model is looked for at the provider that sells it. A proxy of one's own sells under its
//! own address what others make; there the model's name says whose it is.

use std::collections::HashMap;

use jiff::{civil::Date, tz::TimeZone};
use serde::Deserialize;

use super::price::{Price, Rates};
use crate::{
    config::{ProviderKind, is_loopback},
    model::{MicroUsd, Timestamp},
};

const PACKAGED: &str = include_str!("../../assets/prices.json");

/// Whose prices count for a model's name alone, first come first served.
const MAKERS: [&str; 6] = [
    "openai",
    "anthropic",
    "google",
    "deepseek",
    "mistral",
    "x-ai",
];

/// The table can't be read.
#[derive(Debug, thiserror::Error)]
#[error("the table of prices can't be read: {0}")]
pub struct PriceTableError(#[from] serde_json::Error);

/// Who sells a model's tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seller<'a> {
    /// The protocol.
    pub kind: ProviderKind,
    /// Where it is, when that is not the kind's own address.
    pub base_url: Option<&'a str>,
}

impl Seller<'_> {
    fn host(&self) -> Option<String> {
        let url = reqwest::Url::parse(self.base_url?).ok()?;
        url.host_str().map(str::to_ascii_lowercase)
    }
}

/// What the providers ask for their models.
#[derive(Clone, Debug)]
pub struct PriceTable {
    as_of: Date,
    providers: HashMap<String, Provider>,
}

#[derive(Clone, Debug)]
struct Provider {
    hosts: Vec<String>,
    exact: HashMap<String, usize>,
    /// Longest first.
    prefixes: Vec<(String, usize)>,
    models: Vec<Model>,
}

impl PriceTable {
    /// The table that comes with the program.
    pub fn packaged() -> Result<Self, PriceTableError> {
        Self::parse(PACKAGED)
    }

    fn parse(text: &str) -> Result<Self, PriceTableError> {
        let table: Table = serde_json::from_str(text)?;
        let providers = table.providers.into_iter().map(|entry| {
            let id = entry.id.clone();
            (id, Provider::from(entry))
        });
        Ok(Self {
            as_of: table.as_of,
            providers: providers.collect(),
        })
    }

    /// The day up to which its prices are known to hold.
    pub fn as_of(&self) -> Date {
        self.as_of
    }

    /// What `model` costs at `seller` now; none: nobody here knows.
    pub fn price(&self, seller: Seller<'_>, model: &str, now: Timestamp) -> Option<Price> {
        let day = day(now)?;
        match seller.kind {
            ProviderKind::Demo => Some(Price::FREE),
            // What runs on a machine of one's own is not paid for by the token.
            ProviderKind::Ollama => {
                let host = seller.host();
                host.is_none_or(|host| is_own_machine(&host))
                    .then_some(Price::FREE)
            }
            ProviderKind::OpenRouter => self.resold(model, day),
            ProviderKind::OpenAi | ProviderKind::Anthropic | ProviderKind::Gemini => {
                let host = seller.host();
                self.of_seller(seller.kind, host.as_deref()).map_or_else(
                    || self.by_name(model, day),
                    |provider| provider.find(model, day),
                )
            }
        }
    }

    fn of_seller(&self, kind: ProviderKind, host: Option<&str>) -> Option<&Provider> {
        match host {
            Some(host) => self
                .providers
                .values()
                .find(|provider| provider.hosts.iter().any(|known| known == host)),
            None => self.providers.get(match kind {
                ProviderKind::Anthropic => "anthropic",
                ProviderKind::Gemini => "google",
                _ => "openai",
            }),
        }
    }

    /// The maker's own price: resellers of this kind charge it.
    fn resold(&self, model: &str, day: Date) -> Option<Price> {
        let (model, variant) = model.split_once(':').unwrap_or((model, ""));
        if variant == "free" {
            return Some(Price::FREE);
        }
        let (maker, name) = model.split_once('/')?;
        let maker = match maker {
            "mistralai" => "mistral",
            maker => maker,
        };
        self.providers.get(maker)?.find(name, day)
    }

    fn by_name(&self, model: &str, day: Date) -> Option<Price> {
        let own = model.rsplit('/').next().unwrap_or(model);
        MAKERS
            .iter()
            .find_map(|maker| self.providers.get(*maker)?.find(own, day))
    }
}

impl Provider {
    fn find(&self, model: &str, day: Date) -> Option<Price> {
        let name = normal(model);
        let exact = |name: &str| self.exact.get(name).copied();
        let prefix = || {
            let found = self
                .prefixes
                .iter()
                .find(|(start, _)| name.starts_with(start.as_str()));
            found.map(|(_, place)| *place)
        };
        let place = exact(&name)
            .or_else(|| exact(without_date(&name)?))
            .or_else(prefix)?;
        self.models.get(place).map(|model| model.on(day))
    }
}

#[derive(Debug, Deserialize)]
struct Table {
    as_of: Date,
    providers: Vec<Entry>,
}

#[derive(Debug, Deserialize)]
struct Entry {
    id: String,
    hosts: Vec<String>,
    models: Vec<Model>,
}

#[derive(Clone, Debug, Deserialize)]
struct Model {
    #[serde(rename = "match")]
    names: Vec<String>,
    #[serde(flatten)]
    rates: Asked,
    long: Option<Long>,
    later: Option<Later>,
}

#[derive(Clone, Debug, Deserialize)]
struct Asked {
    input: MicroUsd,
    cached: Option<MicroUsd>,
    /// None: the model produces no tokens, as embeddings do.
    output: Option<MicroUsd>,
}

#[derive(Clone, Debug, Deserialize)]
struct Long {
    above: u64,
    #[serde(flatten)]
    rates: Asked,
}

#[derive(Clone, Debug, Deserialize)]
struct Later {
    from: Date,
    #[serde(flatten)]
    rates: Asked,
}

impl From<Entry> for Provider {
    fn from(entry: Entry) -> Self {
        let (mut exact, mut prefixes) = (HashMap::new(), Vec::new());
        for (place, model) in entry.models.iter().enumerate() {
            for name in &model.names {
                match name.strip_suffix('*') {
                    Some(start) => prefixes.push((normal(start), place)),
                    None => {
                        exact.insert(normal(name), place);
                    }
                }
            }
        }
        prefixes.sort_by_key(|(start, _)| std::cmp::Reverse(start.len()));
        Self {
            hosts: entry.hosts,
            exact,
            prefixes,
            models: entry.models,
        }
    }
}

impl Model {
    fn on(&self, day: Date) -> Price {
        match &self.later {
            Some(later) if later.from <= day => Price {
                base: later.rates.rates(),
                long: None,
            },
            _ => Price {
                base: self.rates.rates(),
                long: (self.long.as_ref()).map(|long| (long.above, long.rates.rates())),
            },
        }
    }
}

impl Asked {
    fn rates(&self) -> Rates {
        Rates {
            input: self.input,
            cached: self.cached,
            output: self.output.unwrap_or_default(),
        }
    }
}

/// Names as they are compared: `models/Claude-Opus-4.5` is `claude-opus-4-5`.
fn normal(model: &str) -> String {
    let own = model.strip_prefix("models/").unwrap_or(model);
    let own = own.split('@').next().unwrap_or(own);
    own.to_ascii_lowercase().replace('.', "-")
}

/// The name of the model of which this is a snapshot: `gpt-5-2025-08-07` and
/// `claude-3-opus-20240229` end in a day.
fn without_date(name: &str) -> Option<&str> {
    let is_digits = |text: &str| text.bytes().all(|letter| letter.is_ascii_digit());
    let compact = name
        .split_at_checked(name.len().checked_sub(9)?)
        .filter(|(_, end)| end.starts_with("-20") && is_digits(&end[1..]));
    let dashed = || {
        let (own, end) = name.split_at_checked(name.len().checked_sub(11)?)?;
        let mut parts = end.strip_prefix('-')?.split('-');
        let lengths = [4, 2, 2];
        let right = lengths.iter().all(|length| {
            parts
                .next()
                .is_some_and(|part| part.len() == *length && is_digits(part))
        });
        (right && end.starts_with("-20")).then_some(own)
    };
    compact.map(|(own, _)| own).or_else(dashed)
}

/// On this machine, or on a network of one's own.
fn is_own_machine(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    let private =
        bare.parse::<std::net::IpAddr>()
            .is_ok_and(|address| match address.to_canonical() {
                std::net::IpAddr::V4(address) => address.is_private() || address.is_link_local(),
                std::net::IpAddr::V6(address) => {
                    address.is_unique_local() || address.is_unicast_link_local()
                }
            });
    let named = !bare.contains('.') || bare.ends_with(".local") || bare.ends_with(".internal");
    is_loopback(host) || private || (named && bare.parse::<std::net::IpAddr>().is_err())
}

fn day(now: Timestamp) -> Option<Date> {
    let moment = jiff::Timestamp::from_millisecond(now.as_millis()).ok()?;
    Some(moment.to_zoned(TimeZone::UTC).date())
}

#[cfg(test)]
mod tests {
    use super::*;

    const OPENAI: Seller<'static> = seller(ProviderKind::OpenAi, None);

    const fn seller(kind: ProviderKind, base_url: Option<&'static str>) -> Seller<'static> {
        Seller { kind, base_url }
    }

    fn input_micros(seller: Seller<'_>, model: &str, day: &str) -> Option<i64> {
        let now = format!("{day}T12:00:00Z").parse().unwrap();
        let table = PriceTable::packaged().unwrap();
        let price = table.price(seller, model, now)?;
        Some(price.base.input.0)
    }

    fn today(seller: Seller<'_>, model: &str) -> Option<i64> {
        input_micros(seller, model, "2026-10-01")
    }

    #[test]
    fn every_packaged_price_can_be_read_and_is_found_by_its_own_name() {
        let table: Table = serde_json::from_str(PACKAGED).unwrap();
        let packaged = PriceTable::packaged().unwrap();
        assert!(table.providers.len() > 8);
        for entry in &table.providers {
            let provider = &packaged.providers[&entry.id];
            assert_eq!(provider.models.len(), entry.models.len());
            for model in &entry.models {
                assert!(model.rates.input.0 > 0, "{:?} is not free", model.names);
                for name in &model.names {
                    let name = name.trim_end_matches('*');
                    let found = provider.find(name, table.as_of);
                    assert_eq!(found, Some(model.on(table.as_of)), "{name}");
                }
            }
        }
    }

    #[test]
    fn a_model_is_known_by_its_id_its_snapshots_and_its_other_spellings() {
        let anthropic = seller(ProviderKind::Anthropic, None);
        let gemini = seller(ProviderKind::Gemini, None);
        for (seller, model, micros) in [
            (OPENAI, "gpt-5-mini", Some(250_000)),
            (OPENAI, "gpt-5-mini-2025-08-07", Some(250_000)),
            (OPENAI, "GPT-4o", Some(2_500_000)),
            (OPENAI, "gpt-4o-mini", Some(150_000)),
            (OPENAI, "gpt-9", None),
            (OPENAI, "gpt-5-mini-turbo", None),
            (OPENAI, "", None),
            (anthropic, "claude-opus-4-5-20251101", Some(5_000_000)),
            (anthropic, "claude-opus-4.5", Some(5_000_000)),
            (anthropic, "claude-opus-4-20250514", Some(15_000_000)),
            (anthropic, "gpt-5-mini", None),
            (gemini, "models/gemini-2.5-pro", Some(1_250_000)),
            (gemini, "gemini-2.5-flash-lite-preview-06-17", Some(100_000)),
        ] {
            assert_eq!(today(seller, model), micros, "{seller:?} {model}");
        }
    }

    #[test]
    fn a_seller_is_known_by_its_address_and_a_proxy_sells_what_others_make() {
        let at = |url| seller(ProviderKind::OpenAi, Some(url));
        for (seller, model, micros) in [
            (
                at("https://api.deepseek.com/v1"),
                "deepseek-chat",
                Some(270_000),
            ),
            (
                at("https://API.groq.com/openai/v1"),
                "openai/gpt-oss-20b",
                Some(75_000),
            ),
            (at("https://api.openai.com/v1"), "gpt-5", Some(1_250_000)),
            (at("https://api.openai.com/v1"), "deepseek-chat", None),
            (at("http://127.0.0.1:4000/v1"), "gpt-5", Some(1_250_000)),
            (
                at("https://proxy.example/v1"),
                "anthropic/claude-opus-4.5",
                Some(5_000_000),
            ),
            (
                at("https://proxy.example/v1"),
                "llama-3.1-8b-instruct",
                None,
            ),
            (at("not an address"), "scripted", None),
        ] {
            assert_eq!(today(seller, model), micros, "{seller:?} {model}");
        }
    }

    #[test]
    fn a_reseller_charges_what_the_maker_charges() {
        let openrouter = seller(ProviderKind::OpenRouter, None);
        for (model, micros) in [
            ("anthropic/claude-sonnet-4.5", Some(3_000_000)),
            ("openai/gpt-5:online", Some(1_250_000)),
            ("mistralai/mistral-large-2512", Some(500_000)),
            ("deepseek/deepseek-r1:free", Some(0)),
            ("somebody/something", None),
            ("gpt-5", None),
        ] {
            assert_eq!(today(openrouter, model), micros, "{model}");
        }
    }

    #[test]
    fn ones_own_machine_is_free_and_somebody_elses_is_not() {
        let at = |url| seller(ProviderKind::Ollama, Some(url));
        for (seller, micros) in [
            (seller(ProviderKind::Ollama, None), Some(0)),
            (seller(ProviderKind::Demo, None), Some(0)),
            (at("http://127.0.0.1:11434"), Some(0)),
            (at("http://[::1]:11434"), Some(0)),
            (at("http://192.168.1.7:11434"), Some(0)),
            (at("http://nas.local:11434"), Some(0)),
            (at("http://ollama:11434"), Some(0)),
            (at("https://ollama.com"), None),
            (at("http://8.8.8.8:11434"), None),
        ] {
            assert_eq!(today(seller, "llama3.2"), micros, "{seller:?}");
        }
    }

    #[test]
    fn an_announced_price_holds_from_its_day_on() {
        let gemini = seller(ProviderKind::Gemini, None);
        for (day, micros) in [("2026-12-31", 750_000), ("2027-01-01", 1_500_000)] {
            assert_eq!(input_micros(gemini, "gemini-3.6-flash", day), Some(micros));
        }
    }

    #[test]
    fn long_prompts_have_their_own_price() {
        let table = PriceTable::packaged().unwrap();
        let price = table
            .price(OPENAI, "gpt-5.5", Timestamp::from_millis(0))
            .unwrap();
        assert_eq!(price.long.map(|(above, _)| above), Some(272_000));
    }

    #[test]
    fn a_table_that_is_none_is_refused() {
        for text in ["", "{}", "{\"as_of\":\"x\",\"providers\":[]}"] {
            assert!(PriceTable::parse(text).is_err(), "{text}");
        }
    }
}
