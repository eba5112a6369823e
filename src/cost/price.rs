//! The price of a model, and what a call comes to.

use crate::model::{MicroUsd, Usage};

/// Tokens that a rate is given for.
const PER: u128 = 1_000_000;

/// What a million tokens cost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rates {
    /// Sent to the model.
    pub input: MicroUsd,
    /// Sent to it and read from its cache; none: as dear as the others.
    pub cached: Option<MicroUsd>,
    /// Produced by it, reasoning included.
    pub output: MicroUsd,
}

impl Rates {
    /// Nothing at all.
    pub const FREE: Self = Self {
        input: MicroUsd(0),
        cached: None,
        output: MicroUsd(0),
    };

    fn cost(&self, usage: &Usage) -> MicroUsd {
        let share = |tokens: u64, rate: MicroUsd| u128::from(tokens) * u128::from(positive(rate));
        let cached = usage.cached_tokens.min(usage.input_tokens);
        let total = share(usage.input_tokens - cached, self.input)
            + share(cached, self.cached.unwrap_or(self.input))
            + share(usage.output_tokens, self.output);
        // Once for the call: what is booked adds up to what was shown.
        MicroUsd(i64::try_from((total + PER / 2) / PER).unwrap_or(i64::MAX))
    }
}

/// What a model costs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Price {
    /// For most calls.
    pub base: Rates,
    /// For calls with more input tokens than this; the whole call is charged at these rates.
    pub long: Option<(u64, Rates)>,
}

impl Price {
    /// Nothing at all.
    pub const FREE: Self = Self {
        base: Rates::FREE,
        long: None,
    };

    /// What a call comes to, rounded once to the nearest millionth of a dollar.
    pub fn cost(&self, usage: &Usage) -> MicroUsd {
        self.rates_for(usage).cost(usage)
    }

    /// The rates that count for a call.
    pub fn rates_for(&self, usage: &Usage) -> &Rates {
        match &self.long {
            Some((above, rates)) if usage.input_tokens > *above => rates,
            _ => &self.base,
        }
    }
}

fn positive(rate: MicroUsd) -> u64 {
    u64::try_from(rate.0).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn rates(input: i64, cached: Option<i64>, output: i64) -> Rates {
        Rates {
            input: MicroUsd(input),
            cached: cached.map(MicroUsd),
            output: MicroUsd(output),
        }
    }

    fn usage(input: u64, cached: u64, output: u64) -> Usage {
        Usage {
            input_tokens: input,
            output_tokens: output,
            cached_tokens: cached,
            reasoning_tokens: 0,
        }
    }

    #[test]
    fn a_call_is_its_tokens_at_their_rates() {
        let price = Price {
            base: rates(1_250_000, Some(125_000), 10_000_000),
            long: Some((200_000, rates(2_500_000, None, 15_000_000))),
        };
        for (tokens, micros) in [
            (usage(0, 0, 0), 0),
            (usage(1_000_000 / 8, 0, 0), 156_250),
            (usage(1000, 0, 500), 6_250),
            (usage(1000, 800, 500), 5_350),
            // More read from the cache than was sent: a provider's slip, not a discount.
            (usage(1000, 5000, 0), 125),
            (usage(200_000, 0, 0), 250_000),
            (usage(200_001, 200_001, 1), 500_018),
        ] {
            assert_eq!(price.cost(&tokens), MicroUsd(micros), "{tokens:?}");
        }
    }

    #[test]
    fn halves_of_a_millionth_are_rounded_up_once() {
        let price = Price {
            base: rates(500_000, None, 500_000),
            long: None,
        };
        assert_eq!(price.cost(&usage(1, 0, 0)), MicroUsd(1));
        assert_eq!(price.cost(&usage(1, 0, 1)), MicroUsd(1));
        assert_eq!(price.cost(&usage(1, 0, 2)), MicroUsd(2));
    }

    proptest! {
        #[test]
        fn more_tokens_never_cost_less(
            input in 0_u64..10_000_000, cached in 0_u64..10_000_000, output in 0_u64..10_000_000,
            more in 0_u64..1000, rate in 0_i64..1_000_000_000,
        ) {
            let price = Price { base: rates(rate, Some(rate / 10), rate * 4), long: None };
            let before = price.cost(&usage(input, cached, output));
            prop_assert!(price.cost(&usage(input + more, cached, output)) >= before);
            prop_assert!(price.cost(&usage(input, cached, output + more)) >= before);
            prop_assert!(before.0 >= 0);
        }

        #[test]
        fn the_largest_numbers_do_not_overflow(tokens in any::<u64>(), rate in any::<i64>()) {
            let price = Price { base: rates(rate, Some(rate), rate), long: None };
            prop_assert!(price.cost(&usage(tokens, tokens / 2, tokens)).0 >= 0);
        }
    }
}
