//! Files that go with messages: as they come, as they are listed, and as they are handed out.

use poem::{Body, IntoResponse, Response, http::HeaderValue};
use poem_openapi::{
    ApiResponse, Object,
    payload::{Binary, Json, Payload as _},
    registry::{MetaMediaType, MetaResponse, MetaResponses, Registry},
};

use super::{ApiError, ErrorBody, error::sentence};
use crate::{
    config::Config,
    model::{Attachment, AttachmentError, AttachmentInfo, TurnId},
};

/// Files of one message.
const MAX_ATTACHMENTS: usize = 20;
/// The largest file, where the largest message leaves room for it.
const MAX_ATTACHMENT_BYTES: usize = 20 * 1024 * 1024;
/// What a message needs beside one file: a short text, names, punctuation.
const BESIDE: usize = 4096;

/// What goes with one message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Object)]
#[oai(rename = "MessageLimits")]
pub(crate) struct Limits {
    /// Files of one message.
    max_attachments: usize,
    /// Bytes of one file.
    max_attachment_bytes: usize,
    /// Bytes of a whole message as it is sent: its text, and its files in base64.
    max_message_bytes: usize,
}

impl Limits {
    /// The limits of this configuration.
    pub(crate) fn of(config: &Config) -> Self {
        let max_message_bytes = config.gateway.max_chat_body_bytes;
        let room = max_message_bytes.saturating_sub(BESIDE) / 4 * 3;
        Self {
            max_attachments: MAX_ATTACHMENTS,
            max_attachment_bytes: room.min(MAX_ATTACHMENT_BYTES),
            max_message_bytes,
        }
    }
}

/// A file handed along.
#[derive(Debug, Object)]
pub struct AttachmentInput {
    /// Its name.
    pub name: String,
    /// `image/png`, `image/jpeg`, `image/gif`, `image/webp`, or a kind of text.
    pub media_type: String,
    /// Its bytes in base64.
    pub data: String,
}

/// Why files were not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum AttachmentsRefused {
    /// There are too many.
    #[error("at most {0} files go with one message")]
    TooMany(usize),
    /// One is too large.
    #[error("attachment {0:?} is larger than the {1} bytes that one file may have")]
    TooLarge(String, usize),
    /// One is wrong.
    #[error(transparent)]
    Wrong(#[from] AttachmentError),
}

impl AttachmentsRefused {
    /// The stable word for it.
    pub(crate) fn code(&self) -> &'static str {
        match self {
            Self::TooLarge(..) => "PAYLOAD_TOO_LARGE",
            Self::TooMany(_) | Self::Wrong(_) => "INVALID_REQUEST",
        }
    }
}

impl From<AttachmentsRefused> for ApiError {
    fn from(refused: AttachmentsRefused) -> Self {
        match &refused {
            AttachmentsRefused::TooLarge(name, max) => {
                let details = serde_json::json!({
                    "field": "attachments", "name": name, "max_attachment_bytes": max,
                });
                let body = ErrorBody::new(refused.code(), sentence(&refused));
                Self::PayloadTooLarge(Json(body.with_details(details)))
            }
            AttachmentsRefused::TooMany(_) | AttachmentsRefused::Wrong(_) => {
                Self::bad_field("attachments", refused.to_string())
            }
        }
    }
}

/// Files as they came in JSON.
pub(crate) fn attachments(
    files: &[AttachmentInput],
    limits: Limits,
) -> Result<Vec<Attachment>, AttachmentsRefused> {
    if files.len() > limits.max_attachments {
        return Err(AttachmentsRefused::TooMany(limits.max_attachments));
    }
    files
        .iter()
        .map(|file| {
            let taken = Attachment::from_base64(&file.name, &file.media_type, &file.data)?;
            if taken.data.len() > limits.max_attachment_bytes {
                return Err(AttachmentsRefused::TooLarge(
                    taken.name,
                    limits.max_attachment_bytes,
                ));
            }
            Ok(taken)
        })
        .collect()
}

