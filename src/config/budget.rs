//! Budgets beside those for a day and a month: for a conversation, a door, a device, a job.

use std::{fmt, str::FromStr};

use super::value::dollars;
use crate::model::{CallOrigin, DeviceId, MicroUsd, SessionId};

/// Longest name of whom a budget is for, in bytes.
const LONGEST: usize = 128;

/// What a budget looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum BudgetScope {
    /// Everything.
    All,
    /// A conversation.
    Session,
    /// The door that messages come in by.
    Origin,
    /// A device, so a token.
    Device,
    /// A scheduled job.
    Job,
}

impl BudgetScope {
    /// The word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Session => "session",
            Self::Origin => "origin",
            Self::Device => "device",
            Self::Job => "job",
        }
    }
}

/// How long a budget lasts before it begins anew, in the owner's time zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum BudgetPeriod {
    /// A day.
    Day,
    /// A month.
    Month,
    /// For ever.
    Total,
}

impl BudgetPeriod {
    /// The word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Month => "month",
            Self::Total => "total",
        }
    }
}

/// A budget. As text: `session * total 2.00`, `origin webhook day 0.50`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Budget {
    /// What it looks at.
    pub scope: BudgetScope,
    /// Whom it is for; `*`: each by itself.
    pub of: String,
    /// How long it lasts.
    pub period: BudgetPeriod,
    /// How much may be spent.
    pub limit: MicroUsd,
}

impl Budget {
    /// Its name: all of it but the amount.
    pub fn name(&self) -> String {
        let (scope, period) = (self.scope.as_str(), self.period.as_str());
        match self.scope {
            BudgetScope::All => period.to_owned(),
            _ => format!("{scope} {} {period}", self.of),
        }
    }
}

impl fmt::Display for Budget {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} {}", self.name(), dollars(self.limit))
    }
}

/// What a budget must look like.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "expected \"<session, origin, device or job> <whose, or *> <day, month or total> <dollars>\", \
     such as \"session * total 2.00\""
)]
pub struct BudgetError;

impl FromStr for Budget {
    type Err = BudgetError;

    fn from_str(text: &str) -> Result<Self, BudgetError> {
        let words: Vec<&str> = text.split_whitespace().collect();
        let [scope, of, period, limit] = words.as_slice() else {
            return Err(BudgetError);
        };
        let scope = match *scope {
            "session" => BudgetScope::Session,
            "origin" => BudgetScope::Origin,
            "device" => BudgetScope::Device,
            "job" => BudgetScope::Job,
            _ => return Err(BudgetError),
        };
        let period = match *period {
            "day" => BudgetPeriod::Day,
            "month" => BudgetPeriod::Month,
            "total" => BudgetPeriod::Total,
            _ => return Err(BudgetError),
        };
        let limit: MicroUsd = limit.parse().map_err(|_| BudgetError)?;
        let known = *of == "*"
            || match scope {
                BudgetScope::Session => of.parse::<SessionId>().is_ok(),
                BudgetScope::Origin => of.parse::<CallOrigin>().is_ok(),
                BudgetScope::Device => of.parse::<DeviceId>().is_ok(),
                BudgetScope::All | BudgetScope::Job => of.len() <= LONGEST,
            };
        if limit.0 <= 0 || !known {
            return Err(BudgetError);
        }
        Ok(Self {
            scope,
            of: (*of).to_owned(),
            period,
            limit,
        })
    }
}

/// What happens to calls of a model whose price is not known, which no budget can count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Unpriced {
    /// They are made, and it is said that budgets do not count them.
    #[default]
    Allow,
    /// They are refused where a budget applies.
    Block,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_budget_comes_back_as_written_and_others_are_refused() {
        for text in [
            "session * total 2.00",
            "origin webhook day 0.50",
            "job nightly month 5.125",
        ] {
            assert_eq!(text.parse::<Budget>().unwrap().to_string(), text);
        }
        for bad in [
            "",
            "session * total",
            "session * week 1",
            "user * day 1",
            "origin nowhere day 1",
            "device nobody day 1",
            "session * day 0",
            "session * day -1",
            "session * day 1 2",
        ] {
            assert_eq!(bad.parse::<Budget>(), Err(BudgetError), "{bad}");
        }
    }
}
