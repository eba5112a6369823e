//! The API document and its explorer, packed once and served from memory.

use std::io::Write as _;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use bytes::Bytes;
use flate2::{Compression, write::GzEncoder};
use http::{StatusCode, header};
use poem::{Request, Response};

use super::spa::is_known;
use crate::crypto;

/// The document and its explorer.
#[derive(Clone, Debug)]
pub struct Docs {
    json: Packed,
    yaml: Packed,
    page: Packed,
}

#[derive(Clone, Debug)]
struct Packed {
    plain: Bytes,
    gzip: Bytes,
    etag: String,
    kind: &'static str,
    policy: Option<String>,
}

impl Docs {
    /// Packs what [`poem_openapi::OpenApiService`] makes: `spec()`, `spec_yaml()` and
    /// `swagger_ui_html()`.
    pub fn new(json: String, yaml: String, explorer: &str) -> std::io::Result<Self> {
        // Without it browsers ask for a favicon.ico that is not there.
        let icon = "<head><link rel=\"icon\" href=\"/favicon.svg\">";
        let explorer = explorer.replacen("<head>", icon, 1);
        let policy = policy(&explorer);
        Ok(Self {
            json: Packed::new(json, "application/json", None)?,
            yaml: Packed::new(yaml, "application/yaml", None)?,
            page: Packed::new(explorer, "text/html; charset=utf-8", Some(policy))?,
        })
    }

    /// Answers a request for one of them.
    pub fn answer(&self, paper: Paper, request: &Request) -> Response {
        let packed = match paper {
            Paper::Json => &self.json,
            Paper::Yaml => &self.yaml,
            Paper::Explorer => &self.page,
        };
        packed.answer(request)
    }
}

/// What can be asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Paper {
    /// `GET /openapi.json`.
    Json,
    /// `GET /openapi.yaml`.
    Yaml,
    /// `GET /docs`.
    Explorer,
}

impl Packed {
    fn new(text: String, kind: &'static str, policy: Option<String>) -> std::io::Result<Self> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(text.as_bytes())?;
        let gzip = Bytes::from(encoder.finish()?);
        let hash = crypto::sha256(text.as_bytes());
        let etag = hex::encode(&hash[..16]);
        Ok(Self {
            plain: text.into(),
            gzip,
            etag,
            kind,
            policy,
        })
    }

    fn answer(&self, request: &Request) -> Response {
        let gzip = super::spa::takes_gzip(request.headers());
        let coding = if gzip { "-gz" } else { "" };
        let etag = format!("\"{}{coding}\"", self.etag);
        let mut response = Response::builder()
            .header(header::ETAG, &etag)
            .header(header::VARY, "accept-encoding")
            .header(header::CACHE_CONTROL, "no-cache");
        if let Some(policy) = &self.policy {
            response = response.header(header::CONTENT_SECURITY_POLICY, policy);
        }
        if is_known(request.headers(), &etag) {
            return response.status(StatusCode::NOT_MODIFIED).finish();
        }
        if gzip {
            response = response.header(header::CONTENT_ENCODING, "gzip");
        }
        let body = if gzip { &self.gzip } else { &self.plain };
        response.content_type(self.kind).body(body.clone())
    }
}

/// The explorer is one page with its scripts inside: each is allowed by its hash. It sets styles
/// as it goes, and calls only this gateway.
fn policy(html: &str) -> String {
    let scripts = inline_scripts(html).map(|script| {
        // Browsers hash what they read, and they read line ends as one character.
        let hash = crypto::sha256(script.replace("\r\n", "\n").as_bytes());
        format!(" 'sha256-{}'", STANDARD.encode(hash))
    });
    let scripts: String = scripts.collect();
    format!(
        "default-src 'none'; script-src{scripts}; style-src 'unsafe-inline'; img-src 'self' \
         data:; font-src data:; connect-src 'self'; base-uri 'none'; form-action 'none'; \
         frame-ancestors 'none'"
    )
}

/// The scripts as a browser finds them: each runs to the first end tag, whatever looks like a
/// beginning inside of it.
fn inline_scripts(html: &str) -> impl Iterator<Item = &str> {
    let mut rest = html;
    std::iter::from_fn(move || {
        let (_, opened) = rest.split_once("<script")?;
        let (_, body) = opened.split_once('>')?;
        let (script, after) = body.split_once("</script>")?;
        rest = after;
        Some(script)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn docs() -> Docs {
        let page = "<style>a</style><script charset=\"UTF-8\">one</script>\
                    <script>two\r\n</script><script>three('<script>')</script>";
        Docs::new("{}".to_owned(), "a: 1".to_owned(), page).unwrap()
    }

    #[test]
    fn each_script_of_the_explorer_is_allowed_by_its_hash_and_no_other() {
        let policy = docs().page.policy.unwrap();
        for script in ["one", "two\n", "three('<script>')"] {
            let hash = STANDARD.encode(crypto::sha256(script.as_bytes()));
            assert!(policy.contains(&format!("'sha256-{hash}'")), "{policy}");
        }
        assert!(!policy.contains("script-src 'unsafe-inline'"));
        assert_eq!(policy.matches("'sha256-").count(), 3);
    }

    #[tokio::test]
    async fn the_document_is_packed_for_those_who_can_unpack_it() {
        let ask = |name: &'static str, value: &str| {
            Request::builder().header(name, value.to_owned()).finish()
        };
        let packed = docs().json.answer(&ask("accept-encoding", "gzip"));
        assert_eq!(packed.header("content-encoding"), Some("gzip"));
        assert_eq!(
            &packed.into_body().into_vec().await.unwrap()[..2],
            [0x1f, 0x8b]
        );
        let plain = docs().json.answer(&ask("accept-encoding", "br"));
        let etag = plain.header("etag").unwrap().to_owned();
        assert_eq!(plain.into_body().into_string().await.unwrap(), "{}");
        let again = docs().json.answer(&ask("if-none-match", &etag));
        assert_eq!(again.status(), StatusCode::NOT_MODIFIED);
    }
}
