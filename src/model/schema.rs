//! How string-like types of the model appear in the API document.

/// Makes a type that is `Display + FromStr + Serialize` usable as an OpenAPI string.
macro_rules! openapi_string {
    ($type:ty, $name:literal, $format:literal) => {
        impl poem_openapi::types::Type for $type {
            const IS_REQUIRED: bool = true;
            type RawValueType = Self;
            type RawElementValueType = Self;

            fn name() -> std::borrow::Cow<'static, str> {
                $name.into()
            }

            fn schema_ref() -> poem_openapi::registry::MetaSchemaRef {
                poem_openapi::registry::MetaSchemaRef::Inline(Box::new(
                    poem_openapi::registry::MetaSchema::new_with_format("string", $format),
                ))
            }

            fn as_raw_value(&self) -> Option<&Self> {
                Some(self)
            }

            fn raw_element_iter<'a>(&'a self) -> Box<dyn Iterator<Item = &'a Self> + 'a> {
                Box::new(self.as_raw_value().into_iter())
            }
        }

        impl poem_openapi::types::ParseFromJSON for $type {
            fn parse_from_json(
                value: Option<serde_json::Value>,
            ) -> poem_openapi::types::ParseResult<Self> {
                match value {
                    Some(serde_json::Value::String(text)) => text
                        .parse()
                        .map_err(poem_openapi::types::ParseError::custom),
                    Some(other) => Err(poem_openapi::types::ParseError::expected_type(other)),
                    None => Err(poem_openapi::types::ParseError::expected_input()),
                }
            }
        }

        impl poem_openapi::types::ParseFromParameter for $type {
            fn parse_from_parameter(value: &str) -> poem_openapi::types::ParseResult<Self> {
                value
                    .parse()
                    .map_err(poem_openapi::types::ParseError::custom)
            }
        }

        impl poem_openapi::types::ToJSON for $type {
            fn to_json(&self) -> Option<serde_json::Value> {
                Some(serde_json::Value::String(self.to_string()))
            }
        }

        impl poem_openapi::types::ToHeader for $type {
            fn to_header(&self) -> Option<http::HeaderValue> {
                http::HeaderValue::from_str(&self.to_string()).ok()
            }
        }
    };
}

pub(super) use openapi_string;
