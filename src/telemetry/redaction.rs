//! Takes secrets out of log lines on their way to the terminal and the file, whoever wrote them
//! in. What a secret looks like, the configuration knows.

use std::io::{self, Write};

use tracing_subscriber::fmt::MakeWriter;

use crate::config::redact;

/// Makes writers that redact.
pub(super) struct Redacting<M>(pub(super) M);

impl<'a, M: MakeWriter<'a>> MakeWriter<'a> for Redacting<M> {
    type Writer = RedactingWriter<M::Writer>;

    fn make_writer(&'a self) -> Self::Writer {
        RedactingWriter(self.0.make_writer())
    }

    fn make_writer_for(&'a self, meta: &tracing::Metadata<'_>) -> Self::Writer {
        RedactingWriter(self.0.make_writer_for(meta))
    }
}

/// Redacts each write by itself: the formatter hands over whole lines.
pub(super) struct RedactingWriter<W>(W);

impl<W: Write> Write for RedactingWriter<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let text = String::from_utf8_lossy(bytes);
        self.0.write_all(redact(&text).as_bytes())?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_line_of_json_is_masked_behind_an_escape_too() {
        let mut line = Vec::new();
        let written =
            RedactingWriter(&mut line).write(br#"{"message":"said:\nsk-1234567890abcdef"}"#);
        assert!(written.is_ok());
        let line = String::from_utf8(line).unwrap();
        assert!(!line.contains("1234567890"), "{line}");
        assert!(
            serde_json::from_str::<serde_json::Value>(&line).is_ok(),
            "{line}"
        );
    }

    proptest! {
        #[test]
        fn a_key_never_survives_whatever_stands_around_it(
            before in "\\PC{0,20}([ \"'(:=,]|\\\\n)", key in "[A-Za-z0-9]{24}", after in "[ \"',)]\\PC{0,20}",
        ) {
            let text = format!("{before}zcl_live_{key}{after}");
            prop_assert!(!redact(&text).contains(&key));
        }
    }
}
