//! What the gateway says of itself when it has started: the truth, and what to do next.

use std::fmt::Write as _;

use crate::{clock::Clock, providers::Selected, security::MintedCode};

/// What the banner tells of.
pub(super) struct Facts<'a> {
    /// The address really listened on.
    pub url: &'a str,
    /// The page is in this program.
    pub page: bool,
    /// The provider in use.
    pub selected: &'a Selected,
    /// A code that can be used now.
    pub code: Option<&'a MintedCode>,
    /// A token is asked for.
    pub require_pairing: bool,
    /// Devices paired.
    pub devices: usize,
    /// Turns of the last run that go on.
    pub recovered: usize,
}

/// The banner.
pub(super) fn banner(facts: &Facts<'_>, clock: &dyn Clock) -> String {
    let url = facts.url;
    let mut text = format!(
        "Clawgate {} listening on {url}\n",
        env!("CARGO_PKG_VERSION")
    );
    let mut line = |words: std::fmt::Arguments<'_>| {
        // Writing to a string can't fail.
        let _infallible = writeln!(text, "  {words}");
    };
    if facts.page {
        line(format_args!("Dashboard: {url}/"));
    } else {
        line(format_args!(
            "Dashboard: not in this build. Install Node.js 20.19 or newer and build again."
        ));
    }
    let model = &facts.selected.model;
    let dot = if model.is_empty() { "" } else { " · " };
    line(format_args!(
        "Model:     {}{dot}{model}",
        facts.selected.name
    ));
    if let Some(hint) = &facts.selected.hint {
        line(format_args!("           {hint}"));
    }
    line(format_args!(
        "POST /pair     exchange a pairing code for a token"
    ));
    line(format_args!(
        "POST /webhook  {{\"message\": \"your prompt\"}}"
    ));
    line(format_args!(
        "POST /api/chat {{\"message\": \"…\", \"session_id\": \"…\"}}"
    ));
    line(format_args!("WS   /ws/chat  chat and news over one socket"));
    line(format_args!(
        "GET  /health   health check    GET /metrics  Prometheus metrics"
    ));
    line(format_args!("GET  /docs     every route"));
    if facts.recovered > 0 {
        line(format_args!(
            "Going on with {} unfinished turns of the last run",
            facts.recovered
        ));
    }
    match (facts.code, facts.require_pairing) {
        (Some(minted), _) => {
            text.push_str("\nPAIRING REQUIRED: use this one-time code\n");
            text.push_str(&code(minted, Some(url), clock));
        }
        (None, true) => {
            let _infallible = writeln!(
                text,
                "\n{} paired. \"clawgate pair\" prints a code for one more device.",
                devices(facts.devices)
            );
        }
        (None, false) => text.push_str(
            "\nPAIRING IS OFF: everybody who can reach this address is the owner. Set \
             [gateway] require_pairing = true to change that.\n",
        ),
    }
    text
}

/// A code in its box, and how to use it.
pub(super) fn code(minted: &MintedCode, url: Option<&str>, clock: &dyn Clock) -> String {
    let shown = minted.code.to_string();
    let bar = "─".repeat(shown.chars().count() + 4);
    let minutes = minted.expires_at.millis_since(clock.now()).div_ceil(60_000);
    let mut text = format!("   ┌{bar}┐\n   │  {shown}  │\n   └{bar}┘\n");
    let _infallible = writeln!(text, "   Works once, for {minutes} minutes.");
    if let Some(url) = url {
        let _infallible = writeln!(text, "   Browser: {url}/#code={shown}");
    }
    let _infallible = writeln!(
        text,
        "   Program: POST /pair with the header X-Pairing-Code: {shown}"
    );
    text
}

fn devices(count: usize) -> String {
    if count == 1 {
        "1 device is".to_owned()
    } else {
        format!("{count} devices are")
    }
}
