//! What a command says: its beginning and its end are kept, and whole lines are told as they come.

use std::collections::VecDeque;

use super::terminal;
use crate::tools::Progress;

/// Bytes kept of the beginning, and as many of the end: more than a model is ever shown, so that
/// nothing that is masked by its whole length is cut before.
const KEPT: usize = 1 << 20;
/// Bytes of a line that is told while it comes.
const LONGEST_LINE: usize = 4096;

/// What a command has said so far.
pub(super) struct Output {
    head: Vec<u8>,
    tail: VecDeque<u8>,
    lost: usize,
    line: Vec<u8>,
    progress: Progress,
}

impl Output {
    pub(super) fn new(progress: Progress) -> Self {
        Self {
            head: Vec::new(),
            tail: VecDeque::new(),
            lost: 0,
            line: Vec::new(),
            progress,
        }
    }

    pub(super) fn push(&mut self, bytes: &[u8]) {
        let room = KEPT - self.head.len().min(KEPT);
        let (first, rest) = bytes.split_at(bytes.len().min(room));
        self.head.extend_from_slice(first);
        self.tail.extend(rest);
        let over = self.tail.len().saturating_sub(KEPT);
        self.tail.drain(..over);
        self.lost += over;
        for byte in bytes {
            if *byte == b'\n' || self.line.len() >= LONGEST_LINE {
                self.tell();
            }
            if *byte != b'\n' {
                self.line.push(*byte);
            }
        }
    }

    fn tell(&mut self) {
        let line = String::from_utf8_lossy(&self.line);
        self.progress.line(&terminal::plain_line(&line));
        self.line.clear();
    }

    /// The whole as text.
    pub(super) fn text(mut self) -> String {
        if !self.line.is_empty() {
            self.tell();
        }
        let mut bytes = self.head;
        if self.lost > 0 {
            bytes.extend_from_slice(format!("\n[{} bytes are lost here]\n", self.lost).as_bytes());
        }
        bytes.extend(self.tail);
        terminal::plain(&String::from_utf8_lossy(&bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_beginning_and_the_end_are_kept_and_lines_are_told() {
        let (progress, mut told) = Progress::watched();
        let mut output = Output::new(progress);
        output.push(b"first\nsec");
        output.push(b"ond\nthird");
        assert_eq!(told.try_recv().unwrap(), "first");
        assert_eq!(told.try_recv().unwrap(), "second");
        assert!(told.try_recv().is_err());
        for _ in 0..3 * KEPT / 1000 {
            output.push(&[b'x'; 1000]);
        }
        output.push(b"\nlast");
        let text = output.text();
        assert!(text.starts_with("first\nsecond\nthirdxx"));
        assert!(text.ends_with("x\nlast"));
        assert!(text.contains("bytes are lost here]"));
        assert!(text.len() < 2 * KEPT + 100);
    }
}
