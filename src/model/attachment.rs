//! Files handed along with a message.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde::Serialize;

/// Longest file name, in characters.
const MAX_NAME_CHARS: usize = 255;
/// Longest media type, in bytes.
const MAX_TYPE_BYTES: usize = 127;

/// A file handed along with a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attachment {
    /// Its file name.
    pub name: String,
    /// Its media type, such as `image/png` or `text/plain`.
    pub media_type: String,
    /// Its bytes.
    pub data: Vec<u8>,
}

/// What is said of a file handed along, without its bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AttachmentInfo {
    /// Its file name.
    pub name: String,
    /// Its media type.
    pub media_type: String,
    /// Its size in bytes.
    pub size: u64,
}

/// Why a file was not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AttachmentError {
    /// The name can't be kept.
    #[error("an attachment's name is 1 to {MAX_NAME_CHARS} characters, none a control character")]
    Name,
    /// The bytes are not base64.
    #[error("attachment {0:?}: data must be base64")]
    NotBase64(String),
    /// Neither an image nor text.
    #[error("attachment {0:?}: only images and text can be attached, not {1:?}")]
    Kind(String, String),
    /// It claims to be text and is not UTF-8.
    #[error("attachment {0:?}: the text is not UTF-8")]
    NotText(String),
}

impl Attachment {
    /// Takes a file as it came in JSON.
    pub fn from_base64(name: &str, media_type: &str, data: &str) -> Result<Self, AttachmentError> {
        let length = name.chars().count();
        if !(1..=MAX_NAME_CHARS).contains(&length) || name.chars().any(char::is_control) {
            return Err(AttachmentError::Name);
        }
        let data = STANDARD
            .decode(data.trim())
            .map_err(|_| AttachmentError::NotBase64(name.to_owned()))?;
        let file = Self {
            name: name.to_owned(),
            media_type: media_type.to_ascii_lowercase(),
            data,
        };
        if file.is_image() {
            return Ok(file);
        }
        let plain = file.media_type.len() <= MAX_TYPE_BYTES
            && file
                .media_type
                .bytes()
                .all(|byte| (b' '..=b'~').contains(&byte));
        if !plain || !file.is_textual() {
            return Err(AttachmentError::Kind(file.name, file.media_type));
        }
        match std::str::from_utf8(&file.data) {
            Ok(_) => Ok(file),
            Err(_) => Err(AttachmentError::NotText(file.name)),
        }
    }

    /// Whether it is a picture.
    pub fn is_image(&self) -> bool {
        matches!(
            self.media_type.as_str(),
            "image/png" | "image/jpeg" | "image/gif" | "image/webp"
        )
    }

    /// Its text, when it is text.
    pub fn text(&self) -> Option<&str> {
        if self.is_textual() {
            std::str::from_utf8(&self.data).ok()
        } else {
            None
        }
    }

    fn is_textual(&self) -> bool {
        let essence = self.media_type.split(';').next().unwrap_or_default().trim();
        essence.starts_with("text/")
            || matches!(
                essence,
                "application/json" | "application/xml" | "application/yaml" | "application/toml"
            )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn images_and_text_are_taken_and_nothing_else() {
        assert!(Attachment::from_base64("a.png", "image/png", "AAAA").is_ok());
        let text = Attachment::from_base64("a.txt", "text/plain; charset=utf-8", "aGk=");
        assert_eq!(text.as_ref().ok().and_then(Attachment::text), Some("hi"));
        assert!(Attachment::from_base64("a.exe", "application/octet-stream", "AAAA").is_err());
        assert!(Attachment::from_base64("a.txt", "text/plain", "/w==").is_err());
        assert!(Attachment::from_base64("a.txt", "text/plain", "%%%").is_err());
    }
}
