//! `http_request`: any request to a web service, and its answer as it is.

use std::{collections::BTreeMap, time::Duration};

use async_trait::async_trait;
use reqwest::{
    Method,
    header::{HeaderMap, HeaderName, HeaderValue},
};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    fetch::{Answer, Fetcher, Request, refused},
    target::Target,
};
use crate::{
    config::Config,
    model::Risk,
    tools::{
        Action, Effect, Preview, Scope, Tool, ToolContext, ToolError, ToolOutput, ToolSpec, parse,
    },
};

/// Largest body that is sent, in characters.
const LARGEST: usize = 262_144;
/// Headers that belong to the connection, or would say who asks.
const OURS: &[&str] = &[
    "connection",
    "content-length",
    "expect",
    "forwarded",
    "host",
    "keep-alive",
    "proxy-authorization",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "x-forwarded-for",
    "x-forwarded-host",
    "x-real-ip",
    "metadata",
    "metadata-flavor",
    "x-aws-ec2-metadata-token",
];
/// Headers of an answer that say nothing to a model.
const NOISE: &[&str] = &[
    "alt-svc",
    "cf-ray",
    "connection",
    "content-security-policy",
    "keep-alive",
    "nel",
    "permissions-policy",
    "report-to",
    "reporting-endpoints",
    "set-cookie",
    "strict-transport-security",
    "transfer-encoding",
    "vary",
    "via",
    "x-frame-options",
];

/// Makes requests.
#[derive(Debug)]
pub struct HttpRequest {
    spec: ToolSpec,
    fetcher: Fetcher,
}

#[derive(Deserialize)]
struct Args {
    method: Option<String>,
    url: String,
    headers: Option<BTreeMap<String, String>>,
    body: Option<Value>,
}

impl Default for HttpRequest {
    fn default() -> Self {
        let spec = ToolSpec::acting(
            Effect::Network,
            "http_request",
            "Makes one HTTP request to a web service on the public Internet and answers its \
                 status, headers and body. Does not follow redirects. For reading pages use \
                 web_fetch.",
            json!({
                "type": "object",
                "properties": {
                    "url": {
                        "type": "string", "minLength": 1, "maxLength": 8192,
                        "description": "The address, with http:// or https://"
                    },
                    "method": {
                        "type": "string",
                        "enum": ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"],
                        "description": "Left out: GET, or POST when there is a body"
                    },
                    "headers": {
                        "type": "object",
                        "description": "Headers by name, each a text"
                    },
                    "body": {
                        "type": ["string", "object", "array"],
                        "description": "A text is sent as it is, anything else as JSON"
                    }
                },
                "required": ["url"],
                "additionalProperties": false
            }),
        );
        Self {
            spec,
            fetcher: Fetcher::default(),
        }
    }
}

#[async_trait]
impl Tool for HttpRequest {
    fn spec(&self) -> &ToolSpec {
        &self.spec
    }

    fn timeout(&self, config: &Config) -> Option<Duration> {
        Some(Fetcher::limit(config))
    }

    async fn action(&self, context: &ToolContext, args: &Value) -> Result<Action, ToolError> {
        let (target, request) = read(context, args)?;
        let looks = matches!(request.method, Method::GET | Method::HEAD | Method::OPTIONS)
            && request.body.is_none();
        Ok(Action {
            summary: format!("{} {}", request.method, target.url),
            risk: if looks { Risk::Medium } else { Risk::High },
            preview: Preview::Request {
                method: request.method.to_string(),
                url: target.url.to_string(),
                body: shown_body(&request),
            },
            // What sends something is asked for each time.
            scope: looks.then(|| Scope::Host(target.host_and_port())),
        })
    }

    async fn run(&self, context: &ToolContext, args: &Value) -> Result<ToolOutput, ToolError> {
        let (target, request) = read(context, args)?;
        let answer = self.fetcher.fetch(context, target, request).await?;
        Ok(told(&answer))
    }
}

fn read(context: &ToolContext, args: &Value) -> Result<(Target, Request), ToolError> {
    let args: Args = parse(args)?;
    let target = Target::parse(&args.url, &context.config.tools.allowed_hosts)
        .map_err(|error| refused(&error))?;
    let mut headers = HeaderMap::new();
    for (name, value) in args.headers.unwrap_or_default() {
        let (name, value) = header(&name, &value)?;
        headers.insert(name, value);
    }
    let body = match args.body {
        None | Some(Value::Null) => None,
        Some(Value::String(text)) => Some(text),
        Some(other) => {
            headers
                .entry(reqwest::header::CONTENT_TYPE)
                .or_insert(HeaderValue::from_static("application/json"));
            Some(other.to_string())
        }
    };
    if body.as_ref().is_some_and(|body| body.len() > LARGEST) {
        return Err(ToolError::Arguments(format!(
            "`body`: {LARGEST} bytes are the most that is sent"
        )));
    }
    let method = match args.method.as_deref() {
        Some(name) => name
            .parse()
            .map_err(|_| ToolError::Arguments(format!("`method`: there is no method {name:?}")))?,
        None if body.is_some() => Method::POST,
        None => Method::GET,
    };
    let request = Request {
        method,
        headers,
        body,
        follow: false,
    };
    Ok((target, request))
}

fn header(name: &str, value: &str) -> Result<(HeaderName, HeaderValue), ToolError> {
    let wrong = |why: &str| ToolError::Arguments(format!("the header {name:?} {why}"));
    let lower = name.to_ascii_lowercase();
    if OURS.contains(&lower.as_str()) {
        return Err(wrong("can't be set"));
    }
    let name = HeaderName::from_bytes(lower.as_bytes()).map_err(|_| wrong("has no valid name"))?;
    let value = HeaderValue::from_str(value).map_err(|_| wrong("has no valid value"))?;
    Ok((name, value))
}

/// Headers and body as a card shows them.
fn shown_body(request: &Request) -> Option<String> {
    let mut lines: Vec<String> = request
        .headers
        .iter()
        .map(|(name, value)| format!("{name}: {}", value.to_str().unwrap_or("?")))
        .collect();
    if let Some(body) = &request.body {
        if !lines.is_empty() {
            lines.push(String::new());
        }
        lines.push(body.clone());
    }
    (!lines.is_empty()).then(|| lines.join("\n"))
}

fn told(answer: &Answer) -> ToolOutput {
    let mut out = format!("{}\n", answer.status);
    for (name, value) in &answer.headers {
        if let (false, Ok(value)) = (NOISE.contains(&name.as_str()), value.to_str()) {
            out.push_str(&format!("{name}: {value}\n"));
        }
    }
    out.push('\n');
    match answer.text() {
        Some(text) => out.push_str(&text),
        None => out.push_str(&format!(
            "[{}, {} bytes: not a text]",
            answer.media_type(),
            answer.body.len()
        )),
    }
    if answer.cut {
        out.push_str("\n[the answer is longer; only its beginning was read]");
    }
    ToolOutput {
        success: answer.status.as_u16() < 400,
        ..ToolOutput::from_others(answer.url.as_str(), out)
    }
    .with_details(json!({
        "url": answer.url.as_str(),
        "status": answer.status.as_u16(),
        "media_type": answer.media_type(),
        "bytes": answer.body.len(),
        "cut": answer.cut,
    }))
}