/// A file that went with a message.
#[derive(Clone, Debug, PartialEq, Eq, Object)]
#[oai(rename = "Attachment")]
pub(crate) struct AttachmentView {
    /// Its name.
    name: String,
    /// Its media type.
    media_type: String,
    /// Its size in bytes.
    size: u64,
    /// Where its bytes are.
    url: String,
}

impl AttachmentView {
    /// The files of a turn.
    pub(crate) fn list(turn: TurnId, files: Vec<AttachmentInfo>) -> Vec<Self> {
        let places = files.into_iter().enumerate();
        let views = places.map(|(place, file)| Self {
            name: file.name,
            media_type: file.media_type,
            size: file.size,
            url: format!("/api/turns/{turn}/attachments/{place}"),
        });
        views.collect()
    }
}

/// A file, handed out. Nothing in it runs, whatever it claims to be: only pictures are shown in
/// place, all else is to be saved.
pub(crate) struct AttachmentFile {
    pub(crate) file: Attachment,
    /// It will never change.
    pub(crate) settled: bool,
}

impl IntoResponse for AttachmentFile {
    fn into_response(self) -> Response {
        let Self { file, settled } = self;
        let kind = if file.is_image() {
            "inline"
        } else {
            "attachment"
        };
        let text = file.text().is_some() && !file.media_type.contains("charset");
        let media_type = if text {
            format!("{}; charset=utf-8", file.media_type)
        } else {
            file.media_type.clone()
        };
        let media_type = HeaderValue::try_from(media_type)
            .unwrap_or(HeaderValue::from_static("application/octet-stream"));
        let cache = if settled {
            "private, max-age=3600"
        } else {
            "no-store"
        };
        Response::builder()
            .header("content-type", media_type)
            .header("content-disposition", disposition(kind, &file.name))
            .header("content-security-policy", "sandbox; default-src 'none'")
            .header("cache-control", cache)
            .body(Body::from(file.data))
    }
}

/// A name for every browser: plain for old ones, and as it is for the others (RFC 6266).
pub(super) fn disposition(kind: &str, name: &str) -> String {
    let plain: String = name
        .chars()
        .map(|letter| match letter {
            ' '..='~' if !r#""\%/"#.contains(letter) => letter,
            _ => '_',
        })
        .collect();
    let exact: String = name
        .bytes()
        .map(|byte| {
            if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
                char::from(byte).to_string()
            } else {
                format!("%{byte:02X}")
            }
        })
        .collect();
    format!("{kind}; filename=\"{plain}\"; filename*=UTF-8''{exact}")
}

impl ApiResponse for AttachmentFile {
    fn meta() -> MetaResponses {
        MetaResponses {
            responses: vec![MetaResponse {
                description: "Its bytes, under its media type. Pictures are shown in place, all \
                              else is to be saved.",
                status: Some(200),
                status_range: None,
                content: vec![MetaMediaType {
                    content_type: "*/*",
                    schema: Binary::<Vec<u8>>::schema_ref(),
                }],
                headers: vec![],
            }],
        }
    }

    fn register(_registry: &mut Registry) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_name_makes_a_header() {
        for (name, expected) in [
            (
                "a b.png",
                "inline; filename=\"a b.png\"; filename*=UTF-8''a%20b.png",
            ),
            (
                "\"x\"\\é.txt",
                "inline; filename=\"_x___.txt\"; filename*=UTF-8''%22x%22%5C%C3%A9.txt",
            ),
        ] {
            assert_eq!(disposition("inline", name), expected);
            assert!(HeaderValue::try_from(expected).is_ok());
        }
    }

    #[test]
    fn one_file_always_fits_into_a_message() {
        let mut config = Config::default();
        for bytes in [0, 4096, 65_536, 10 * 1024 * 1024, 1 << 30] {
            config.gateway.max_chat_body_bytes = bytes;
            let limits = Limits::of(&config);
            let encoded = limits.max_attachment_bytes.div_ceil(3) * 4;
            assert!(encoded == 0 || encoded + BESIDE <= bytes, "{limits:?}");
        }
    }
}
