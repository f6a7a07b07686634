//! Which activities of a definition do not exist: AWS looks an activity up
//! before it schedules a task for its workers.

use std::collections::BTreeSet;
use std::sync::Arc;

use sfn_store::id::ActivityArn;
use sfn_store::{Fault, Store};

/// Those of the activities that the store does not have. What is no ARN of an
/// activity is none.
pub(crate) async fn missing(
    store: &dyn Store,
    activities: &BTreeSet<Arc<str>>,
) -> Result<BTreeSet<Arc<str>>, Fault> {
    let mut missing = BTreeSet::new();
    for activity in activities {
        let exists = match activity.parse::<ActivityArn>() {
            Ok(arn) => store.activity(&arn).await?.is_some(),
            Err(_) => false,
        };
        if !exists {
            missing.insert(Arc::clone(activity));
        }
    }
    Ok(missing)
}
