//! Every route there is: who may call it, how often, with how large a body. What is not listed
//! here is closed.

use http::Method;

use crate::{model::Scope, security::LimitClass};

/// The methods in use. `HEAD` is answered as `GET` without a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[expect(missing_docs, reason = "HTTP says what they are")]
pub enum Verb {
    Get,
    Post,
    Put,
    Patch,
    Delete,
}

impl Verb {
    /// The method's name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }

    fn of(method: &Method) -> Option<Self> {
        match method.as_str() {
            "GET" | "HEAD" => Some(Self::Get),
            "POST" => Some(Self::Post),
            "PUT" => Some(Self::Put),
            "PATCH" => Some(Self::Patch),
            "DELETE" => Some(Self::Delete),
            _ => None,
        }
    }
}

/// Who may call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Anybody; a token that comes along is used if it is good and ignored if not.
    Public,
    /// Anybody, but a bearer token that comes along must be good: the operation looks for itself
    /// what else proves the caller.
    Optional,
    /// A token or cookie of this scope.
    Scope(Scope),
    /// A token of scope read, or a program on this machine with no proxy before it.
    Metrics,
}

/// How large a body may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BodyClass {
    /// `gateway.max_body_bytes`.
    Default,
    /// `gateway.max_chat_body_bytes`.
    Chat,
    /// `workspace.max_upload_bytes`, and more time to send it.
    Upload,
}

/// A route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Route {
    /// The method.
    pub method: Verb,
    /// The path, with `{name}` for what varies.
    pub pattern: &'static str,
    /// Who may call.
    pub access: Access,
    /// How often.
    pub limit: LimitClass,
    /// How large a body.
    pub body: BodyClass,
    /// It may take longer than `gateway.request_timeout_secs`: it waits for a turn.
    pub long: bool,
    /// The API document has it.
    pub documented: bool,
}

impl Route {
    const fn new(method: Verb, pattern: &'static str, access: Access) -> Self {
        Self {
            method,
            pattern,
            access,
            limit: LimitClass::Api,
            body: BodyClass::Default,
            long: false,
            documented: true,
        }
    }

    /// A route with the method `GET` and the usual limits.
    pub const fn get(pattern: &'static str, access: Access) -> Self {
        Self::new(Verb::Get, pattern, access)
    }

    /// A route with the method `POST` and the usual limits.
    pub const fn post(pattern: &'static str, access: Access) -> Self {
        Self::new(Verb::Post, pattern, access)
    }

    /// A route with the method `PUT` and the usual limits.
    pub const fn put(pattern: &'static str, access: Access) -> Self {
        Self::new(Verb::Put, pattern, access)
    }

    /// A route with the method `PATCH` and the usual limits.
    pub const fn patch(pattern: &'static str, access: Access) -> Self {
        Self::new(Verb::Patch, pattern, access)
    }

    /// A route with the method `DELETE` and the usual limits.
    pub const fn delete(pattern: &'static str, access: Access) -> Self {
        Self::new(Verb::Delete, pattern, access)
    }

    /// Counted by another limit.
    #[must_use]
    pub const fn limit(mut self, limit: LimitClass) -> Self {
        self.limit = limit;
        self
    }

    /// Takes bodies as large as a chat message's.
    #[must_use]
    pub const fn chat_body(mut self) -> Self {
        self.body = BodyClass::Chat;
        self
    }

    /// Takes bodies as large as a file.
    #[must_use]
    pub const fn upload_body(mut self) -> Self {
        self.body = BodyClass::Upload;
        self
    }

    /// May take as long as a turn.
    #[must_use]
    pub const fn long(mut self) -> Self {
        self.long = true;
        self
    }

    /// Is not part of the API document.
    #[must_use]
    pub const fn undocumented(mut self) -> Self {
        self.documented = false;
        self
    }
}

const READ: Access = Access::Scope(Scope::Read);
const CHAT: Access = Access::Scope(Scope::Chat);
const ADMIN: Access = Access::Scope(Scope::Admin);

