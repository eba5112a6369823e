//! Budgets changed by their owner while the gateway runs.

use std::sync::Arc;

use crate::{
    config::{Budget, ConfigKeeper, Edit, Loaded, OnLimit, Unpriced, document::DocumentError},
    model::MicroUsd,
};

/// Budgets as their owner wants them. What is none stays as it is.
#[derive(Clone, Debug, Default)]
pub struct BudgetChange {
    /// For a day; nothing: no limit.
    pub daily_limit: Option<MicroUsd>,
    /// For a month; nothing: no limit.
    pub monthly_limit: Option<MicroUsd>,
    /// The share of a limit at which to warn.
    pub warn_at_percent: Option<u8>,
    /// What happens at the limit.
    pub on_limit: Option<OnLimit>,
    /// The model to go on with.
    pub downgrade_to: Option<String>,
    /// What happens to models whose price is not known.
    pub unpriced: Option<Unpriced>,
    /// All further budgets.
    pub budgets: Option<Vec<Budget>>,
}

/// Why budgets are not changed. Everything is as it was.
#[derive(Debug, thiserror::Error)]
pub enum BudgetEditError {
    /// The file, or what would stand in it, stands against it.
    #[error(transparent)]
    Document(#[from] DocumentError),
}

pub(super) async fn change(
    keeper: &Arc<ConfigKeeper>,
    change: BudgetChange,
) -> Result<(), BudgetEditError> {
    let keeper = Arc::clone(keeper);
    let work = move || {
        keeper
            .change(|_: &Loaded| Ok::<_, DocumentError>(edits(&change)))
            .map(drop)
    };
    let written = tokio::task::spawn_blocking(work).await;
    Ok(written.map_err(|error| DocumentError::Io(std::io::Error::other(error)))??)
}

fn edits(change: &BudgetChange) -> Vec<Edit> {
    let set = |key: &str, value: String| Edit::Set(format!("cost.{key}"), value);
    let money = |key: &str, amount: Option<MicroUsd>| {
        amount.map(|amount| set(key, crate::config::Value::Money(amount).to_string()))
    };
    let word = |on_limit: OnLimit| match on_limit {
        OnLimit::Block => "block",
        OnLimit::Warn => "warn",
        OnLimit::Downgrade => "downgrade",
    };
    let unpriced = |unpriced: Unpriced| match unpriced {
        Unpriced::Allow => "allow",
        Unpriced::Block => "block",
    };
    let share = change.warn_at_percent;
    let budgets = change.budgets.as_ref();
    [
        money("daily_limit_usd", change.daily_limit),
        money("monthly_limit_usd", change.monthly_limit),
        share.map(|share| Edit::SetWhole("cost.warn_at_percent".to_owned(), share.into())),
        (change.on_limit).map(|at| set("on_limit", word(at).to_owned())),
        (change.downgrade_to.as_ref()).map(|to| set("downgrade_to", to.trim().to_owned())),
        (change.unpriced).map(|what| set("unpriced", unpriced(what).to_owned())),
        budgets.map(|budgets| {
            let texts = budgets.iter().map(ToString::to_string).collect();
            Edit::SetList("cost.budgets".to_owned(), texts)
        }),
    ]
    .into_iter()
    .flatten()
    .collect()
}
