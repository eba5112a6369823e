//! The embedded page: compressed beforehand, revalidated by hash, and `index.html` with a fresh
//! nonce each time.

use std::borrow::Cow;

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use http_body::Body as _;
use http_body_util::combinators::BoxBody;
use poem::{IntoResponse as _, Request, Response, web::Json};
use rust_embed::RustEmbed;

use crate::{
    api::{ApiError, ErrorBody},
    crypto,
};

#[derive(RustEmbed)]
#[folder = "web/dist"]
#[exclude = "*.map"]
#[allow_missing = true]
struct Files;

/// What `index.html` has where the nonce of the answer belongs.
const NONCE_PLACE: &str = "__CSP_NONCE__";
/// Files here have their hash in their name.
const HASHED: &str = "assets/";
/// The frame in which the page has diagrams drawn. What draws them writes styles into them, which
/// the page itself allows nobody: so it stands apart, where nothing can be fetched.
const DIAGRAMS: &str = "diagram.html";
const DIAGRAMS_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'unsafe-inline'; \
    base-uri 'none'; form-action 'none'; frame-ancestors 'self'";

/// A file of the page.
#[derive(Clone, Debug)]
struct File {
    bytes: Cow<'static, [u8]>,
    sha256: [u8; 32],
}

impl File {
    fn body(self) -> Bytes {
        match self.bytes {
            Cow::Borrowed(bytes) => Bytes::from_static(bytes),
            Cow::Owned(bytes) => Bytes::from(bytes),
        }
    }
}

/// Serves the page.
#[derive(Clone, Copy, Debug)]
pub struct Spa {
    find: fn(&str) -> Option<File>,
}

impl Default for Spa {
    fn default() -> Self {
        Self { find: embedded }
    }
}

/// Whether this program was built with the page.
pub fn is_built_in() -> bool {
    embedded("index.html").is_some()
}

fn embedded(path: &str) -> Option<File> {
    let file = Files::get(path)?;
    Some(File {
        sha256: file.metadata.sha256_hash(),
        bytes: file.data,
    })
}

impl Spa {
    /// Answers a `GET` or `HEAD` of a path that is no route: a file, or the page itself for what
    /// looks like one of its pages.
    pub fn answer(self, request: &Request) -> Response {
        let mut response = self.find_answer(request);
        if request.method() == Method::HEAD {
            let body: BoxBody<Bytes, std::io::Error> = response.take_body().into();
            if let Some(length) = body.size_hint().exact() {
                response
                    .headers_mut()
                    .insert(header::CONTENT_LENGTH, HeaderValue::from(length));
            }
        }
        response
    }

    fn find_answer(self, request: &Request) -> Response {
        let path = request.uri().path().trim_start_matches('/');
        let is_index = path.is_empty() || path == "index.html";
        if !is_index && let Some(file) = (self.find)(path) {
            return self.file(path, file, request.headers());
        }
        if !is_index && looks_like_a_file(path) {
            return missing();
        }
        match (self.find)("index.html") {
            Some(index) => page(&index.bytes, request.header(header::HOST)),
            None => not_built_in(),
        }
    }

    fn file(self, path: &str, file: File, asked: &HeaderMap) -> Response {
        let accepted = Accepted::read(asked);
        let packed = accepted.in_order().find_map(|(coding, ending)| {
            (self.find)(&format!("{path}.{ending}")).map(|file| (coding, file))
        });
        let varies = ["br", "gz"]
            .iter()
            .any(|end| (self.find)(&format!("{path}.{end}")).is_some());
        let (coding, file) = packed.map_or((None, file), |(coding, file)| (Some(coding), file));
        let etag = format!("\"{}\"", hex::encode(&file.sha256[..16]));
        let cache = if path.starts_with(HASHED) {
            "public, max-age=31536000, immutable"
        } else {
            "no-cache"
        };
        let mut response = Response::builder()
            .header(header::ETAG, &etag)
            .header(header::CACHE_CONTROL, cache);
        if path == DIAGRAMS {
            response = response
                .header(header::CONTENT_SECURITY_POLICY, DIAGRAMS_POLICY)
                .header(header::X_FRAME_OPTIONS, "SAMEORIGIN");
        }
        if varies {
            response = response.header(header::VARY, "accept-encoding");
        }
        if is_known(asked, &etag) {
            return response.status(StatusCode::NOT_MODIFIED).finish();
        }
        if let Some(coding) = coding {
            response = response.header(header::CONTENT_ENCODING, coding);
        }
        let kind = mime_guess::from_path(path).first_or_octet_stream();
        let kind = match kind.type_().as_str() {
            "text" => format!("{kind}; charset=utf-8"),
            _ => kind.to_string(),
        };
        response.content_type(kind).body(file.body())
    }
}

/// Codings a client takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Accepted {
    brotli: bool,
    gzip: bool,
}

