//! The document of events (AsyncAPI 3.0): what goes over the event streams and the sockets, with
//! the schemas of the very types that are sent.

use poem_openapi::{registry::Registry, types::Type};
use serde_json::{Value, json};

use super::event_schema::{Gap, NewsSchema, TurnEventSchema};

/// A kind of frame, and where it goes.
pub struct FrameSchema {
    /// The name of its schema.
    pub name: String,
    /// Sent by clients, rather than by the gateway.
    pub from_client: bool,
}

/// The document, as YAML. `frames` registers the types of the sockets' own frames: they live in
/// another room.
pub fn document(
    frames: impl FnOnce(&mut Registry) -> Vec<FrameSchema>,
) -> Result<String, serde_json::Error> {
    let mut registry = Registry::new();
    TurnEventSchema::register(&mut registry);
    NewsSchema::register(&mut registry);
    Gap::register(&mut registry);
    let frames = frames(&mut registry);
    let mut schemas = serde_json::to_value(&registry.schemas)?;
    let socket_schema = socket_news();
    if let Value::Object(schemas) = &mut schemas {
        schemas.insert("SocketNews".to_owned(), socket_schema);
    }
    let document = json!({
        "asyncapi": "3.0.0",
        "info": {
            "title": "Clawgate events",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "What goes over the event streams and sockets of the gateway. The \
                            routes themselves are in the OpenAPI document.",
        },
        "channels": channels(&frames),
        "operations": operations(),
        "components": {
            "messages": messages(&frames),
            "schemas": schemas,
        },
    });
    Ok(yaml(&document))
}

fn channels(frames: &[FrameSchema]) -> Value {
    let message = |name: &str| json!({"$ref": format!("#/components/messages/{name}")});
    let mut socket = serde_json::Map::new();
    for name in frames
        .iter()
        .map(|frame| frame.name.as_str())
        .chain(["TurnEvent", "SocketNews"])
    {
        socket.insert(name.to_owned(), message(name));
    }
    json!({
        "turn": {
            "address": "/api/turns/{id}/events",
            "description": "Server-sent events of one turn; `id` is `seq`. `POST /api/chat` with \
                            `stream` answers with the same.",
            "parameters": {"id": {"description": "The turn."}},
            "messages": {"TurnEvent": message("TurnEvent")},
        },
        "news": {
            "address": "/api/events",
            "description": "Server-sent events of everything that happens; `id` is ever rising.",
            "messages": {"News": message("News"), "Gap": message("Gap")},
        },
        "socket": {
            "address": "/ws/chat",
            "description": "A socket for chat and news. `/ws` is the same with the token in the \
                            first frame.",
            "messages": socket,
        },
    })
}

fn operations() -> Value {
    let send = |channel: &str| json!({"action": "send", "channel": {"$ref": format!("#/channels/{channel}")}});
    json!({
        "sendTurnEvents": send("turn"),
        "sendNews": send("news"),
        "sendFrames": send("socket"),
        "receiveFrames": {"action": "receive", "channel": {"$ref": "#/channels/socket"}},
    })
}

fn messages(frames: &[FrameSchema]) -> Value {
    let mut messages = serde_json::Map::new();
    let mut add = |name: &str, summary: &str| {
        let payload = json!({"$ref": format!("#/components/schemas/{name}")});
        messages.insert(
            name.to_owned(),
            json!({"contentType": "application/json", "summary": summary, "payload": payload}),
        );
    };
    add("TurnEvent", "An event of a turn.");
    add("News", "A piece of news.");
    add("Gap", "News went by that is no longer kept.");
    add("SocketNews", "A piece of news on a socket, with its id.");
    for frame in frames {
        let summary = if frame.from_client {
            "A frame that clients send."
        } else {
            "A frame of the gateway."
        };
        add(&frame.name, summary);
    }
    messages.into()
}

/// News is wrapped on a socket, since a turn's events use the same field for their type.
fn socket_news() -> Value {
    json!({
        "type": "object",
        "required": ["type", "id", "event"],
        "properties": {
            "type": {"type": "string", "enum": ["event"]},
            "id": {"type": "integer", "description": "Where to resume: `after_id`."},
            "event": {"$ref": "#/components/schemas/News"},
        },
    })
}

/// YAML of plain data. JSON is YAML; this only writes it the way people read it.
fn yaml(value: &Value) -> String {
    let mut out = String::new();
    write_yaml(value, 0, &mut out);
    out
}

fn write_yaml(value: &Value, depth: usize, out: &mut String) {
    let indent = "  ".repeat(depth);
    match value {
        Value::Object(fields) if !fields.is_empty() => {
            for (name, value) in fields {
                out.push_str(&format!("{indent}{}:", key(name)));
                write_nested(value, depth, out);
            }
        }
        Value::Array(items) if !items.is_empty() => {
            for item in items {
                out.push_str(&format!("{indent}-"));
                write_nested(item, depth, out);
            }
        }
        plain => out.push_str(&format!("{indent}{plain}\n")),
    }
}

fn write_nested(value: &Value, depth: usize, out: &mut String) {
    let nested = match value {
        Value::Object(fields) => !fields.is_empty(),
        Value::Array(items) => !items.is_empty(),
        _ => false,
    };
    if nested {
        out.push('\n');
        write_yaml(value, depth + 1, out);
    } else {
        out.push_str(&format!(" {value}\n"));
    }
}

/// A name that YAML could take for something else is quoted.
fn key(name: &str) -> String {
    let plain = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    let word = name.starts_with(|letter: char| letter.is_ascii_alphabetic());
    let reserved = matches!(
        name,
        "true" | "false" | "null" | "yes" | "no" | "on" | "off"
    );
    if word && !reserved && name.chars().all(plain) {
        name.to_owned()
    } else {
        Value::from(name).to_string()
    }
}
