//! Bodies: requests read from JSON, responses written as JSON.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::{ApiError, ErrorCode};

/// Reads a request. An empty body is a request without members.
pub(crate) fn read<'b, T: Deserialize<'b>>(body: &'b [u8]) -> Result<T, ApiError> {
    let body = if body.is_empty() { b"{}" } else { body };
    serde_json::from_slice(body).map_err(|e| ApiError::new(ErrorCode::SerializationException, e.to_string()))
}

/// Writes a response.
pub(crate) fn write(response: &impl Serialize) -> Result<Vec<u8>, ApiError> {
    serde_json::to_vec(response).map_err(ApiError::fault)
}

/// A structure as the store keeps it: JSON text.
pub(crate) fn text(structure: &impl Serialize) -> Result<Arc<str>, ApiError> {
    serde_json::to_string(structure).map(Into::into).map_err(ApiError::fault)
}

/// A structure that [`text`] wrote, or its default if nothing was kept.
pub(crate) fn stored<'t, T: Deserialize<'t> + Default>(text: Option<&'t str>) -> Result<T, ApiError> {
    text.map_or_else(|| Ok(T::default()), |text| serde_json::from_str(text).map_err(ApiError::fault))
}

/// The response without members.
#[derive(Debug, Serialize)]
pub(crate) struct Empty {}
