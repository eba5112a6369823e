//! The meter that every call of a provider goes through: set aside before, written down before,
//! settled once.

use std::sync::Arc;

use async_trait::async_trait;

use super::{
    Cost, Inner,
    counters::{Verdict, Wish, rates_of},
    prices::KnownPrice,
};
use crate::{
    model::{
        BudgetWarning, BusEvent, CallId, CallStatus, MicroUsd, OpenCall, OverBudget, PriceSource,
        SettledCall, Usage,
    },
    providers::{CallEnd, Granted, Meter, PlannedCall},
    store::LedgerWrite,
};

/// How often what is spent is looked up anew before a call goes on without it.
const LOOKS: usize = 3;

/// Settles a call that was set aside for and never sent.
struct Unsent<'a> {
    cost: &'a Cost,
    id: CallId,
    sent: bool,
}

impl Drop for Unsent<'_> {
    fn drop(&mut self) {
        if !self.sent {
            self.cost.settle(self.id, nothing());
        }
    }
}

fn nothing() -> CallEnd {
    CallEnd {
        status: CallStatus::Failed,
        model: String::new(),
        usage: None,
        billed: crate::providers::Billed::default(),
        seen_tokens: 0,
        first_token: None,
        duration: std::time::Duration::ZERO,
    }
}

#[async_trait]
impl Meter for Cost {
    async fn reserve(&self, call: PlannedCall<'_>) -> Result<Granted, Box<OverBudget>> {
        let inner = &self.inner;
        let now = inner.parts.clock.now();
        let price = inner.prices.find(call.provider, &[call.model], now);
        let wish = Wish {
            id: CallId::fresh(),
            bill: call.bill,
            provider: call.provider,
            model: call.model,
            price,
            input_tokens: call.input_tokens,
            max_output: call.max_output,
            now,
        };
        let (notices, max_output) = self.held(&wish).await?;
        inner.lock_tallies().open(call.bill.turn_id);
        let mut unsent = Unsent {
            cost: self,
            id: wish.id,
            sent: false,
        };
        let written = inner
            .parts
            .store
            .write_ledger(LedgerWrite::Open(opened(&wish)))
            .await;
        if let Err(error) = written {
            // A full disk must not cost the owner the answer as well.
            tracing::error!(%error, "a call is not in the ledger");
        }
        if price.is_none() {
            inner.news.unpriced(call.provider, call.model);
        }
        unsent.sent = true;
        Ok(Granted {
            call: wish.id,
            notices,
            max_output,
        })
    }

    fn settle(&self, call: CallId, end: CallEnd) {
        let inner = &self.inner;
        let Some(settled) = inner.settled(call, end) else {
            return;
        };
        let turn = inner
            .lock_counters()
            .ticket(call)
            .and_then(|ticket| ticket.bill.turn_id);
        inner
            .lock_tallies()
            .settle(turn, settled.usage, settled.cost);
        inner.parts.metrics.spent(settled.cost);
        let counted = settled.cost.or(settled.assumed).unwrap_or_default();
        let unpriced = settled.cost.is_none();
        let cost = self.clone();
        let kept = move |result: Result<(), crate::store::StoreError>| {
            if let Err(error) = result {
                tracing::error!(%error, %call, "what a call cost is not in the ledger");
            }
            cost.inner.booked(call, counted, unpriced);
        };
        let write = LedgerWrite::Settle(settled);
        if let Err(waiting) = inner.parts.store.try_write_ledger(write, kept) {
            let store = inner.parts.store.clone();
            drop(inner.parts.tasks.spawn("ledger", async move {
                store.write_ledger_later(waiting).await;
            }));
        }
    }
}

impl Cost {
    /// Lets a call pass and sets its share aside.
    async fn held(&self, wish: &Wish<'_>) -> Result<(Vec<String>, Option<u64>), Box<OverBudget>> {
        for _ in 0..LOOKS {
            let rules = self.inner.rules();
            let verdict = self.inner.lock_counters().hold(&rules, wish);
            match verdict {
                Verdict::Granted {
                    notices,
                    max_output,
                } => return Ok((notices, max_output)),
                Verdict::Refused(refusal, news) => {
                    if let Some(warning) = news {
                        self.inner.warn(warning);
                    }
                    return Err(refusal);
                }
                Verdict::Unknown(places) => self.learn(places).await,
            }
        }
        // Only a database that fails leads here: what can't be looked up can't be held either.
        Err(Box::new(OverBudget {
            budget: "day".to_owned(),
            limit: MicroUsd(0),
            spent: MicroUsd(0),
            resets_at: None,
            unpriced: None,
            downgrade_to: None,
            sentence: "What is spent could not be read from the database; the gateway's log says \
                       why"
            .to_owned(),
        }))
    }