static ROUTES: &[Route] = &[
    Route::get("/health", Access::Public).limit(LimitClass::None),
    Route::get("/metrics", Access::Metrics).limit(LimitClass::None),
    Route::get("/openapi.json", Access::Public).undocumented(),
    Route::get("/openapi.yaml", Access::Public).undocumented(),
    Route::get("/docs", Access::Public).undocumented(),
    // pairing and devices
    Route::post("/pair", Access::Public).limit(LimitClass::Pair),
    Route::get("/api/pairing", Access::Public),
    Route::post("/api/pairing/initiate", ADMIN),
    Route::post("/api/session", Access::Optional),
    Route::get("/api/session", READ),
    Route::delete("/api/session", READ),
    Route::delete("/api/session/others", ADMIN),
    Route::get("/api/password", READ),
    Route::put("/api/password", ADMIN).limit(LimitClass::Pair),
    Route::delete("/api/password", ADMIN).limit(LimitClass::Pair),
    Route::get("/api/devices", READ),
    Route::patch("/api/devices/{id}", ADMIN),
    Route::delete("/api/devices/{id}", ADMIN),
    Route::post("/api/devices/{id}/rotate", ADMIN),
    // talking to the agent
    Route::post("/webhook", CHAT)
        .limit(LimitClass::Webhook)
        .long(),
    Route::post("/api/chat", CHAT)
        .limit(LimitClass::Chat)
        .chat_body()
        .long(),
    Route::post("/api/message", CHAT)
        .limit(LimitClass::Chat)
        .chat_body()
        .long(),
    Route::get("/ws/chat", READ).undocumented(),
    Route::get("/ws", Access::Optional).undocumented(),
    // turns
    Route::get("/api/turns", READ),
    Route::get("/api/turns/{id}", READ),
    Route::get("/api/turns/{id}/events", READ),
    Route::get("/api/turns/{id}/trace", READ),
    Route::post("/api/turns/{id}/cancel", CHAT),
    Route::patch("/api/turns/{id}", CHAT).chat_body(),
    Route::post("/api/turns/{id}/show", CHAT),
    Route::get("/api/turns/{id}/attachments/{place}", READ),
    Route::post("/api/turns/{id}/approvals/{request_id}", CHAT),
    Route::get("/api/approvals", READ),
    Route::get("/api/approvals/rules", READ),
    Route::delete("/api/approvals/rules/{id}", CHAT),
    Route::get("/api/audit", READ),
    // conversations
    Route::get("/api/sessions", READ),
    Route::post("/api/sessions", CHAT),
    Route::get("/api/sessions/search", READ),
    Route::get("/api/sessions/{id}", READ),
    Route::patch("/api/sessions/{id}", CHAT),
    Route::delete("/api/sessions/{id}", CHAT),
    Route::post("/api/sessions/{id}/restore", CHAT),
    Route::post("/api/sessions/{id}/fork", CHAT),
    Route::get("/api/sessions/{id}/messages", READ),
    Route::get("/api/sessions/{id}/export", READ),
    // tools
    Route::get("/api/tools", READ),
    Route::put("/api/tools/{name}/permission", ADMIN),
    Route::post("/api/tools/{name}/run", ADMIN).long(),
    // model providers
    Route::get("/api/providers", READ),
    Route::post("/api/providers/test", ADMIN),
    Route::put("/api/providers/{name}", ADMIN),
    Route::delete("/api/providers/{name}", ADMIN),
    Route::get("/api/models", READ),
    // memory
    Route::get("/api/memory", READ),
    Route::post("/api/memory", CHAT),
    Route::get("/api/memory/categories", READ),
    Route::post("/api/memory/bulk", CHAT),
    Route::get("/api/memory/{key}", READ),
    Route::put("/api/memory/{key}", CHAT),
    Route::patch("/api/memory/{key}", CHAT),
    Route::delete("/api/memory/{key}", CHAT),
    Route::get("/api/memory/{key}/versions", READ),
    Route::post("/api/memory/{key}/restore", CHAT),
    // files
    Route::get("/api/memory/list", READ),
    Route::get("/api/memory/read", READ),
    Route::get("/api/memory/search", READ),
    Route::get("/api/memory/tree", READ),
    Route::post("/api/memory/write", CHAT).upload_body(),
    Route::get("/api/workspace/tree", READ),
    Route::get("/api/workspace/file", READ),
    Route::put("/api/workspace/file", CHAT).upload_body(),
    Route::delete("/api/workspace/file", CHAT),
    Route::post("/api/workspace/folder", CHAT),
    Route::post("/api/workspace/move", CHAT),
    Route::post("/api/workspace/upload", CHAT).upload_body(),
    Route::get("/api/workspace/download", READ),
    Route::get("/api/workspace/search", READ),
    Route::get("/api/workspace/history", READ),
    Route::get("/api/workspace/version", READ),
    Route::get("/api/workspace/diff", READ),
    Route::post("/api/workspace/restore", CHAT),
    Route::get("/api/workspace/trash", READ),
    Route::delete("/api/workspace/trash", CHAT),
    Route::post("/api/workspace/trash/{id}/restore", CHAT),
    Route::delete("/api/workspace/trash/{id}", CHAT),
    // watching
    Route::get("/api/status", READ),
    Route::get("/api/activity", READ),
    Route::get("/api/events", READ),
    Route::get("/api/events/recent", READ),
];

/// Every route of the gateway.
pub fn table() -> &'static [Route] {
    ROUTES
}

