//! A file of the workspace, handed out as it is. Nothing in it runs: only pictures are shown in
//! place, and only when that is asked for.

use poem::{Body, IntoResponse, Response, http::HeaderValue};
use poem_openapi::{
    ApiResponse,
    payload::{Binary, Payload as _},
    registry::{MetaMediaType, MetaResponse, MetaResponses, Registry},
};

use super::attachments::disposition;
use crate::workspace::Handed;

/// Pictures that are shown in place.
const SHOWN: [&str; 5] = [
    "image/png",
    "image/jpeg",
    "image/gif",
    "image/webp",
    "image/avif",
];

/// The file.
pub(super) struct FileDownload {
    pub(super) handed: Handed,
    /// Show it where it can be shown.
    pub(super) inline: bool,
}

impl IntoResponse for FileDownload {
    fn into_response(self) -> Response {
        let Handed {
            file,
            size,
            name,
            media_type,
        } = self.handed;
        let kind = if self.inline && SHOWN.contains(&media_type.as_str()) {
            "inline"
        } else {
            "attachment"
        };
        let media_type = if media_type.starts_with("text/") {
            format!("{media_type}; charset=utf-8")
        } else {
            media_type
        };
        let media_type = HeaderValue::try_from(media_type)
            .unwrap_or(HeaderValue::from_static("application/octet-stream"));
        Response::builder()
            .header("content-type", media_type)
            .header("content-length", size)
            .header("content-disposition", disposition(kind, &name))
            .header("content-security-policy", "sandbox; default-src 'none'")
            .header("cache-control", "no-store")
            // No more than was promised, though the file grows meanwhile.
            .body(Body::from_async_read(tokio::io::AsyncReadExt::take(
                tokio::fs::File::from_std(file),
                size,
            )))
    }
}

impl ApiResponse for FileDownload {
    fn meta() -> MetaResponses {
        MetaResponses {
            responses: vec![MetaResponse {
                description: "Its bytes.",
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
