//! A JSON body that may be left out.

use poem::{Request, RequestBody};
use poem_openapi::{
    ApiExtractor, ApiExtractorType, ExtractParamOptions,
    error::ParseRequestPayloadError,
    payload::{Json, Payload},
    registry::{MetaMediaType, MetaRequest, Registry},
    types::ParseFromJSON,
};

/// A JSON body, or the default where there is none. What the client says of its type is not
/// looked at: a plain `curl -d '{…}'` calls it a form.
#[derive(Clone, Debug)]
pub(super) struct OptionalJson<T>(pub(super) T);

impl<'a, T: ParseFromJSON + Default> ApiExtractor<'a> for OptionalJson<T> {
    const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::RequestObject];

    type ParamType = ();
    type ParamRawType = ();

    fn register(registry: &mut Registry) {
        T::register(registry);
    }

    fn request_meta() -> Option<MetaRequest> {
        Some(MetaRequest {
            description: None,
            content: vec![MetaMediaType {
                content_type: Json::<T>::CONTENT_TYPE,
                schema: T::schema_ref(),
            }],
            required: false,
        })
    }

    async fn from_request(
        request: &'a Request,
        body: &mut RequestBody,
        _options: ExtractParamOptions<()>,
    ) -> poem::Result<Self> {
        let bytes = <Vec<u8> as poem::FromRequest<'_>>::from_request(request, body).await?;
        if bytes.iter().all(u8::is_ascii_whitespace) {
            return Ok(Self(T::default()));
        }
        let refused = |reason| ParseRequestPayloadError { reason };
        let value: serde_json::Value =
            serde_json::from_slice(&bytes).map_err(|error| refused(error.to_string()))?;
        let parsed = T::parse_from_json(Some(value));
        Ok(Self(parsed.map_err(|error| refused(error.into_message()))?))
    }
}
