//! JSON bodies, read so that a mistake in one is answered with the field it is in.

use poem::{Request, RequestBody};
use poem_openapi::{
    ApiExtractor, ApiExtractorType, ExtractParamOptions,
    payload::{Json, Payload},
    registry::{MetaMediaType, MetaRequest, Registry},
    types::ParseFromJSON,
};
use serde_json::Value;

use super::{ApiError, ErrorBody};

/// A JSON body. What the client says of its type is not looked at: a plain `curl -d '{…}'` calls
/// it a form, and other sites' pages are kept out by their origin.
#[derive(Clone, Debug)]
pub struct JsonBody<T>(pub T);

/// A [`JsonBody`] that may be left out: the default takes its place.
#[derive(Clone, Debug)]
pub struct OptionalJson<T>(pub T);

impl<'a, T: ParseFromJSON> ApiExtractor<'a> for JsonBody<T> {
    const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::RequestObject];

    type ParamType = ();
    type ParamRawType = ();

    fn register(registry: &mut Registry) {
        T::register(registry);
    }

    fn request_meta() -> Option<MetaRequest> {
        Some(meta::<T>(true))
    }

    async fn from_request(
        request: &'a Request,
        body: &mut RequestBody,
        _options: ExtractParamOptions<()>,
    ) -> poem::Result<Self> {
        match read(request, body).await? {
            Some(value) => Ok(Self(parse(value)?)),
            None => Err(ApiError::bad_request("Send a body, in JSON.").into()),
        }
    }
}

impl<'a, T: ParseFromJSON + Default> ApiExtractor<'a> for OptionalJson<T> {
    const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::RequestObject];

    type ParamType = ();
    type ParamRawType = ();

    fn register(registry: &mut Registry) {
        T::register(registry);
    }

    fn request_meta() -> Option<MetaRequest> {
        Some(meta::<T>(false))
    }

    async fn from_request(
        request: &'a Request,
        body: &mut RequestBody,
        _options: ExtractParamOptions<()>,
    ) -> poem::Result<Self> {
        match read(request, body).await? {
            Some(value) => Ok(Self(parse(value)?)),
            None => Ok(Self(T::default())),
        }
    }
}

fn meta<T: ParseFromJSON>(required: bool) -> MetaRequest {
    MetaRequest {
        description: None,
        content: vec![MetaMediaType {
            content_type: Json::<T>::CONTENT_TYPE,
            schema: T::schema_ref(),
        }],
        required,
    }
}

async fn read(request: &Request, body: &mut RequestBody) -> poem::Result<Option<Value>> {
    let bytes = <Vec<u8> as poem::FromRequest<'_>>::from_request(request, body).await?;
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Ok(None);
    }
    let value = serde_json::from_slice(&bytes);
    Ok(Some(value.map_err(|error| {
        ApiError::bad_request(format!("The body is not JSON: {error}."))
    })?))
}

fn parse<T: ParseFromJSON>(value: Value) -> Result<T, ApiError> {
    parse_json(value).map_err(|fault| match fault.field {
        Some(field) => ApiError::bad_field(&field, fault.expected),
        None => ApiError::BadRequest(Json(
            ErrorBody::new(
                "INVALID_REQUEST",
                format!("The body is not right: {}.", fault.expected),
            )
            .with_details(serde_json::json!({"expected": fault.expected})),
        )),
    })
}

/// Why a JSON value is not of a type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    /// The field at fault, where it can be told.
    pub(crate) field: Option<String>,
    /// What was expected.
    pub(crate) expected: String,
}

/// Reads a documented type, and says in words what is wrong.
pub(crate) fn parse_json<T: ParseFromJSON>(value: Value) -> Result<T, Fault> {
    let kept = value.clone();
    T::parse_from_json(Some(value)).map_err(|error| {
        let message = error.into_message();
        let mut registry = Registry::new();
        T::register(&mut registry);
        Fault {
            field: culprit::<T>(&kept, &message, &registry),
            expected: in_words(&message, &registry),
        }
    })
}

/// The field at fault, which the parser does not name. It reads fields in the order of the
/// schema and stops at the first that is wrong, so it is the last one without which it would say
/// something else; or else the first that has to be there and is not.
fn culprit<T: ParseFromJSON>(value: &Value, message: &str, registry: &Registry) -> Option<String> {
    let fields = value.as_object()?;
    let schema = registry.schemas.get(T::name().as_ref())?;
    let matters = |name: &str| {
        let mut rest = fields.clone();
        rest.remove(name).is_some()
            && T::parse_from_json(Some(Value::Object(rest)))
                .map_or_else(|error| error.into_message() != message, |_| true)
    };
    let names = || schema.properties.iter().map(|(name, _)| *name);
    let missing = names().find(|name| {
        let is_there = fields.get(*name).is_some_and(|value| !value.is_null());
        schema.required.contains(name) && !is_there
    });
    let place = |found: &str| names().position(|name| name == found);
    let wrong = names().rfind(|name| matters(name));
    // A missing field that stands before one that is wrong was met first.
    let first = match (wrong, missing) {
        (Some(wrong), Some(missing)) if place(missing) < place(wrong) => Some(missing),
        (wrong, missing) if is_missing(message) => missing.or(wrong),
        (wrong, missing) => wrong.or(missing),
    };
    first.map(str::to_owned)
}

fn is_missing(message: &str) -> bool {
    // Some types take what is left out for a null that is not theirs.
    message.contains("expects an input value") || message.contains(", found null")
}

