//! How well-known keys look. A format's hints are looked for first, all at once; only where one
//! occurs is its expression run.

use std::sync::OnceLock;

use aho_corasick::AhoCorasick;
use regex::Regex;

use super::Found;

struct Format {
    kind: &'static str,
    /// One of these is part of every such key.
    hints: &'static [&'static str],
    /// The group `key`, or the whole, is the secret.
    pattern: &'static str,
}

macro_rules! formats {
    ($($kind:literal: [$($hint:literal),+] $pattern:literal;)+) => {
        &[$(Format { kind: $kind, hints: &[$($hint),+], pattern: $pattern }),+]
    };
}

static FORMATS: &[Format] = formats! {
    "a Clawgate token": ["zcl_live_"] r"\bzcl_live_[A-Za-z0-9_-]{20,}";
    "a sealed setting": ["enc:v1:"] r"\benc:v1:[A-Za-z0-9_-]{32,}";
    "a private key": ["PRIVATE KEY"]
        r"-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----(?:[A-Za-z0-9+/=:,.\s\\-]*?-----END (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----|[A-Za-z0-9+/=:,\s\\-]*)";
    "an age key": ["AGE-SECRET-KEY-1"] r"\bAGE-SECRET-KEY-1[0-9A-Z]{58}\b";
    "a PuTTY key": ["Private-Lines:"] r"Private-Lines: \d+\s+(?P<key>[A-Za-z0-9+/=\s]{40,})";
    "an AWS key id": ["AKIA", "ASIA", "ABIA", "ACCA"] r"\b(?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}\b";
    "an AWS secret key": ["ecret_access_key", "ecretAccessKey", "SECRET_ACCESS_KEY"]
        r#"(?i)secret_?access_?key["']?\s*[=:]\s*["']?(?P<key>[A-Za-z0-9/+=]{40})(?:[^A-Za-z0-9/+=]|$)"#;
    "a GitHub token": ["ghp_", "gho_", "ghu_", "ghs_", "ghr_"] r"\bgh[pousr]_[A-Za-z0-9]{36,255}";
    "a GitHub token": ["github_pat_"] r"\bgithub_pat_[A-Za-z0-9_]{36,255}";
    "a GitLab token": ["glpat-", "gldt-", "glrt-", "glcbt-", "glptt-", "glsoat-", "glagent-"]
        r"\bgl(?:pat|dt|rt|cbt|ptt|soat|agent)-[A-Za-z0-9_.-]{20,}";
    "an Anthropic key": ["sk-ant-"] r"\bsk-ant-[a-z0-9]+-[A-Za-z0-9_-]{20,}";
    "an OpenRouter key": ["sk-or-"] r"\bsk-or-(?:v1-)?[A-Za-z0-9]{32,}";
    "an OpenAI key": ["sk-"]
        r"\bsk-(?:(?:proj|svcacct|admin|None)-[A-Za-z0-9_-]{20,}|[A-Za-z0-9]{32,})";
    "a Google key": ["AIza"] r"\bAIza[A-Za-z0-9_-]{35}";
    "a Google token": ["ya29."] r"\bya29\.[A-Za-z0-9_-]{20,}";
    "a Google client secret": ["GOCSPX-"] r"\bGOCSPX-[A-Za-z0-9_-]{28}";
    "a Slack token": ["xoxa-", "xoxb-", "xoxc-", "xoxd-", "xoxe-", "xoxo-", "xoxp-", "xoxr-", "xoxs-", "xoxe."]
        r"\bxox[abcdeoprs][-.][A-Za-z0-9.%-]{10,}";
    "a Slack token": ["xapp-"] r"\bxapp-\d-[A-Za-z0-9-]{20,}";
    "a Slack webhook": ["hooks.slack.com/"]
        r"hooks\.slack\.com/(?P<key>(?:services|workflows|triggers)/[A-Za-z0-9/_+-]{20,})";
    "a Discord webhook": ["/api/webhooks/"]
        r"discord(?:app)?\.com/api/webhooks/(?P<key>\d{17,20}/[A-Za-z0-9_-]{60,})";
    "a Discord token": [".G", ".X", ".Y", ".Z"]
        r"\b[MNO][A-Za-z0-9_-]{23,27}\.[GXYZ][A-Za-z0-9_-]{5}\.[A-Za-z0-9_-]{27,40}";
    "a Telegram token": [":AA"] r"\b\d{8,10}:AA[A-Za-z0-9_-]{33}\b";
    "a Stripe key": ["sk_live_", "sk_test_", "rk_live_", "rk_test_"]
        r"\b[sr]k_(?:live|test)_[A-Za-z0-9]{16,}";
    "a webhook secret": ["whsec_"] r"\bwhsec_[A-Za-z0-9+/=]{24,}";
    "a Twilio key": ["SK", "AC"] r"\bSK[0-9a-f]{32}\b";
    "a SendGrid key": ["SG."] r"\bSG\.[A-Za-z0-9_-]{20,24}\.[A-Za-z0-9_-]{39,50}";
    "a Mailgun key": ["key-"] r"\bkey-[0-9a-f]{32}\b";
    "a Brevo key": ["xkeysib-"] r"\bxkeysib-[0-9a-f]{64}-[A-Za-z0-9]{16}";
    "an npm token": ["npm_"] r"\bnpm_[A-Za-z0-9]{36}\b";
    "a PyPI token": ["pypi-"] r"\bpypi-AgE[A-Za-z0-9_-]{50,}";
    "a crates.io token": ["cio"] r"\bcio[A-Za-z0-9]{32}\b";
    "a RubyGems key": ["rubygems_"] r"\brubygems_[0-9a-f]{48}\b";
    "a Docker token": ["dckr_pat_", "dckr_oat_"] r"\bdckr_[po]at_[A-Za-z0-9_-]{27,}";
    "a Hugging Face token": ["hf_"] r"\bhf_[A-Za-z0-9]{34,}\b";
    "a Groq key": ["gsk_"] r"\bgsk_[A-Za-z0-9]{40,}";
    "an xAI key": ["xai-"] r"\bxai-[A-Za-z0-9]{60,}";
    "a Perplexity key": ["pplx-"] r"\bpplx-[A-Za-z0-9]{40,}";
    "a Replicate token": ["r8_"] r"\br8_[A-Za-z0-9]{37,40}\b";
    "a DigitalOcean token": ["dop_v1_", "doo_v1_", "dor_v1_"] r"\bdo[opr]_v1_[0-9a-f]{64}";
    "a Linear key": ["lin_api_", "lin_oauth_"] r"\blin_(?:api|oauth)_[A-Za-z0-9]{32,}";
    "a Notion key": ["ntn_"] r"\bntn_[A-Za-z0-9]{40,}";
    "a Shopify token": ["shpat_", "shpca_", "shppa_", "shpss_"] r"\bshp(?:at|ca|pa|ss)_[0-9a-fA-F]{32}";
    "a Databricks token": ["dapi"] r"\bdapi[0-9a-f]{32}(?:-\d)?\b";
    "a Doppler token": ["dp."] r"\bdp\.(?:pt|st|ct|sa|scim|audit)\.(?:[A-Za-z0-9_-]+\.)?[A-Za-z0-9]{40,44}\b";
    "a Vault token": ["hvs.", "hvb.", "hvr."] r"\bhv[sbr]\.[A-Za-z0-9_-]{24,}";
    "a Terraform token": [".atlasv1."] r"\b[A-Za-z0-9]{14}\.atlasv1\.[A-Za-z0-9_=-]{60,70}";
    "a Tailscale key": ["tskey-"] r"\btskey-[a-z]+-[A-Za-z0-9]+-[A-Za-z0-9]{10,}";
    "a Grafana token": ["glsa_", "glc_"] r"\b(?:glsa_[A-Za-z0-9]{32}_[0-9a-fA-F]{8}|glc_[A-Za-z0-9+/=]{32,})";
    "a Sentry token": ["sntrys_", "sntryu_"] r"\b(?:sntryu_[0-9a-f]{64}|sntrys_[A-Za-z0-9+/=_-]{40,})";
    "a Postman key": ["PMAK-"] r"\bPMAK-[0-9a-f]{24}-[0-9a-f]{34}\b";
    "a Square token": ["sq0atp-", "sq0csp-"] r"\bsq0(?:atp|csp)-[A-Za-z0-9_-]{22,43}";
    "a Supabase token": ["sbp_", "sb_secret_"] r"\b(?:sbp_[0-9a-f]{40}|sb_secret_[A-Za-z0-9_-]{20,})";
    "a PlanetScale token": ["pscale_"] r"\bpscale_(?:tkn|pw|oauth)_[A-Za-z0-9_.=-]{32,}";
    "a New Relic key": ["NRAK-"] r"\bNRAK-[A-Z0-9]{27}\b";
    "an Azure key": ["AccountKey=", "SharedAccessKey="]
        r"\b(?:AccountKey|SharedAccessKey)=(?P<key>[A-Za-z0-9+/]{43,86}={0,2})";
    "a signed address": ["sig=", "X-Amz-Signature=", "X-Goog-Signature="]
        r"[?&](?:sig|X-Amz-Signature|X-Goog-Signature)=(?P<key>[A-Za-z0-9%+/_-]{32,})";
    "a JSON Web Token": ["eyJ"] r"\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}";
    "a password in an address": ["://"]
        r#"\b[A-Za-z][A-Za-z0-9+.-]{1,20}://[^\s/"'<>:@]{0,128}:(?P<key>[^\s/"'<>:@$\{\}\[\]*]{3,256})@[A-Za-z0-9\[]"#;
    "a bearer token": ["earer ", "EARER "]
        r#"(?i)\bauthorization["']?\s*[:=]\s*["']?bearer\s+(?P<key>[A-Za-z0-9_.~+/=-]{16,})"#;
    "a password": ["asic "]
        r#"(?i)\bauthorization["']?\s*[:=]\s*["']?basic\s+(?P<key>[A-Za-z0-9+/=]{8,})"#;
    "a session cookie": ["clawgate_session"] r"\bclawgate_session=(?P<key>[A-Za-z0-9_.-]{16,})";
};

