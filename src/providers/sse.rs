//! Cuts a server-sent event stream into the data of its events. No network here.

use bytes::{Buf as _, Bytes, BytesMut};

/// Longest event that is read; a longer one is a fault of the other side.
const LONGEST_EVENT: usize = 8 * 1024 * 1024;

/// The event is longer than anything a model says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TooLong;

/// Takes bytes as they come, gives whole events.
#[derive(Debug, Default)]
pub(super) struct Events {
    unread: BytesMut,
    /// Where the search for the line's end goes on, so that no byte is looked at twice.
    searched: usize,
    data: BytesMut,
    has_data: bool,
}

impl Events {
    /// Adds what came.
    pub(super) fn push(&mut self, bytes: &[u8]) -> Result<(), TooLong> {
        if self.unread.len() + self.data.len() + bytes.len() > LONGEST_EVENT {
            return Err(TooLong);
        }
        self.unread.extend_from_slice(bytes);
        Ok(())
    }

    /// The data of the next whole event.
    pub(super) fn next(&mut self) -> Option<Bytes> {
        while let Some(line) = self.next_line() {
            if line.is_empty() {
                if let Some(event) = self.dispatch() {
                    return Some(event);
                }
            } else if let Some(value) = line.strip_prefix(b"data:") {
                if self.has_data {
                    self.data.extend_from_slice(b"\n");
                }
                let value = value.strip_prefix(b" ").unwrap_or(value);
                self.data.extend_from_slice(value);
                self.has_data = true;
            }
        }
        None
    }

    /// The data of an event that the stream's end cut off before its empty line.
    pub(super) fn last(&mut self) -> Option<Bytes> {
        if !self.unread.is_empty() {
            self.unread.extend_from_slice(b"\n\n");
            return self.next();
        }
        self.dispatch()
    }

    fn dispatch(&mut self) -> Option<Bytes> {
        let had_data = std::mem::take(&mut self.has_data);
        had_data.then(|| self.data.split().freeze())
    }

    /// The next line without its end. Lines end with LF or CRLF; no model server ends them with
    /// a lone CR.
    fn next_line(&mut self) -> Option<Bytes> {
        let unsearched = self.unread.get(self.searched..).unwrap_or_default();
        let Some(found) = unsearched.iter().position(|byte| *byte == b'\n') else {
            self.searched = self.unread.len();
            return None;
        };
        let mut line = self.unread.split_to(self.searched + found);
        self.unread.advance(1);
        self.searched = 0;
        if line.ends_with(b"\r") {
            line.truncate(line.len() - 1);
        }
        Some(line.freeze())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn all(events: &mut Events) -> Vec<String> {
        std::iter::from_fn(|| events.next())
            .map(|data| String::from_utf8(data.to_vec()).unwrap())
            .collect()
    }

    #[test]
    fn comments_other_fields_and_empty_events_are_passed_over() {
        let mut events = Events::default();
        events
            .push(b": hello\n\nevent: x\nid: 1\ndata: one\n\n\ndata:two\r\ndata: three\r\n\r\n")
            .unwrap();
        assert_eq!(all(&mut events), ["one", "two\nthree"]);
    }

    #[test]
    fn an_event_without_its_empty_line_counts_at_the_end_only() {
        let mut events = Events::default();
        events.push(b"data: one\n\ndata: tw").unwrap();
        assert_eq!(all(&mut events), ["one"]);
        events.push(b"o").unwrap();
        assert_eq!(all(&mut events), Vec::<String>::new());
        assert_eq!(events.last().as_deref(), Some(b"two".as_slice()));
        assert_eq!(events.last(), None);
    }

    #[test]
    fn an_endless_line_is_refused() {
        let mut events = Events::default();
        assert_eq!(events.push(&vec![b'x'; LONGEST_EVENT]), Ok(()));
        assert_eq!(events.next(), None);
        assert_eq!(events.push(b"x"), Err(TooLong));
    }

    proptest! {
        #[test]
        fn the_cuts_between_reads_do_not_matter(cuts in prop::collection::vec(1_usize..9, 1..40)) {
            let text = "data: {\"ä\":1}\r\n\r\n: c\r\ndata: b\ndata: c\n\ndata: [DONE]\n\n".as_bytes();
            let mut events = Events::default();
            let mut seen = Vec::new();
            let mut rest = text;
            for cut in cuts.iter().cycle() {
                if rest.is_empty() {
                    break;
                }
                let (now, later) = rest.split_at((*cut).min(rest.len()));
                events.push(now).unwrap();
                seen.extend(all(&mut events));
                rest = later;
            }
            prop_assert_eq!(seen, ["{\"ä\":1}", "b\nc", "[DONE]"]);
        }
    }
}
