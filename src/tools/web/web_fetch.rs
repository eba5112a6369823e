//! `web_fetch`: the readable text of a web page.

use std::time::Duration;

use async_trait::async_trait;
use reqwest::{
    Method,
    header::{ACCEPT, ACCEPT_LANGUAGE, HeaderMap, HeaderValue},
};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    fetch::{Answer, Fetcher, Request, refused},
    readable,
    target::Target,
};
use crate::{
    config::Config,
    tools::{
        Action, Effect, Permission, Preview, Scope, Tool, ToolContext, ToolError, ToolOutput,
        ToolSpec, parse,
    },
};

/// Fetches pages.
#[derive(Debug)]
pub struct WebFetch {
    spec: ToolSpec,
    fetcher: Fetcher,
}

#[derive(Deserialize)]
struct Args {
    url: String,
    raw: Option<bool>,
}

impl Default for WebFetch {
    fn default() -> Self {
        let spec = ToolSpec {
            permission: Permission::Ask,
            parallel_safe: true,
            ..ToolSpec::acting(
                Effect::Network,
                "web_fetch",
                "Fetches a web page or a text file from the public Internet and answers its \
                 readable text in Markdown. Sends nothing but the address. Follows redirects.",
                json!({
                    "type": "object",
                    "properties": {
                        "url": {
                            "type": "string", "minLength": 1, "maxLength": 8192,
                            "description": "The address, with http:// or https://"
                        },
                        "raw": {
                            "type": "boolean",
                            "description": "Answer the source of the page instead of its text"
                        }
                    },
                    "required": ["url"],
                    "additionalProperties": false
                }),
            )
        };
        Self {
            spec,
            fetcher: Fetcher::default(),
        }
    }
}

#[async_trait]
impl Tool for WebFetch {
    fn spec(&self) -> &ToolSpec {
        &self.spec
    }

    fn timeout(&self, config: &Config) -> Option<Duration> {
        Some(Fetcher::limit(config))
    }

    async fn action(&self, context: &ToolContext, args: &Value) -> Result<Action, ToolError> {
        let args: Args = parse(args)?;
        let target = Target::parse(&args.url, &context.config.tools.allowed_hosts)
            .map_err(|error| refused(&error))?;
        Ok(Action {
            summary: format!("Fetch {}", target.url),
            risk: self.spec.effect.risk(),
            preview: Preview::Request {
                method: "GET".to_owned(),
                url: target.url.to_string(),
                body: None,
            },
            scope: Some(Scope::Host(target.host_and_port())),
        })
    }

    async fn run(&self, context: &ToolContext, args: &Value) -> Result<ToolOutput, ToolError> {
        let args: Args = parse(args)?;
        let target = Target::parse(&args.url, &context.config.tools.allowed_hosts)
            .map_err(|error| refused(&error))?;
        let mut headers = HeaderMap::new();
        headers.insert(
            ACCEPT,
            HeaderValue::from_static(
                "text/html,text/markdown,text/plain,application/json;q=0.9,*/*;q=0.5",
            ),
        );
        headers.insert(ACCEPT_LANGUAGE, HeaderValue::from_static("en,*;q=0.5"));
        let request = Request {
            method: Method::GET,
            headers,
            body: None,
            follow: true,
        };
        let answer = self.fetcher.fetch(context, target, request).await?;
        Ok(told(&answer, args.raw.unwrap_or(false)))
    }
}

fn told(answer: &Answer, raw: bool) -> ToolOutput {
    let media = answer.media_type();
    let is_page = media == "text/html" || media == "application/xhtml+xml";
    let (title, text) = match answer.text() {
        None => (
            None,
            format!("[{media}, {} bytes: not a text]", answer.body.len()),
        ),
        Some(text) if is_page && !raw => {
            let page = readable::read(&text, &answer.url);
            (page.title, page.text)
        }
        Some(text) => (None, text),
    };
    let mut out = format!("{} ({})\n", answer.url, answer.status);
    if let Some(title) = &title {
        out.push_str(title);
        out.push('\n');
    }
    out.push('\n');
    out.push_str(if text.is_empty() {
        "[the page has no text]"
    } else {
        &text
    });
    if answer.cut {
        out.push_str("\n[the page is longer; only its beginning was read]");
    }
    ToolOutput {
        success: answer.status.is_success(),
        ..ToolOutput::from_others(answer.url.as_str(), out)
    }
    .with_details(json!({
        "url": answer.url.as_str(),
        "status": answer.status.as_u16(),
        "media_type": media,
        "title": title,
        "bytes": answer.body.len(),
        "cut": answer.cut,
    }))
    .with_more("Fetch a more precise address to see it.")
}
