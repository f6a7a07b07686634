//! Structures as JSON: responses, and what the store keeps.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::ApiError;

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
