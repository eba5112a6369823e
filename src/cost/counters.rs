//! What is spent of each budget and what is set aside for calls under way, in one place under one
//! lock: a call is let pass and its share set aside in the same moment, so that any number of calls
//! at once stay within a limit. Pure.

use std::collections::HashMap;

use super::{
    budget::{Place, Rules, dollars, words},
    price::Price,
    prices::KnownPrice,
};
use crate::{
    config::{Budget, OnLimit, Unpriced},
    model::{BillTo, BudgetWarning, CallId, MicroUsd, OverBudget, PriceSource, Timestamp, Usage},
};

/// Tokens that an answer may come to where nobody said how long it may be.
const USUAL_OUTPUT: u64 = 8192;
/// An answer that would have to be shorter than this is not worth asking for.
const LEAST_OUTPUT: u64 = 256;
/// Places of periods long over are forgotten when there are more.
const MOST_PLACES: usize = 4096;
/// What was told turns, at most.
const MOST_TOLD: usize = 1024;

/// How far a budget is used up, as far as somebody was told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
enum Told {
    #[default]
    Nothing,
    Warned,
    Reached,
}

#[derive(Clone, Copy, Debug, Default)]
struct Counter {
    spent: MicroUsd,
    held: MicroUsd,
    told: Told,
    /// The limit at which it was told that a call was refused.
    refused: Option<MicroUsd>,
}

/// A call that was let pass and is not settled.
#[derive(Clone, Debug)]
pub(super) struct OpenTicket {
    pub(super) bill: BillTo,
    pub(super) provider: String,
    pub(super) model: String,
    pub(super) price: Option<KnownPrice>,
    pub(super) input_tokens: u64,
    pub(super) started_at: Timestamp,
    held: MicroUsd,
    places: Vec<(MicroUsd, Budget, Place)>,
}

/// What is asked for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wish<'a> {
    pub(super) id: CallId,
    pub(super) bill: &'a BillTo,
    pub(super) provider: &'a str,
    pub(super) model: &'a str,
    pub(super) price: Option<KnownPrice>,
    pub(super) input_tokens: u64,
    pub(super) max_output: Option<u64>,
    pub(super) now: Timestamp,
}

/// What became of a wish.
#[derive(Debug)]
pub(super) enum Verdict {
    /// It may be made.
    Granted {
        /// What its owner should know.
        notices: Vec<String>,
        /// The answer must not be longer.
        max_output: Option<u64>,
    },
    /// It may not; with what is to be told of the budget, where that was not told before.
    Refused(Box<OverBudget>, Option<BudgetWarning>),
    /// What is spent of these is not known yet.
    Unknown(Vec<Place>),
}

/// The counters.
#[derive(Debug, Default)]
pub(super) struct Counters {
    places: HashMap<Place, Counter>,
    open: HashMap<CallId, OpenTicket>,
    told: Vec<(crate::model::TurnId, String)>,
}

impl Counters {
    /// Lets a call pass, and sets aside what it may cost; or does not.
    pub(super) fn hold(&mut self, rules: &Rules, wish: &Wish<'_>) -> Verdict {
        let places = rules.places(wish.bill, wish.now);
        let unknown: Vec<Place> = places
            .iter()
            .filter(|(_, place)| !self.places.contains_key(place))
            .map(|(_, place)| place.clone())
            .collect();
        if !unknown.is_empty() {
            return Verdict::Unknown(unknown);
        }
        let (mut held, mut max_output, mut notices) = (MicroUsd(0), None, Vec::new());
        if let Some(price) = &wish.price {
            held = price
                .price
                .cost(&usage(wish, wish.max_output.unwrap_or(USUAL_OUTPUT)));
        }
        let free = wish.price.is_some_and(|known| is_free(&known.price));
        if rules.enabled && !free && Rules::limits(&places) {
            if wish.price.is_none() && rules.unpriced == Unpriced::Block {
                return Verdict::Refused(unpriced(wish, &places), None);
            }
            if let Some((budget, place)) = self.tightest(&places, held) {
                let left = self.left(budget, place);
                let cut = self
                    .cut(wish, left)
                    .filter(|_| rules.on_limit == OnLimit::Block);
                if let Some((output, cost)) = cut {
                    (max_output, held) = (Some(output), cost);
                } else if let Some(refusal) = self.refusal(rules, wish, budget, place) {
                    // Where only calls under way stand against it, it is not used up.
                    let unspent = budget.limit.less(self.spent(place));
                    let news = match self.cut(wish, unspent) {
                        Some(_) => None,
                        None => self.tell_refusal(budget, place),
                    };
                    return Verdict::Refused(Box::new(refusal), news);
                } else {
                    let over = self.spent(place);
                    notices.extend(self.once(wish.bill, sentence(rules, budget, place, over)));
                }
            }
        }
        for (_, place) in &places {
            if let Some(counter) = self.places.get_mut(place) {
                counter.held = counter.held.plus(held);
            }
        }
        let places = places
            .into_iter()
            .map(|(budget, place)| (budget.limit, budget.clone(), place))
            .collect();
        self.open.insert(
            wish.id,
            OpenTicket {
                bill: wish.bill.clone(),
                provider: wish.provider.to_owned(),
                model: wish.model.to_owned(),
                price: wish.price,
                input_tokens: wish.input_tokens,
                started_at: wish.now,
                held,
                places,
            },
        );
        Verdict::Granted {
            notices,
            max_output,
        }
    }

