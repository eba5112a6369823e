//! What is in a file, and the text that it is.

use super::{WorkspaceError, WorkspacePath};

/// Bytes at a file's beginning that tell whether it is text.
const SNIFFED: usize = 8192;

/// What is in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Content {
    /// The bytes.
    pub bytes: Vec<u8>,
    /// When it was last changed, as the system counts; only good for comparing.
    pub changed: Option<std::time::SystemTime>,
}

/// A text and how it is written down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    /// The text, with line ends as they are.
    pub text: String,
    /// It began with the mark of its encoding, and is in UTF-8.
    pub marked: bool,
    /// It is written in UTF-8 without errors, so that it can be written back.
    pub faithful: bool,
}

impl Content {
    /// The text, if it is one.
    pub fn text(&self, path: &WorkspacePath) -> Result<Text, WorkspaceError> {
        let (encoding, mark) =
            encoding_rs::Encoding::for_bom(&self.bytes).unwrap_or((encoding_rs::UTF_8, 0));
        let wide = encoding != encoding_rs::UTF_8;
        let head = self.bytes.get(..SNIFFED).unwrap_or(&self.bytes);
        if !wide && head.contains(&0) {
            return Err(WorkspaceError::Binary {
                path: path.to_string(),
                kind: mime_guess::from_path(path.as_str())
                    .first_or_octet_stream()
                    .to_string(),
                size: self.bytes.len() as u64,
            });
        }
        let (text, broken) = encoding.decode_without_bom_handling(&self.bytes[mark..]);
        Ok(Text {
            text: text.into_owned(),
            marked: mark > 0 && !wide,
            faithful: !wide && !broken,
        })
    }
}

impl Text {
    /// Another text in the same spelling: the mark of the encoding, and the ends of lines where
    /// all of them were alike.
    pub fn written_like_this(&self, text: &str) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(text.len() + 3);
        if self.marked {
            bytes.extend_from_slice("\u{feff}".as_bytes());
        }
        bytes.extend_from_slice(text.as_bytes());
        bytes
    }

    /// Whether every line ends with `\r\n`.
    pub fn has_wide_ends(&self) -> bool {
        let ends = self.text.matches('\n').count();
        ends > 0 && self.text.matches("\r\n").count() == ends
    }
}
