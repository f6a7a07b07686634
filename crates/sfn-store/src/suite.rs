//! The tests that every store must pass. A crate that implements a store
//! says in a test `sfn_store::store_suite!(place)`, where `place` makes a
//! [`Place`] for one test, and `sfn_store::persistent_store_suite!(place)` if
//! the store outlives its handle.
#![expect(
    clippy::missing_panics_doc,
    clippy::unwrap_used,
    clippy::panic,
    reason = "these are tests: a panic is how they fail"
)]

mod child;
mod commit;
mod concurrency;
mod creation;
pub mod fixture;
mod history;
mod lease;
mod list;
mod map_run;
mod message;
mod persistence;
mod redrive;
mod resource;
mod task;
mod version;

use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};

use crate::store::{BoxFuture, Store};

pub use self::fixture::Fixture;
pub use child::*;
pub use commit::*;
pub use concurrency::*;
pub use creation::*;
pub use history::*;
pub use lease::*;
pub use list::*;
pub use map_run::*;
pub use message::*;
pub use persistence::*;
pub use redrive::*;
pub use resource::*;
pub use task::*;
pub use version::*;

/// Where one test's store is. Dropping it cleans up.
pub trait Place {
    /// Opens the store, for the first time or again after its last handle was
    /// dropped.
    fn open(&self) -> BoxFuture<Arc<dyn Store>>;
}

/// Runs a future to its end on this thread.
pub fn block_on<T>(future: impl Future<Output = T>) -> T {
    struct Unpark(Thread);
    impl Wake for Unpark {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }
    let mut future = pin!(future);
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    let mut context = Context::from_waker(&waker);
    loop {
        match future.as_mut().poll(&mut context) {
            Poll::Ready(value) => return value,
            Poll::Pending => thread::park(),
        }
    }
}

/// Makes a test of each test of the suite. Takes an expression that makes a
/// [`Place`](crate::suite::Place).
#[macro_export]
macro_rules! store_suite {
    ($place:expr) => {
        $crate::suite_tests! {
            $place;
            state_machines_are_created_once
            state_machines_are_updated_from_the_revision_that_was_read
            state_machines_without_running_executions_are_deleted_at_once
            state_machines_in_deletion_go_with_their_last_execution
            activities_are_created_once
            tags_are_set_and_removed_within_their_limit
            executions_are_created_once
            executions_need_their_state_machine
            first_steps_are_committed_with_the_creation
            first_steps_may_close_the_execution
            commits_are_whole
            refused_commits_change_nothing
            closing_ends_all
            commits_are_fenced_by_the_lease
            leases_that_ran_out_are_good_until_taken
            renewal_tells_what_is_lost
            only_due_executions_are_claimed
            claims_give_all_that_a_node_needs
            released_executions_wait_for_their_time_or_a_message
            claimers_never_share
            messages_keep_their_order
            messages_are_consumed_once
            messages_keep_a_lease_from_release
            tokens_find_their_task
            answered_tasks_are_closed
            activity_tasks_are_taken_oldest_first
            activity_tasks_wait_for_a_worker
            histories_are_read_both_ways
            pages_are_stable_under_inserts
            executions_are_listed_by_status
            resources_are_listed_newest_first
            versions_are_published_once_per_revision
            aliases_lead_to_versions
            aliases_are_limited
            versions_and_aliases_go_with_their_state_machine
            executions_are_listed_by_version_and_alias
            map_runs_begin_and_end_with_steps
            refused_commits_leave_map_runs_alone
            map_runs_are_listed_newest_first
            map_runs_change_while_they_run
            children_need_a_running_map_run
            children_keep_their_state_machine
            children_are_told_of_the_end
            children_are_listed_apart
            children_are_counted_by_status
            children_are_read_by_place
            failed_children_wait_for_a_redrive
            children_begin_before_the_end_or_not_at_all
            executions_that_failed_run_again
            redriven_executions_end_again
            redrives_are_refused
            children_are_redriven_within_their_map_run
            redrives_happen_once
            hints_follow_what_happened
            many_commit_at_once
        }
    };
}

/// Makes a test of each test for stores that outlive their handle.
#[macro_export]
macro_rules! persistent_store_suite {
    ($place:expr) => {
        $crate::suite_tests! {
            $place;
            everything_is_there_after_reopening
            epochs_and_positions_grow_after_reopening
            versions_and_aliases_are_there_after_reopening
            map_runs_are_there_after_reopening
            redrives_are_there_after_reopening
        }
    };
}

/// Makes tests of functions of the suite.
#[doc(hidden)]
#[macro_export]
macro_rules! suite_tests {
    ($place:expr; $($name:ident)*) => {
        $(
            #[test]
            fn $name() {
                let place = $place;
                $crate::suite::block_on($crate::suite::$name(&place));
            }
        )*
    };
}