    /// News of the first call that a budget refuses, once for each limit: what is left may be too
    /// little for a call long before all is spent.
    fn tell_refusal(&mut self, budget: &Budget, place: &Place) -> Option<BudgetWarning> {
        let counter = self.places.get_mut(place)?;
        if counter.told == Told::Reached || counter.refused == Some(budget.limit) {
            return None;
        }
        counter.refused = Some(budget.limit);
        let spent = counter.spent;
        Some(warning(budget, place, budget.limit, spent, Told::Reached))
    }

    /// What was spent of a place before; what is set aside for it by calls under way is added.
    pub(super) fn know(&mut self, rules: &Rules, place: Place, spent: MicroUsd) {
        if self.places.contains_key(&place) {
            return;
        }
        let mut counter = Counter {
            spent,
            ..Counter::default()
        };
        // Who was told before a restart need not be told again.
        if let Some(budget) = rules.budgets.iter().find(|budget| is_of(budget, &place)) {
            counter.told = level(rules, budget.limit, spent);
        }
        for ticket in self.open.values_mut() {
            let of_call = rules.places(&ticket.bill, ticket.started_at);
            if let Some((budget, _)) = of_call.into_iter().find(|(_, other)| *other == place) {
                counter.held = counter.held.plus(ticket.held);
                ticket
                    .places
                    .push((budget.limit, budget.clone(), place.clone()));
            }
        }
        if self.places.len() >= MOST_PLACES
            && let Some(now) = place.from
        {
            self.places.retain(|other, counter| {
                counter.held.0 > 0 || other.until.is_none_or(|until| until > now)
            });
        }
        self.places.insert(place, counter);
    }

    /// A call under way.
    pub(super) fn ticket(&self, id: CallId) -> Option<&OpenTicket> {
        self.open.get(&id)
    }

    /// A call is over and in the ledger: what was set aside becomes what was spent. Answers with
    /// what is to be told of budgets.
    pub(super) fn settle(
        &mut self,
        rules: &Rules,
        id: CallId,
        spent: MicroUsd,
    ) -> Vec<BudgetWarning> {
        let Some(ticket) = self.open.remove(&id) else {
            return Vec::new();
        };
        let mut news = Vec::new();
        for (_, budget, place) in &ticket.places {
            let Some(counter) = self.places.get_mut(place) else {
                continue;
            };
            counter.held = MicroUsd(counter.held.less(ticket.held).0.max(0));
            counter.spent = counter.spent.plus(spent);
            // The limit that counts is the one of now.
            let limit = rules.budgets.iter().find(|one| one.name() == budget.name());
            let Some(limit) = limit.map(|one| one.limit) else {
                continue;
            };
            let level = level(rules, limit, counter.spent);
            if level > counter.told && rules.enabled {
                counter.told = level;
                news.push(warning(budget, place, limit, counter.spent, level));
            } else {
                counter.told = counter.told.min(level);
            }
        }
        news
    }

    /// What is spent of a place.
    pub(super) fn spent(&self, place: &Place) -> MicroUsd {
        self.places
            .get(place)
            .map_or(MicroUsd(0), |counter| counter.spent)
    }

    /// What is set aside for a place.
    pub(super) fn held(&self, place: &Place) -> MicroUsd {
        self.places
            .get(place)
            .map_or(MicroUsd(0), |counter| counter.held)
    }

    pub(super) fn knows(&self, place: &Place) -> bool {
        self.places.contains_key(place)
    }

    fn left(&self, budget: &Budget, place: &Place) -> MicroUsd {
        budget.limit.less(self.spent(place)).less(self.held(place))
    }