    /// Looks up what was spent of these places. Runs among the writes: what is settled before is in
    /// the sums, and what is settled after is added to them.
    pub(super) async fn learn(&self, places: Vec<super::budget::Place>) {
        let wanted = places.iter().map(super::budget::Place::sums).collect();
        let inner = Arc::clone(&self.inner);
        let rules = inner.rules();
        let read = self
            .inner
            .parts
            .store
            .sum_costs_settled(wanted, move |sums| {
                let mut counters = inner.lock_counters();
                for (place, sum) in places.into_iter().zip(sums) {
                    counters.know(&rules, place, sum.counted());
                }
            })
            .await;
        if let Err(error) = read {
            tracing::error!(%error, "what is spent could not be read");
        }
    }
}

impl Inner {
    /// How a call came out, in money.
    fn settled(&self, call: CallId, end: CallEnd) -> Option<SettledCall> {
        let (provider, asked, before, input_tokens) = {
            let counters = self.lock_counters();
            let ticket = counters.ticket(call)?;
            (
                ticket.provider.clone(),
                ticket.model.clone(),
                ticket.price,
                ticket.input_tokens,
            )
        };
        let model = if end.model.is_empty() {
            asked.clone()
        } else {
            end.model
        };
        let now = self.parts.clock.now();
        let known = self
            .prices
            .find(&provider, &[&model, &asked], now)
            .or(before);
        let reported = end.billed.cost.filter(|_| self.prices.reports(&provider));
        let usage = end.usage.unwrap_or_default();
        let free = known.filter(|known| known.source == PriceSource::Free);
        let cost = match (end.status, reported, free) {
            (CallStatus::Ok, Some(reported), _) => Some(reported),
            (CallStatus::Failed, ..) | (_, _, Some(_)) => Some(MicroUsd(0)),
            // A provider that counts no tokens charges for them all the same.
            (CallStatus::Ok, ..) if usage.total() > 0 => {
                known.map(|known| known.price.cost(&usage))
            }
            _ => None,
        };
        let assumed = known.filter(|_| cost.is_none()).map(|known| {
            known.price.cost(&Usage {
                input_tokens,
                output_tokens: end.seen_tokens,
                ..Usage::default()
            })
        });
        let price = known.map(|known| {
            let mut used = rates_of(&known, &usage);
            if reported.is_some() && end.status == CallStatus::Ok {
                used.source = PriceSource::Reported;
            }
            used
        });
        let millis = |time: std::time::Duration| u64::try_from(time.as_millis()).unwrap_or(0);
        Some(SettledCall {
            id: call,
            status: end.status,
            provider,
            model,
            usage,
            cache_write_tokens: end.billed.cache_write_tokens,
            price,
            cost,
            assumed,
            first_token_ms: end.first_token.map(millis),
            duration_ms: millis(end.duration),
        })
    }

    /// A settled call is in the ledger.
    fn booked(&self, call: CallId, counted: MicroUsd, unpriced: bool) {
        let rules = self.rules();
        let news = self.lock_counters().settle(&rules, call, counted);
        news.into_iter().for_each(|warning| self.warn(warning));
        self.news.settled(unpriced);
    }

    fn warn(&self, warning: BudgetWarning) {
        let (budget, percent) = (warning.budget.as_str(), warning.percent);
        let reached = warning.reached;
        tracing::warn!(
            budget,
            percent,
            reached,
            "a budget is nearly used up, or is"
        );
        self.parts.bus.publish(&BusEvent::BudgetWarning(warning));
    }
}

fn opened(wish: &Wish<'_>) -> OpenCall {
    let sent = Usage {
        input_tokens: wish.input_tokens,
        ..Usage::default()
    };
    OpenCall {
        id: wish.id,
        started_at: wish.now,
        provider: wish.provider.to_owned(),
        model: wish.model.to_owned(),
        bill: wish.bill.clone(),
        price: wish.price.map(|known: KnownPrice| rates_of(&known, &sent)),
        assumed: wish.price.map(|known| known.price.cost(&sent)),
    }
}