/// What was expected, without the parser's repetitions.
pub(super) fn in_words(message: &str, registry: &Registry) -> String {
    let mut kernel = message
        .split(" (occurred while parsing")
        .next()
        .unwrap_or(message);
    while let Some(rest) = kernel.strip_prefix("failed to parse \"") {
        kernel = rest.split_once("\": ").map_or(rest, |(_, rest)| rest);
    }
    for (before, after) in [("Expected input type \"", "\""), ("Type \"", "\" expects")] {
        let kind = kernel
            .strip_prefix(before)
            .and_then(|rest| rest.split_once(after));
        if let Some((kind, _)) = kind {
            return readable(kind, registry);
        }
    }
    kernel.trim_end_matches('.').to_owned()
}

/// A type as people call it.
fn readable(kind: &str, registry: &Registry) -> String {
    if let Some(schema) = registry.schemas.get(kind)
        && !schema.enum_items.is_empty()
    {
        let items = schema
            .enum_items
            .iter()
            .map(|item| item.as_str().unwrap_or_default());
        let items: Vec<&str> = items.collect();
        return format!("one of {}", items.join(", "));
    }
    let kind = kind.strip_prefix("optional<").unwrap_or(kind);
    let words = [
        ("string", "a text"),
        ("integer", "a whole number"),
        ("number", "a number"),
        ("boolean", "true or false"),
        ("[", "a list"),
        ("list", "a list"),
        ("Vec", "a list"),
        ("object", "an object"),
        ("map", "an object"),
    ];
    let known = words.iter().find(|(start, _)| kind.starts_with(start));
    known.map_or_else(|| format!("a {kind}"), |(_, words)| (*words).to_owned())
}

#[cfg(test)]
mod tests {
    use poem::{Endpoint as _, IntoEndpoint as _, http::StatusCode};
    use poem_openapi::{Enum, Object, OpenApi, OpenApiService, payload::PlainText};
    use serde_json::json;

    use super::*;

    #[derive(Debug, Enum)]
    #[oai(rename_all = "snake_case")]
    enum Colour {
        Red,
        Green,
    }

    #[derive(Debug, Object)]
    struct Inner {
        count: u32,
    }

    #[derive(Debug, Object)]
    struct Outer {
        name: String,
        inner: Option<Inner>,
        colours: Option<Vec<Colour>>,
    }

    #[derive(Debug, Object)]
    struct Painted {
        names: Vec<String>,
        colour: Colour,
    }

    struct Api;

    #[OpenApi]
    impl Api {
        #[oai(path = "/", method = "post")]
        async fn take(&self, body: JsonBody<Outer>) -> PlainText<String> {
            let Outer {
                name,
                inner,
                colours,
            } = body.0;
            let count = inner.map_or(0, |inner| inner.count);
            PlainText(format!(
                "{name} {count} {}",
                colours.map_or(0, |all| all.len())
            ))
        }
    }

    async fn said(body: &str) -> (StatusCode, Value) {
        let endpoint = OpenApiService::new(Api, "test", "1").into_endpoint();
        let request = Request::builder()
            .method(http::Method::POST)
            .body(body.to_owned());
        let response = endpoint.get_response(request).await;
        let status = response.status();
        let body = response.into_body().into_string().await.unwrap();
        (
            status,
            serde_json::from_str(&body).unwrap_or(Value::String(body)),
        )
    }

    #[tokio::test]
    async fn a_good_body_is_read_whatever_its_label() {
        let (status, said) =
            said(r#"{"name": "a", "inner": {"count": 2}, "colours": ["red", "green"]}"#).await;
        assert_eq!((status, said), (StatusCode::OK, json!("a 2 2")));
    }

    #[tokio::test]
    async fn a_bad_body_is_told_which_field_is_wrong_and_what_it_should_be() {
        for (body, field, expected) in [
            (json!({"name": []}), "name", "a text"),
            (json!({}), "name", "a text"),
            (json!({"inner": {"count": 1}}), "name", "a text"),
            (
                json!({"name": "a", "inner": {"count": "x"}}),
                "inner",
                "a whole number",
            ),
            (json!({"name": "a", "colours": "red"}), "colours", "a list"),
            (
                json!({"name": "a", "colours": ["blue"]}),
                "colours",
                "one of red, green",
            ),
        ] {
            let (status, said) = said(&body.to_string()).await;
            assert_eq!(
                (status, &said["code"]),
                (StatusCode::BAD_REQUEST, &json!("INVALID_REQUEST"))
            );
            assert_eq!(said["details"]["field"], field, "{said}");
            assert_eq!(said["details"]["expected"], expected, "{said}");
        }
    }

    #[test]
    fn what_is_missing_is_named_whatever_stands_before_it() {
        for (value, field) in [
            (json!({"names": ["a"]}), "colour"),
            (json!({"names": ["a"], "colour": null}), "colour"),
            (json!({"names": ["a"], "colour": "blue"}), "colour"),
            (json!({"colour": "red"}), "names"),
            (json!({"names": null, "colour": "red"}), "names"),
            (json!({"names": "a", "colour": "red"}), "names"),
            (json!({}), "names"),
        ] {
            let fault = parse_json::<Painted>(value.clone()).unwrap_err();
            assert_eq!(fault.field.as_deref(), Some(field), "{value}: {fault:?}");
        }
        let good = json!({"names": ["a"], "colour": "red"});
        let painted = parse_json::<Painted>(good).unwrap();
        assert_eq!(
            (painted.names.len(), matches!(painted.colour, Colour::Red)),
            (1, true)
        );
    }

    #[tokio::test]
    async fn what_is_no_object_or_no_json_is_said_too() {
        for body in ["", "  ", "[]", "{\"name\"", "nonsense"] {
            let (status, said) = said(body).await;
            assert_eq!(status, StatusCode::BAD_REQUEST, "{body}: {said}");
            assert_eq!(said["code"], "INVALID_REQUEST");
        }
    }
}
