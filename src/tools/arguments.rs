//! From checked arguments to a tool's own type.

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::ToolError;

/// A tool's own type out of its arguments.
pub fn parse<T: DeserializeOwned>(args: &Value) -> Result<T, ToolError> {
    T::deserialize(args).map_err(|error| ToolError::Arguments(error.to_string()))
}
