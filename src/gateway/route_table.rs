//! Finds the route that a request is for.

use http::Method;

use super::route::{Route, Verb};

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
    use crate::gateway::{Access, table};

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
