//! `[owner]`: whose gateway it is.

use super::{Field, field};
use crate::config::{Config, kind::Kind};

pub(super) static FIELDS: &[Field<Config>] = &[field!(
    "owner.time_zone",
    Kind::TimeZone,
    owner.time_zone,
    "Your time zone, such as \"Europe/Berlin\", for budgets and schedules; empty: this machine's."
)];
