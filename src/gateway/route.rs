//! What is said of a route: who may call it, how often, with how large a body.

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

    pub(super) fn of(method: &Method) -> Option<Self> {
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
