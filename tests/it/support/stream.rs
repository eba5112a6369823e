//! A reader of event streams, as the standard describes it, and what its events add up to.

use std::collections::VecDeque;

use serde_json::Value;

use super::soon;

/// One event.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Event {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) data: String,
}

impl Event {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.data).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }
}

/// An open stream.
pub(crate) struct Events {
    response: reqwest::Response,
    text: Vec<u8>,
    ready: VecDeque<Event>,
    last_id: String,
    name: String,
    data: Option<String>,
    over: bool,
}

impl Events {
    pub(crate) fn new(response: reqwest::Response) -> Self {
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        Self {
            response,
            text: Vec::new(),
            ready: VecDeque::new(),
            last_id: String::new(),
            name: String::new(),
            data: None,
            over: false,
        }
    }

    /// The next event; none at the end, or when the line broke.
    pub(crate) async fn next(&mut self) -> Option<Event> {
        soon("an event", async {
            loop {
                if let Some(event) = self.ready.pop_front() {
                    return Some(event);
                }
                if self.over {
                    return None;
                }
                match self.response.chunk().await {
                    Ok(Some(bytes)) => self.take(&bytes),
                    Ok(None) | Err(_) => self.over = true,
                }
            }
        })
        .await
    }

    /// The next event of this name, those before it included.
    pub(crate) async fn until(&mut self, name: &str) -> Vec<Event> {
        let mut seen = Vec::new();
        while let Some(event) = self.next().await {
            let found = event.name == name;
            seen.push(event);
            if found {
                return seen;
            }
        }
        panic!("the stream ended without {name:?}: {seen:?}");
    }

    /// Everything to the end.
    pub(crate) async fn rest(mut self) -> Vec<Event> {
        let mut seen = Vec::new();
        while let Some(event) = self.next().await {
            seen.push(event);
        }
        seen
    }

    fn take(&mut self, bytes: &[u8]) {
        self.text.extend_from_slice(bytes);
        while let Some(end) = self.text.iter().position(|byte| *byte == b'\n') {
            let line: Vec<u8> = self.text.drain(..=end).collect();
            let line = String::from_utf8(line).unwrap();
            self.line(line.trim_end_matches(['\r', '\n']));
        }
    }

    fn line(&mut self, line: &str) {
        if line.is_empty() {
            let name = std::mem::take(&mut self.name);
            if let Some(data) = self.data.take() {
                self.ready.push_back(Event {
                    id: self.last_id.clone(),
                    name,
                    data,
                });
            }
            return;
        }
        let (field, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "id" => value.clone_into(&mut self.last_id),
            "event" => value.clone_into(&mut self.name),
            "data" => match &mut self.data {
                Some(data) => {
                    data.push('\n');
                    data.push_str(value);
                }
                none => *none = Some(value.to_owned()),
            },
            _ => {}
        }
    }
}

/// The events as JSON.
pub(crate) fn parsed(events: &[Event]) -> Vec<Value> {
    events.iter().map(Event::json).collect()
}

/// Checks that the places rise by one from `first`.
pub(crate) fn assert_contiguous(events: &[Value], first: u64) {
    let seqs: Vec<_> = events
        .iter()
        .map(|event| event["seq"].as_u64().unwrap())
        .collect();
    let expected: Vec<_> = (first..).take(seqs.len()).collect();
    assert_eq!(seqs, expected, "{events:?}");
}

/// The answer that the pieces add up to: a notice with `discard_from_seq` voids pieces before it.
pub(crate) fn folded(events: &[Value]) -> String {
    let mut pieces: Vec<(u64, &str)> = Vec::new();
    for event in events {
        match event["type"].as_str().unwrap() {
            "chunk" => pieces.push((
                event["seq"].as_u64().unwrap(),
                event["content"].as_str().unwrap(),
            )),
            "notice" => {
                if let Some(from) = event["discard_from_seq"].as_u64() {
                    pieces.retain(|(seq, _)| *seq < from);
                }
            }
            _ => {}
        }
    }
    pieces.into_iter().map(|(_, piece)| piece).collect()
}

/// The types, in order, runs of one type as one.
pub(crate) fn shape(events: &[Value]) -> Vec<String> {
    let mut names: Vec<String> = events
        .iter()
        .map(|event| event["type"].as_str().unwrap().to_owned())
        .collect();
    names.dedup();
    names
}