    /// The budget with the least left, when that is not enough.
    fn tightest<'a>(
        &self,
        places: &'a [(&'a Budget, Place)],
        wanted: MicroUsd,
    ) -> Option<(&'a Budget, &'a Place)> {
        places
            .iter()
            .filter(|(budget, _)| budget.limit.0 > 0)
            .map(|(budget, place)| (self.left(budget, place), *budget, place))
            .filter(|(left, ..)| *left < wanted || left.0 <= 0)
            .min_by_key(|(left, ..)| *left)
            .map(|(_, budget, place)| (budget, place))
    }

    /// How long an answer fits into what is left, and what that comes to.
    fn cut(&self, wish: &Wish<'_>, left: MicroUsd) -> Option<(u64, MicroUsd)> {
        let price = wish.price?.price;
        let most = wish.max_output.unwrap_or(USUAL_OUTPUT);
        let cost = |output: u64| price.cost(&usage(wish, output));
        let (mut fits, mut over) = (0, most + 1);
        while over - fits > 1 {
            let middle = u64::midpoint(fits, over);
            if cost(middle) <= left {
                fits = middle;
            } else {
                over = middle;
            }
        }
        let worth = fits >= LEAST_OUTPUT.min(most) && fits > 0;
        worth.then(|| (fits, cost(fits)))
    }

    fn refusal(
        &self,
        rules: &Rules,
        wish: &Wish<'_>,
        budget: &Budget,
        place: &Place,
    ) -> Option<OverBudget> {
        let asked = format!("{}/{}", wish.provider, wish.model);
        let downgrade_to = match rules.on_limit {
            OnLimit::Warn => return None,
            OnLimit::Block => None,
            OnLimit::Downgrade if rules.downgrade_to.as_deref() == Some(&asked) => return None,
            OnLimit::Downgrade => rules.downgrade_to.clone(),
        };
        let spent = self.spent(place).plus(self.held(place));
        Some(OverBudget {
            budget: budget.name(),
            limit: budget.limit,
            spent,
            resets_at: place.until,
            unpriced: None,
            downgrade_to,
            sentence: sentence(rules, budget, place, spent),
        })
    }

    /// The text, unless its turn was told already.
    fn once(&mut self, bill: &BillTo, text: String) -> Option<String> {
        let turn = bill.turn_id?;
        if self.told.iter().any(|(told, _)| *told == turn) {
            return None;
        }
        if self.told.len() >= MOST_TOLD {
            self.told.drain(..MOST_TOLD / 2);
        }
        self.told.push((turn, text.clone()));
        Some(text)
    }
}

fn usage(wish: &Wish<'_>, output_tokens: u64) -> Usage {
    Usage {
        input_tokens: wish.input_tokens,
        output_tokens,
        ..Usage::default()
    }
}

fn is_free(price: &Price) -> bool {
    *price == Price::FREE
}

fn is_of(budget: &Budget, place: &Place) -> bool {
    budget.scope == place.scope
        && budget.period == place.period
        && (place.key.is_empty()
            || budget.of == "*"
            || super::budget::named(budget.scope, &budget.of) == place.key)
}

fn unpriced(wish: &Wish<'_>, places: &[(&Budget, Place)]) -> Box<OverBudget> {
    let limited = places.iter().find(|(budget, _)| budget.limit.0 > 0);
    let (budget, limit) = limited.map_or_else(
        || (String::new(), MicroUsd(0)),
        |(budget, _)| (budget.name(), budget.limit),
    );
    let model = format!("{}/{}", wish.provider, wish.model);
    Box::new(OverBudget {
        budget,
        limit,
        spent: MicroUsd(0),
        resets_at: None,
        sentence: format!(
            "The price of {model} is not known, so no budget can count it, and cost.unpriced is \
             set to block; give it a price on the Cost page"
        ),
        unpriced: Some(model),
        downgrade_to: None,
    })
}

fn level(rules: &Rules, limit: MicroUsd, spent: MicroUsd) -> Told {
    if limit.0 <= 0 {
        return Told::Nothing;
    }
    let share = percent(spent, limit);
    if spent >= limit {
        Told::Reached
    } else if rules.warn_at > 0 && share >= rules.warn_at {
        Told::Warned
    } else {
        Told::Nothing
    }
}

/// How much of a limit is spent, in whole percent.
pub(super) fn percent(spent: MicroUsd, limit: MicroUsd) -> u64 {
    let share = i128::from(spent.0.max(0)) * 100 / i128::from(limit.0.max(1));
    u64::try_from(share).unwrap_or(u64::MAX)
}

fn warning(
    budget: &Budget,
    place: &Place,
    limit: MicroUsd,
    spent: MicroUsd,
    level: Told,
) -> BudgetWarning {
    BudgetWarning {
        budget: budget.name(),
        key: (!place.key.is_empty()).then(|| place.key.clone()),
        limit_usd: limit,
        spent_usd: spent,
        percent: percent(spent, limit),
        reached: level == Told::Reached,
        resets_at: place.until,
    }
}

fn sentence(rules: &Rules, budget: &Budget, place: &Place, spent: MicroUsd) -> String {
    let resets = place.until.and_then(|until| {
        let moment = jiff::Timestamp::from_millisecond(until.as_millis()).ok()?;
        let there = moment.to_zoned(rules.zone.clone());
        Some(format!(
            "; it begins anew on {}",
            there.strftime("%-d %B %Y at %H:%M (%Z)")
        ))
    });
    format!(
        "{} is used up: {} of {} are spent or set aside for calls under way{}",
        words(budget),
        dollars(spent),
        dollars(budget.limit),
        resets.unwrap_or_default()
    )
}

/// The rates that count for a call.
pub(super) fn rates_of(known: &KnownPrice, usage: &Usage) -> crate::model::PriceUsed {
    let rates = known.price.rates_for(usage);
    crate::model::PriceUsed {
        input: rates.input,
        cached: rates.cached.unwrap_or(rates.input),
        output: rates.output,
        source: if is_free(&known.price) && known.source == PriceSource::Packaged {
            PriceSource::Free
        } else {
            known.source
        },
    }
}

#[cfg(test)]
#[path = "counters_tests.rs"]
mod tests;