impl Accepted {
    fn read(headers: &HeaderMap) -> Self {
        let mut accepted = Self {
            brotli: false,
            gzip: false,
        };
        let values = headers.get_all(header::ACCEPT_ENCODING).iter();
        for entry in values
            .filter_map(|value| value.to_str().ok())
            .flat_map(|all| all.split(','))
        {
            let (name, weight) = entry.split_once(';').unwrap_or((entry, "q=1"));
            let weight = weight.trim().strip_prefix("q=").unwrap_or("1").trim();
            let wanted = weight.parse::<f32>().is_ok_and(|weight| weight > 0.0);
            match name.trim().to_ascii_lowercase().as_str() {
                "br" => accepted.brotli = wanted,
                "gzip" => accepted.gzip = wanted,
                _ => {}
            }
        }
        accepted
    }

    /// The name of the coding and the ending of its files, the best first.
    fn in_order(self) -> impl Iterator<Item = (&'static str, &'static str)> {
        [(self.brotli, "br", "br"), (self.gzip, "gzip", "gz")]
            .into_iter()
            .filter(|(accepted, ..)| *accepted)
            .map(|(_, coding, ending)| (coding, ending))
    }
}

/// Whether the client takes answers packed with gzip.
pub(super) fn takes_gzip(headers: &HeaderMap) -> bool {
    Accepted::read(headers).gzip
}

/// Whether the client has this version already.
pub(super) fn is_known(headers: &HeaderMap, etag: &str) -> bool {
    let values = headers.get_all(header::IF_NONE_MATCH).iter();
    let mut tags = values
        .filter_map(|value| value.to_str().ok())
        .flat_map(|all| all.split(','));
    tags.any(|tag| {
        let tag = tag.trim();
        tag == "*" || tag.strip_prefix("W/").unwrap_or(tag) == etag
    })
}

fn page(index: &[u8], host: Option<&str>) -> Response {
    let nonce = match crypto::random_bytes::<16>() {
        Ok(bytes) => hex::encode(bytes),
        Err(error) => return ApiError::internal(&error).into_response(),
    };
    let html = String::from_utf8_lossy(index).replace(NONCE_PLACE, &nonce);
    html_answer(html, &policy(&nonce, host))
}

/// Older browsers do not count sockets to one's own host as `'self'`, so it is named.
fn policy(nonce: &str, host: Option<&str>) -> String {
    let plain = |host: &&str| {
        host.bytes()
            .all(|b| b.is_ascii_alphanumeric() || b".-:[]".contains(&b))
    };
    let sockets = host
        .filter(plain)
        .map(|host| format!(" ws://{host} wss://{host}"));
    let sockets = sockets.unwrap_or_default();
    format!(
        "default-src 'self'; script-src 'self'; style-src 'self' 'nonce-{nonce}'; img-src 'self' \
         data: blob:; connect-src 'self'{sockets}; font-src 'self'; object-src 'none'; base-uri \
         'none'; form-action 'self'; frame-ancestors 'none'"
    )
}

fn html_answer(html: String, policy: &str) -> Response {
    Response::builder()
        .header(header::CACHE_CONTROL, "no-cache")
        .header(header::CONTENT_SECURITY_POLICY, policy)
        .content_type("text/html; charset=utf-8")
        .body(html)
}

/// Whether a path can only mean a file that is not there. Names of conversations may have dots
/// too, so only files of the page's own places count.
fn looks_like_a_file(path: &str) -> bool {
    path.starts_with("assets/") || (!path.contains('/') && path.contains('.'))
}

fn missing() -> Response {
    let body = ErrorBody::new("NOT_FOUND", "The page has no such file.");
    let mut response = Json(body).into_response();
    response.set_status(StatusCode::NOT_FOUND);
    response
}

