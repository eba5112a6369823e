//! Who is calling.

use super::{DeviceId, Scope};

/// How a caller proved who it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PrincipalKind {
    /// A bearer token, in the header or the query.
    Token,
    /// The dashboard's session cookie.
    Cookie,
    /// Pairing is switched off: everybody is the owner.
    Unpaired,
}

/// A caller that was let in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Principal {
    /// The device its token belongs to; none when pairing is switched off.
    pub device_id: Option<DeviceId>,
    /// How it proved that.
    pub kind: PrincipalKind,
    /// What it may do.
    pub scopes: Vec<Scope>,
}

impl Principal {
    /// The owner, when pairing is switched off.
    pub fn unpaired() -> Self {
        Self {
            device_id: None,
            kind: PrincipalKind::Unpaired,
            scopes: vec![Scope::Admin],
        }
    }

    /// Whether it may do what `needed` asks for.
    pub fn may(&self, needed: Scope) -> bool {
        self.scopes.iter().any(|scope| scope.covers(needed))
    }
}
