//! Every setting in one list: its name, what it must be, what it is for, and the field it fills.
//! One file a section.
//! Loading, writing, masking and the documented example all read this list; `keys` finds in it.
//! What a provider can be told is in `provider_settings`.

mod agent;
mod channels;
mod cost;
mod cron;
mod gateway;
mod memory;
mod observability;
mod owner;
mod tools;
mod tunnel;
mod workspace;

use super::{Config, kind::Kind, setting::Setting, value::Value};

/// One setting of `T`.
#[derive(Debug)]
pub struct Field<T: 'static> {
    /// Its dotted name; for a provider's setting the last part alone.
    pub name: &'static str,
    /// What it must be.
    pub kind: Kind,
    /// What it is for, in one line.
    pub about: &'static str,
    pub(super) set: fn(&mut T, Value) -> bool,
    pub(super) get: fn(&T) -> Value,
}

pub(super) fn fill<S: Setting>(field: &mut S, value: Value) -> bool {
    S::take(value).map(|value| *field = value).is_some()
}

macro_rules! field {
    ($name:literal, $kind:expr, $($part:ident).+, $about:literal) => {
        Field {
            name: $name,
            kind: $kind,
            about: $about,
            set: |target, value| $crate::config::settings::fill(&mut target.$($part).+, value),
            get: |target| $crate::config::setting::Setting::give(&target.$($part).+),
        }
    };
}

pub(super) use field;

const fn from(min: i64) -> Kind {
    Kind::Whole { min, max: i64::MAX }
}

pub(super) const fn between(min: i64, max: i64) -> Kind {
    Kind::Whole { min, max }
}

const COUNT: Kind = between(0, u32::MAX as i64);

/// The fixed sections, in the order of the documented example.
static SECTIONS: &[&[Field<Config>]] = &[
    owner::FIELDS,
    gateway::FIELDS,
    agent::FIELDS,
    tools::FIELDS,
    memory::FIELDS,
    workspace::FIELDS,
    cron::FIELDS,
    cost::FIELDS,
    observability::FIELDS,
    tunnel::FIELDS,
    channels::FIELDS,
];

/// The settings of the fixed sections, in the order of the documented example.
pub fn settings() -> impl Iterator<Item = &'static Field<Config>> + Clone {
    SECTIONS.iter().copied().flatten()
}
