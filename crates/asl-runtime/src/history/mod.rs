//! The execution history: one variant per event type of the API, each with the
//! details that the API gives for it.

mod details;

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::Timestamp;
use crate::segment::{Reader, SegmentError, Stored, Writer};

pub use details::{
    ActivityScheduled, ActivityStarted, EvaluationFailed, ExecutionRedriven, ExecutionStarted, Failure,
    Field, LambdaFunctionScheduled, MapIteration, MapRunRedriven, MapRunStarted, MapStateStarted, Output,
    StateEntered, StateExited, TaskFailure, TaskOutput, TaskScheduled, TaskStarted,
};

/// Number of an event in its execution's history, from 1 without gaps. 0 as
/// the previous event means that there is none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct EventId(pub u64);

impl fmt::Display for EventId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// One entry of an execution's history. API reference, `HistoryEvent`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HistoryEvent {
    /// Its number.
    pub id: EventId,
    /// The event that led to it; always a smaller number.
    pub previous_event_id: EventId,
    /// When it happened; never before an event with a smaller number.
    pub timestamp: Timestamp,
    /// What happened.
    pub kind: EventKind,
}

/// Declares [`EventKind`] with its three tables: API name, name of the details
/// member, and the number that stands for the type in a stored segment.
macro_rules! events {
    ($($variant:ident $(($details:ty))? = $tag:literal $($member:literal)?;)*) => {
        /// What happened: the 62 event types of the API reference,
        /// `HistoryEvent`, under its names.
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub enum EventKind {
            $(
                #[doc = concat!("`", stringify!($variant), "`")]
                $variant $(($details))?,
            )*
        }

        impl EventKind {
            /// The names of all event types, as the API writes them.
            pub const NAMES: &'static [&'static str] = &[$(stringify!($variant)),*];

            /// The event type's name, as the API writes it.
            pub fn name(&self) -> &'static str {
                match self {
                    $(events!(@pattern $variant $(($details))?) => stringify!($variant),)*
                }
            }

            /// The details: the member of `HistoryEvent` that holds them, and
            /// its fields. `None` for types that have no such member.
            pub fn details(&self) -> Option<(&'static str, Vec<(&'static str, Field<'_>)>)> {
                match self {
                    $(events!(@bind $variant details $(($details))?) => events!(@details details $($member)?),)*
                }
            }

            fn tag(&self) -> u8 {
                match self {
                    $(events!(@pattern $variant $(($details))?) => $tag,)*
                }
            }

            fn write_details<'a>(&'a self, writer: &mut Writer<'a>) {
                match self {
                    $(events!(@bind $variant details $(($details))?) => events!(@write details writer $(($details))?),)*
                }
            }

            fn read_details(tag: u8, reader: &mut Reader<'_>) -> Result<Self, SegmentError> {
                Ok(match tag {
                    $($tag => events!(@read $variant reader $(($details))?),)*
                    unknown => return Err(SegmentError::UnknownEventType(unknown)),
                })
            }
        }
    };
    (@pattern $variant:ident ($details:ty)) => { Self::$variant(_) };
    (@pattern $variant:ident) => { Self::$variant };
    (@bind $variant:ident $name:ident ($details:ty)) => { Self::$variant($name) };
    (@bind $variant:ident $name:ident) => { Self::$variant };
    (@details $name:ident $member:literal) => { Some(($member, $name.fields())) };
    (@details $name:ident) => { None };
    (@write $name:ident $writer:ident ($details:ty)) => { $name.write($writer) };
    (@write $name:ident $writer:ident) => { {} };
    (@read $variant:ident $reader:ident ($details:ty)) => { Self::$variant(<$details>::read($reader)?) };
    (@read $variant:ident $reader:ident) => { Self::$variant };
}