/// What a request's method and path stand for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Matched {
    /// A route.
    Route(&'static Route),
    /// The page or one of its files.
    Page,
    /// The path is a route's, the method is not; the routes of that path.
    OtherMethod(&'static [Verb]),
    /// Nothing.
    Nothing,
}

impl Matched {
    /// A label with few values: the route's pattern, never the path itself.
    pub const fn label(self) -> Option<&'static str> {
        match self {
            Self::Route(route) => Some(route.pattern),
            Self::Page => Some("page"),
            Self::OtherMethod(_) | Self::Nothing => None,
        }
    }
}

/// Paths under these belong to programs and never get the page.
const PROGRAM_ROOTS: [&str; 3] = ["/api", "/v1", "/ws"];

struct Path {
    verbs: &'static [Verb],
    routes: Vec<&'static Route>,
}

/// Looks routes up.
pub struct RouteTable {
    paths: matchit::Router<Path>,
}

impl RouteTable {
    /// A table of these routes. The error names a pattern that contradicts another.
    pub fn new(routes: &'static [Route]) -> Result<Self, matchit::InsertError> {
        let mut by_pattern = std::collections::BTreeMap::<&str, Vec<&'static Route>>::new();
        for route in routes {
            by_pattern.entry(route.pattern).or_default().push(route);
        }
        let mut paths = matchit::Router::new();
        for (pattern, routes) in by_pattern {
            let verbs: Vec<Verb> = routes.iter().map(|route| route.method).collect();
            // Made once for the life of the process.
            let verbs = Vec::leak(verbs);
            paths.insert(pattern, Path { verbs, routes })?;
        }
        Ok(Self { paths })
    }

    /// What this method and path stand for.
    pub fn find(&self, method: &Method, path: &str) -> Matched {
        let verb = Verb::of(method);
        if let Ok(found) = self.paths.at(path) {
            let known = &found.value.routes;
            let route = known.iter().find(|route| Some(route.method) == verb);
            return route.map_or(Matched::OtherMethod(found.value.verbs), |route| {
                Matched::Route(route)
            });
        }
        if is_programs(path) {
            return Matched::Nothing;
        }
        match verb {
            Some(Verb::Get) => Matched::Page,
            _ if path == "/" => Matched::OtherMethod(&[Verb::Get]),
            _ => Matched::Nothing,
        }
    }
}

fn is_programs(path: &str) -> bool {
    PROGRAM_ROOTS.iter().any(|root| {
        path.strip_prefix(root)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find(method: &Method, path: &str) -> Matched {
        RouteTable::new(table()).unwrap().find(method, path)
    }

    fn pattern(method: &Method, path: &str) -> &'static str {
        match find(method, path) {
            Matched::Route(route) => route.pattern,
            other => panic!("{path}: {other:?}"),
        }
    }

    #[test]
    fn no_route_is_listed_twice() {
        let mut seen = std::collections::HashSet::new();
        for route in table() {
            assert!(seen.insert((route.method, route.pattern)), "{route:?}");
        }
    }

    #[test]
    fn a_name_of_its_own_goes_before_what_varies() {
        assert_eq!(
            pattern(&Method::GET, "/api/sessions/search"),
            "/api/sessions/search"
        );
        assert_eq!(
            pattern(&Method::GET, "/api/sessions/searching"),
            "/api/sessions/{id}"
        );
        assert_eq!(pattern(&Method::HEAD, "/health"), "/health");
    }

    #[test]
    fn programs_paths_never_get_the_page_and_other_unknown_ones_do() {
        for path in [
            "/api",
            "/api/",
            "/api/nothing",
            "/v1/models",
            "/ws/none",
            "/api/devices/",
        ] {
            assert_eq!(find(&Method::GET, path), Matched::Nothing, "{path}");
        }
        for path in [
            "/",
            "/chat",
            "/apiary",
            "/assets/index.js",
            "/%61pi/devices",
            "//api/devices",
        ] {
            assert_eq!(find(&Method::GET, path), Matched::Page, "{path}");
        }
        assert_eq!(find(&Method::POST, "/chat"), Matched::Nothing);
    }

    #[test]
    fn another_method_is_told_which_there_are() {
        let other = find(&Method::PUT, "/api/devices/1");
        assert_eq!(other, Matched::OtherMethod(&[Verb::Patch, Verb::Delete]));
        assert_eq!(
            find(&Method::OPTIONS, "/health"),
            Matched::OtherMethod(&[Verb::Get])
        );
    }

    #[test]
    fn only_these_are_open() {
        let open = table()
            .iter()
            .filter(|route| !matches!(route.access, Access::Scope(_)));
        let open: Vec<&str> = open.map(|route| route.pattern).collect();
        assert_eq!(
            open,
            [
                "/health",
                "/metrics",
                "/openapi.json",
                "/openapi.yaml",
                "/docs",
                "/pair",
                "/api/pairing",
                "/api/session",
                "/ws",
            ]
        );
    }
}
