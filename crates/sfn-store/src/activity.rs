//! Activities, and tags of activities and state machines.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::id::{ActivityArn, ResourceArn};
use crate::{Fault, Timestamp};

/// An activity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActivityRecord {
    /// Its ARN, which holds its name.
    pub arn: ActivityArn,
    /// When it was created.
    pub created_at: Timestamp,
    /// `encryptionConfiguration` as JSON text.
    pub encryption: Option<Arc<str>>,
}

/// An activity to create.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewActivity {
    /// The record.
    pub record: ActivityRecord,
    /// Its first tags; a later one of the same key wins.
    pub tags: Vec<Tag>,
}

/// A tag of a resource.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Tag {
    /// Unique in its resource.
    pub key: Arc<str>,
    /// The value.
    pub value: Arc<str>,
}

/// The tags of one resource by key.
pub type Tags = BTreeMap<Arc<str>, Arc<str>>;

/// Most tags of one resource. API reference, `TooManyTags`.
pub const TAGS_MAX: usize = 50;

/// Tags to set and to remove on one resource, both at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TagChange {
    /// The resource.
    pub resource: ResourceArn,
    /// Keys to remove, before others are set; unknown ones do not matter.
    pub remove: Vec<Arc<str>>,
    /// Tags to set; those of the same key are replaced.
    pub set: Vec<Tag>,
}

impl TagChange {
    /// The tags of the resource after the change.
    pub fn apply(&self, mut tags: Tags) -> Result<Tags, TagError> {
        for key in &self.remove {
            tags.remove(key);
        }
        tags.extend(self.set.iter().map(|tag| (tag.key.clone(), tag.value.clone())));
        match tags.len() {
            0..=TAGS_MAX => Ok(tags),
            found => Err(TagError::TooMany { found }),
        }
    }
}

/// Why tags were neither read nor changed.
#[derive(Debug, thiserror::Error)]
pub enum TagError {
    /// There is no such resource.
    #[error("no such resource")]
    NoSuchResource,
    /// The resource would have more than [`TAGS_MAX`] tags.
    #[error("expected at most {TAGS_MAX} tags on a resource, found {found}")]
    TooMany {
        /// How many it would have.
        found: usize,
    },
    /// The store failed.
    #[error(transparent)]
    Fault(#[from] Fault),
}
