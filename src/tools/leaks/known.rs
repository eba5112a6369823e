//! Secrets that the gateway knows, found in all their spellings at once.

use aho_corasick::{AhoCorasick, MatchKind};
use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE_NO_PAD},
};
use secrecy::{ExposeSecret as _, SecretString};

use super::Found;

/// Shorter ones would mask ordinary words.
const SHORTEST: usize = 8;

/// The secrets as one automaton.
pub(super) struct Known(Option<AhoCorasick>);

impl Known {
    /// These secrets. Those too short to tell from a word are left out.
    pub(super) fn new(secrets: &[SecretString]) -> Self {
        let mut spellings: Vec<String> = secrets
            .iter()
            .map(SecretString::expose_secret)
            .filter(|secret| secret.chars().count() >= SHORTEST)
            .flat_map(spellings)
            .filter(|spelling| spelling.len() >= SHORTEST)
            .collect();
        spellings.sort_unstable();
        spellings.dedup();
        if spellings.is_empty() {
            return Self(None);
        }
        let built = AhoCorasick::builder()
            .match_kind(MatchKind::LeftmostLongest)
            .build(&spellings);
        if let Err(error) = &built {
            tracing::error!(%error, "the known secrets can't be looked for");
        }
        Self(built.ok())
    }

    pub(super) fn find(&self, text: &str, found: &mut Vec<Found>) {
        let Some(automaton) = &self.0 else { return };
        found.extend(automaton.find_iter(text).map(|secret| Found {
            place: secret.range(),
            kind: "a secret of this gateway",
        }));
    }
}

/// The ways in which a secret may be written.
fn spellings(secret: &str) -> Vec<String> {
    let bytes = secret.as_bytes();
    let json = serde_json::to_string(secret).unwrap_or_default();
    let mut all = vec![
        secret.to_owned(),
        json.trim_matches('"').to_owned(),
        hex::encode(bytes),
        hex::encode_upper(bytes),
        percent(bytes),
        secret.chars().rev().collect(),
    ];
    for ahead in 0..3_usize {
        // Base64 of the secret inside of a longer text: without the digits that its neighbours
        // have a share in.
        let padded = [vec![0; ahead], bytes.to_vec()].concat();
        let first = (ahead * 4).div_ceil(3);
        let last = padded.len() * 4 / 3;
        for digits in [
            STANDARD_NO_PAD.encode(&padded),
            URL_SAFE_NO_PAD.encode(&padded),
        ] {
            all.extend(digits.get(first..last).map(str::to_owned));
        }
    }
    all.push(STANDARD.encode(bytes));
    all
}

/// As in an address: everything but letters, digits and `-._~` by its number.
fn percent(bytes: &[u8]) -> String {
    bytes
        .iter()
        .map(|byte| match byte {
            byte if byte.is_ascii_alphanumeric() || b"-._~".contains(byte) => {
                char::from(*byte).to_string()
            }
            byte => format!("%{byte:02X}"),
        })
        .collect()
}