/// Whether every hint of a format is of letters that occur in no other text: that decides nothing
/// but speed.
struct Hints {
    automaton: AhoCorasick,
    /// The format of each hint.
    formats: Vec<usize>,
}

fn hints() -> Option<&'static Hints> {
    static HINTS: OnceLock<Option<Hints>> = OnceLock::new();
    HINTS
        .get_or_init(|| {
            let of = |at: usize| FORMATS[at].hints.iter().map(move |hint| (*hint, at));
            let (words, formats): (Vec<&str>, Vec<usize>) = (0..FORMATS.len()).flat_map(of).unzip();
            let automaton = AhoCorasick::new(words).ok()?;
            Some(Hints { automaton, formats })
        })
        .as_ref()
}

fn expression(at: usize) -> Option<&'static Regex> {
    static COMPILED: [OnceLock<Option<Regex>>; FORMATS_MOST] =
        [const { OnceLock::new() }; FORMATS_MOST];
    let format = FORMATS.get(at)?;
    COMPILED
        .get(at)?
        .get_or_init(|| Regex::new(format.pattern).ok())
        .as_ref()
}

/// Room for as many expressions; a test holds that all have one.
const FORMATS_MOST: usize = 96;

pub(super) fn find(text: &str, found: &mut Vec<Found>) {
    let Some(hints) = hints() else { return };
    let mut present = [false; FORMATS_MOST];
    for hint in hints.automaton.find_overlapping_iter(text) {
        if let Some(place) = hints
            .formats
            .get(hint.pattern().as_usize())
            .and_then(|at| present.get_mut(*at))
        {
            *place = true;
        }
    }
    for (at, _) in present.iter().enumerate().filter(|(_, present)| **present) {
        let Some(expression) = expression(at) else {
            continue;
        };
        for secret in expression.captures_iter(text) {
            let Some(key) = secret.name("key").or_else(|| secret.get(0)) else {
                continue;
            };
            found.push(Found {
                place: key.range(),
                kind: FORMATS[at].kind,
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_format_has_its_expression_and_its_hints() {
        assert!(hints().is_some());
        assert!(FORMATS.len() <= FORMATS_MOST);
        for (at, format) in FORMATS.iter().enumerate() {
            assert!(expression(at).is_some(), "{}", format.kind);
        }
    }
}