fn not_built_in() -> Response {
    let html = "<!doctype html>\n<html lang=\"en\">\n<head><meta charset=\"utf-8\">\
        <meta name=\"viewport\" content=\"width=device-width\"><title>Clawgate</title></head>\n\
        <body>\n<h1>Clawgate is running</h1>\n<p>This program was built without its dashboard. \
        The gateway itself works: its API is described at <a href=\"/docs\">/docs</a>.</p>\n\
        <p>To get the dashboard, build the page and then the program again, with Node 20 or \
        newer:</p>\n<pre>cd web\nnpm ci\nnpm run build\ncd ..\ncargo build --release</pre>\n\
        </body>\n</html>\n";
    html_answer(
        html.to_owned(),
        "default-src 'none'; base-uri 'none'; frame-ancestors 'none'",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn some_files(path: &str) -> Option<File> {
        let bytes: &'static [u8] = match path {
            "index.html" => b"<meta nonce=\"__CSP_NONCE__\"><style nonce=\"__CSP_NONCE__\">",
            "assets/main-1a2b.js" => b"plain script",
            "assets/main-1a2b.js.br" => b"brotli",
            "assets/main-1a2b.js.gz" => b"gzip",
            "favicon.svg" => b"<svg/>",
            "diagram.html" => b"<title>Diagrams</title>",
            _ => return None,
        };
        Some(File {
            bytes: Cow::Borrowed(bytes),
            sha256: crypto::sha256(bytes),
        })
    }

    fn ask(
        spa: fn(&str) -> Option<File>,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
    ) -> Response {
        let mut request = Request::builder().method(method).uri(path.parse().unwrap());
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        Spa { find: spa }.answer(&request.finish())
    }

    async fn text(response: Response) -> String {
        response.into_body().into_string().await.unwrap()
    }

    #[test]
    fn only_the_frame_for_diagrams_may_be_framed_and_it_may_fetch_nothing() {
        let frame = ask(some_files, Method::GET, "/diagram.html", &[]);
        assert_eq!(frame.header("x-frame-options"), Some("SAMEORIGIN"));
        let policy = frame.header("content-security-policy").unwrap();
        assert!(policy.starts_with("default-src 'none'; script-src 'self';"));
        assert!(!policy.contains("connect-src") && !policy.contains("img-src"));
        let page = ask(some_files, Method::GET, "/chat", &[]);
        assert_eq!(page.header("x-frame-options"), None);
        let policy = page.header("content-security-policy").unwrap();
        assert!(policy.contains("frame-ancestors 'none'") && !policy.contains("unsafe"));
    }

    #[tokio::test]
    async fn pages_get_the_index_with_a_nonce_of_their_own() {
        let mut nonces = std::collections::HashSet::new();
        for path in ["/", "/index.html", "/chat", "/sessions/0199-x"] {
            let response = ask(some_files, Method::GET, path, &[("host", "localhost:1")]);
            assert_eq!(response.status(), StatusCode::OK);
            assert_eq!(response.header("cache-control"), Some("no-cache"));
            let policy = response
                .header("content-security-policy")
                .unwrap()
                .to_owned();
            assert!(policy.contains("connect-src 'self' ws://localhost:1"));
            let html = text(response).await;
            let nonce = html.split('"').nth(1).unwrap().to_owned();
            assert!(policy.contains(&format!("'nonce-{nonce}'")));
            assert_eq!(html.matches(&nonce).count(), 2);
            assert!(nonces.insert(nonce));
        }
    }

    #[test]
    fn a_host_cannot_write_into_the_policy() {
        assert!(!policy("n", Some("x; script-src *")).contains("script-src *"));
    }

    #[tokio::test]
    async fn the_best_coding_that_is_accepted_is_sent() {
        for (accepted, coding, body) in [
            ("gzip, br", Some("br"), "brotli"),
            ("gzip, br;q=0", Some("gzip"), "gzip"),
            ("deflate", None, "plain script"),
        ] {
            let response = ask(
                some_files,
                Method::GET,
                "/assets/main-1a2b.js",
                &[("accept-encoding", accepted)],
            );
            assert_eq!(response.header("content-encoding"), coding);
            assert_eq!(response.header("vary"), Some("accept-encoding"));
            assert_eq!(
                response.header("content-type"),
                Some("text/javascript; charset=utf-8")
            );
            assert!(
                response
                    .header("cache-control")
                    .unwrap()
                    .contains("immutable")
            );
            assert_eq!(text(response).await, body);
        }
    }

    #[tokio::test]
    async fn what_the_client_has_is_not_sent_again() {
        let first = ask(some_files, Method::GET, "/favicon.svg", &[]);
        let etag = first.header("etag").unwrap().to_owned();
        assert!(etag.starts_with('"') && etag.ends_with('"'));
        let again = ask(
            some_files,
            Method::GET,
            "/favicon.svg",
            &[("if-none-match", &etag)],
        );
        assert_eq!(again.status(), StatusCode::NOT_MODIFIED);
        assert_eq!(text(again).await, "");
        let other = ask(
            some_files,
            Method::GET,
            "/favicon.svg",
            &[("if-none-match", "\"x\"")],
        );
        assert_eq!(other.status(), StatusCode::OK);
    }

    #[tokio::test]
    async fn a_head_has_no_body_and_a_missing_file_is_no_page() {
        let head = ask(some_files, Method::HEAD, "/favicon.svg", &[]);
        assert_eq!(head.status(), StatusCode::OK);
        assert_eq!(text(head).await, "");
        let missing = ask(some_files, Method::GET, "/assets/old-9.js", &[]);
        assert_eq!(missing.status(), StatusCode::NOT_FOUND);
        assert!(text(missing).await.contains("NOT_FOUND"));
    }

    #[tokio::test]
    async fn without_the_page_the_root_says_how_to_get_it() {
        let response = ask(|_| None, Method::GET, "/", &[]);
        assert_eq!(response.status(), StatusCode::OK);
        assert!(text(response).await.contains("npm run build"));
    }
}
