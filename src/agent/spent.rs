//! What a turn has cost so far: known to the millionth of a dollar, or unknown, but never nothing
//! where something was used.

use super::ending::Ended;
use crate::{
    config::{Config, ProviderKind},
    cost::{Price, PriceTable, Seller},
    model::{MicroUsd, Timestamp, Usage},
};

/// What a turn has cost so far.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Spent {
    known: i64,
    /// A call whose cost nobody knows was made.
    unknown: bool,
    /// A call that costs something is under way: what it has used is told at its end.
    open: bool,
}

impl Spent {
    /// Calls were made before a restart, at this price; what they came to was not kept.
    pub(super) fn lose(&mut self, price: Option<Price>) {
        self.unknown |= price != Some(Price::FREE);
    }

    /// A call begins.
    pub(super) fn begin(&mut self, price: Option<Price>) {
        self.open = price != Some(Price::FREE);
    }

    /// A call has ended, and its provider said what it used. Answers what it came to; none: not
    /// known.
    pub(super) fn book(&mut self, price: Option<Price>, usage: &Usage) -> Option<MicroUsd> {
        self.open = false;
        // A provider that counts no tokens charges for them all the same.
        let cost = price
            .filter(|price| *price == Price::FREE || usage.total() > 0)
            .map(|price| price.cost(usage));
        match cost {
            Some(cost) => self.known = self.known.saturating_add(cost.0),
            None => self.unknown = true,
        }
        cost
    }

    /// A call has failed. One that was refused is not charged for; one that broke off may be.
    pub(super) fn fail(&mut self, error: &Ended, answered: bool) {
        let late = matches!(error, Ended::Failed { code, .. } if *code == "TIMEOUT");
        self.unknown |= self.open && (answered || late);
        self.open = false;
    }

    /// The sum; none: not known.
    pub(super) fn total(&self) -> Option<MicroUsd> {
        (!self.unknown && !self.open).then_some(MicroUsd(self.known))
    }
}

/// The price of a model at a provider of the configuration.
pub(super) fn price_of(
    prices: &PriceTable,
    config: &Config,
    provider: &str,
    model: &str,
    now: Timestamp,
) -> Option<Price> {
    let seller = match config.providers.get(provider) {
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
    };
    prices.price(seller, model, now)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paid() -> Option<Price> {
        let mut price = Price::FREE;
        price.base.input = MicroUsd(1_000_000);
        Some(price)
    }

    fn tokens(input_tokens: u64) -> Usage {
        Usage {
            input_tokens,
            ..Usage::default()
        }
    }

    fn failed(code: &'static str) -> Ended {
        Ended::Failed {
            code,
            message: String::new(),
        }
    }

    #[test]
    fn calls_add_up() {
        let mut spent = Spent::default();
        assert_eq!(spent.total(), Some(MicroUsd(0)));
        for input in [3, 4] {
            spent.begin(paid());
            assert_eq!(spent.total(), None, "nobody knows before its end");
            spent.book(paid(), &tokens(input));
        }
        assert_eq!(spent.total(), Some(MicroUsd(7)));
    }

    #[test]
    fn one_call_at_an_unknown_price_makes_the_sum_unknown() {
        for (price, usage) in [(None, tokens(5)), (paid(), tokens(0))] {
            let mut spent = Spent::default();
            spent.begin(price);
            spent.book(price, &usage);
            spent.begin(paid());
            spent.book(paid(), &tokens(1));
            assert_eq!(spent.total(), None);
        }
    }

    #[test]
    fn what_is_free_stays_free_whatever_happens() {
        let mut spent = Spent::default();
        spent.begin(Some(Price::FREE));
        assert_eq!(spent.total(), Some(MicroUsd(0)), "stopped in the middle");
        spent.book(Some(Price::FREE), &tokens(0));
        spent.begin(Some(Price::FREE));
        spent.fail(&failed("TIMEOUT"), true);
        assert_eq!(spent.total(), Some(MicroUsd(0)));
    }

    #[test]
    fn what_a_restart_took_along_is_not_known_unless_it_was_free() {
        let mut spent = Spent::default();
        spent.lose(Some(Price::FREE));
        assert_eq!(spent.total(), Some(MicroUsd(0)));
        spent.lose(paid());
        assert_eq!(spent.total(), None);
    }

    #[test]
    fn a_refusal_costs_nothing_and_a_broken_answer_nobody_knows_what() {
        for (code, answered, known) in [
            ("PROVIDER_ERROR", false, true),
            ("PROVIDER_ERROR", true, false),
            ("TIMEOUT", false, false),
        ] {
            let mut spent = Spent::default();
            spent.begin(paid());
            spent.fail(&failed(code), answered);
            assert_eq!(spent.total().is_some(), known, "{code} {answered}");
        }
    }
}
