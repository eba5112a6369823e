//! A body taken as it comes, whatever its type: a file.

use poem::{Request, RequestBody};
use poem_openapi::{
    ApiExtractor, ApiExtractorType, ExtractParamOptions,
    payload::{Binary, Payload},
    registry::{MetaMediaType, MetaRequest, Registry},
};

/// The bytes of a body.
#[derive(Clone, Debug)]
pub(super) struct RawBody(pub(super) Vec<u8>);

impl<'a> ApiExtractor<'a> for RawBody {
    const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::RequestObject];

    type ParamType = ();
    type ParamRawType = ();

    fn register(_registry: &mut Registry) {}

    fn request_meta() -> Option<MetaRequest> {
        Some(MetaRequest {
            description: Some("The bytes of the file."),
            content: vec![MetaMediaType {
                content_type: Binary::<Vec<u8>>::CONTENT_TYPE,
                schema: Binary::<Vec<u8>>::schema_ref(),
            }],
            required: true,
        })
    }

    async fn from_request(
        request: &'a Request,
        body: &mut RequestBody,
        _options: ExtractParamOptions<()>,
    ) -> poem::Result<Self> {
        let bytes = <Vec<u8> as poem::FromRequest<'_>>::from_request(request, body).await?;
        Ok(Self(bytes))
    }
}
