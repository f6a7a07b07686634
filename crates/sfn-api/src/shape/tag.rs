//! Tags and the limits on them.

use serde::{Deserialize, Serialize};
use sfn_store::TagError;

use crate::{ApiError, Detail, ErrorCode};

/// A tag of a resource. A value that was left out is empty.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Tag {
    pub(crate) key: String,
    #[serde(default)]
    pub(crate) value: String,
}

impl From<Tag> for sfn_store::Tag {
    fn from(tag: Tag) -> Self {
        Self { key: tag.key.into(), value: tag.value.into() }
    }
}

/// What keys of users' tags do not begin with, in any case. *Tag naming limits
/// and requirements*.
const RESERVED: &str = "aws:";

/// Tags to set, none of which is the service's own.
pub(crate) fn to_set(tags: Vec<Tag>) -> Result<Vec<sfn_store::Tag>, ApiError> {
    let is_reserved =
        |tag: &&Tag| tag.key.get(..RESERVED.len()).is_some_and(|start| start.eq_ignore_ascii_case(RESERVED));
    if let Some(tag) = tags.iter().find(is_reserved) {
        return Err(ApiError::validation(format!(
            "Tag keys that begin with '{RESERVED}' are reserved for system use. Received: {}",
            tag.key
        )));
    }
    Ok(tags.into_iter().map(Into::into).collect())
}

/// The tags of a new resource, as many as it may have.
pub(crate) fn of_new(tags: Vec<Tag>, resource: &str) -> Result<Vec<sfn_store::Tag>, ApiError> {
    if tags.len() > sfn_store::TAGS_MAX {
        return Err(too_many(resource));
    }
    to_set(tags)
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