events! {
    ActivityFailed(Failure) = 1 "activityFailedEventDetails";
    ActivityScheduled(ActivityScheduled) = 2 "activityScheduledEventDetails";
    ActivityScheduleFailed(Failure) = 3 "activityScheduleFailedEventDetails";
    ActivityStarted(ActivityStarted) = 4 "activityStartedEventDetails";
    ActivitySucceeded(Output) = 5 "activitySucceededEventDetails";
    ActivityTimedOut(Failure) = 6 "activityTimedOutEventDetails";
    ChoiceStateEntered(StateEntered) = 7 "stateEnteredEventDetails";
    ChoiceStateExited(StateExited) = 8 "stateExitedEventDetails";
    ExecutionAborted(Failure) = 9 "executionAbortedEventDetails";
    ExecutionFailed(Failure) = 10 "executionFailedEventDetails";
    ExecutionStarted(ExecutionStarted) = 11 "executionStartedEventDetails";
    ExecutionSucceeded(Output) = 12 "executionSucceededEventDetails";
    ExecutionTimedOut(Failure) = 13 "executionTimedOutEventDetails";
    FailStateEntered(StateEntered) = 14 "stateEnteredEventDetails";
    LambdaFunctionFailed(Failure) = 15 "lambdaFunctionFailedEventDetails";
    LambdaFunctionScheduled(LambdaFunctionScheduled) = 16 "lambdaFunctionScheduledEventDetails";
    LambdaFunctionScheduleFailed(Failure) = 17 "lambdaFunctionScheduleFailedEventDetails";
    LambdaFunctionStarted = 18;
    LambdaFunctionStartFailed(Failure) = 19 "lambdaFunctionStartFailedEventDetails";
    LambdaFunctionSucceeded(Output) = 20 "lambdaFunctionSucceededEventDetails";
    LambdaFunctionTimedOut(Failure) = 21 "lambdaFunctionTimedOutEventDetails";
    MapIterationAborted(MapIteration) = 22 "mapIterationAbortedEventDetails";
    MapIterationFailed(MapIteration) = 23 "mapIterationFailedEventDetails";
    MapIterationStarted(MapIteration) = 24 "mapIterationStartedEventDetails";
    MapIterationSucceeded(MapIteration) = 25 "mapIterationSucceededEventDetails";
    MapStateAborted = 26;
    MapStateEntered(StateEntered) = 27 "stateEnteredEventDetails";
    MapStateExited(StateExited) = 28 "stateExitedEventDetails";
    MapStateFailed = 29;
    MapStateStarted(MapStateStarted) = 30 "mapStateStartedEventDetails";
    MapStateSucceeded = 31;
    ParallelStateAborted = 32;
    ParallelStateEntered(StateEntered) = 33 "stateEnteredEventDetails";
    ParallelStateExited(StateExited) = 34 "stateExitedEventDetails";
    ParallelStateFailed = 35;
    ParallelStateStarted = 36;
    ParallelStateSucceeded = 37;
    PassStateEntered(StateEntered) = 38 "stateEnteredEventDetails";
    PassStateExited(StateExited) = 39 "stateExitedEventDetails";
    SucceedStateEntered(StateEntered) = 40 "stateEnteredEventDetails";
    SucceedStateExited(StateExited) = 41 "stateExitedEventDetails";
    TaskFailed(TaskFailure) = 42 "taskFailedEventDetails";
    TaskScheduled(TaskScheduled) = 43 "taskScheduledEventDetails";
    TaskStarted(TaskStarted) = 44 "taskStartedEventDetails";
    TaskStartFailed(TaskFailure) = 45 "taskStartFailedEventDetails";
    TaskStateAborted = 46;
    TaskStateEntered(StateEntered) = 47 "stateEnteredEventDetails";
    TaskStateExited(StateExited) = 48 "stateExitedEventDetails";
    TaskSubmitFailed(TaskFailure) = 49 "taskSubmitFailedEventDetails";
    TaskSubmitted(TaskOutput) = 50 "taskSubmittedEventDetails";
    TaskSucceeded(TaskOutput) = 51 "taskSucceededEventDetails";
    TaskTimedOut(TaskFailure) = 52 "taskTimedOutEventDetails";
    WaitStateAborted = 53;
    WaitStateEntered(StateEntered) = 54 "stateEnteredEventDetails";
    WaitStateExited(StateExited) = 55 "stateExitedEventDetails";
    MapRunAborted = 56;
    MapRunFailed(Failure) = 57 "mapRunFailedEventDetails";
    MapRunStarted(MapRunStarted) = 58 "mapRunStartedEventDetails";
    MapRunSucceeded = 59;
    ExecutionRedriven(ExecutionRedriven) = 60 "executionRedrivenEventDetails";
    MapRunRedriven(MapRunRedriven) = 61 "mapRunRedrivenEventDetails";
    EvaluationFailed(EvaluationFailed) = 62 "evaluationFailedEventDetails";
}

impl<'a> Stored<'a> for EventKind {
    fn write(&'a self, writer: &mut Writer<'a>) {
        writer.byte(self.tag());
        self.write_details(writer);
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, SegmentError> {
        let tag = reader.byte()?;
        Self::read_details(tag, reader)
    }
}
