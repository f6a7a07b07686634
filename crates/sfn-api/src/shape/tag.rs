//! Tags and the limits on them.

use serde::{Deserialize, Serialize};
use sfn_store::TagError;

use crate::constraint::Constraints;
use crate::{ApiError, Detail, ErrorCode};

/// A tag of a resource. A member that was left out is empty.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Tag {
    #[serde(default)]
    pub(crate) key: String,
    #[serde(default)]
    pub(crate) value: String,
}

impl From<Tag> for sfn_store::Tag {
    fn from(tag: Tag) -> Self {
        Self { key: tag.key.into(), value: tag.value.into() }
    }
}

/// Checks the lengths of keys and values.
pub(crate) fn check(constraints: &mut Constraints, tags: &[Tag]) {
    for (place, tag) in tags.iter().enumerate() {
        let member = |field: &str| format!("tags.{}.member.{field}", place + 1);
        constraints.length(&member("key"), Some(&tag.key), 1..=128);
        constraints.length(&member("value"), Some(&tag.value), 0..=256);
    }
}

/// The tags of a new resource, as many as it may have.
pub(crate) fn of_new(tags: Vec<Tag>, resource: &str) -> Result<Vec<sfn_store::Tag>, ApiError> {
    if tags.len() > sfn_store::TAGS_MAX {
        return Err(too_many(resource));
    }
    Ok(tags.into_iter().map(Into::into).collect())
}

/// The error about more tags than a resource may have.
pub(crate) fn too_many(resource: &str) -> ApiError {
    ApiError::new(ErrorCode::TooManyTags, format!("Too many tags: '{resource}'"))
        .with_detail(Detail::ResourceName(resource.to_owned()))
}

/// What a caller is told about tags that were neither read nor changed.
pub(crate) fn refused(error: TagError, resource: &str) -> ApiError {
    match error {
        TagError::NoSuchResource => ApiError::no_resource(resource),
        TagError::TooMany { .. } => too_many(resource),
        TagError::Fault(fault) => fault.into(),
    }
}
