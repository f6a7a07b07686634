//! The operations, as functions of a connection: inside the writer's
//! transaction, or inside one of a reader.

pub(crate) mod activity;
pub(crate) mod commit;
pub(crate) mod creation;
pub(crate) mod execution;
pub(crate) mod lease;
pub(crate) mod machine;
pub(crate) mod map_run;
pub(crate) mod redrive;
pub(crate) mod tag;
pub(crate) mod task;
pub(crate) mod version;

use sfn_store::{PageRequest, Position};

use crate::column::int;

/// The positions before which a page begins, and how many rows tell whether
/// there is a next page.
fn page_bounds(page: PageRequest) -> (i64, i64) {
    let before = page.after.map_or(i64::MAX, |after| int(Position::get(after)));
    (before, i64::from(page.limit) + 1)
}
