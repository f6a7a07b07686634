//! Wait: rests until a time.

use asl_parser::{State, Wait, WaitUntil};
use chrono::TimeDelta;

use crate::data_flow::View;
use crate::engine::{Engine, Flow};
use crate::error::StateError;
use crate::frame::{Frame, Rest, Waiting};

pub(crate) fn run(
    engine: &mut Engine<'_>,
    frame: &mut Frame,
    state: &State,
    wait: &Wait,
) -> Result<Flow, StateError> {
    let now = engine.core.now;
    let seconds_max = engine.core.limits.wait_seconds_max;
    let mut view = View::new(engine.core, frame, state);
    let input = view.input()?;
    let delay = match &wait.until {
        WaitUntil::Seconds(seconds) => {
            let seconds = i64::try_from(view.wait_seconds(seconds, &input)?).ok();
            seconds.and_then(TimeDelta::try_seconds)
        }
        WaitUntil::Timestamp(timestamp) => Some(view.wait_timestamp(timestamp, &input)? - now),
    };
    let seconds_max =
        i64::try_from(seconds_max).ok().and_then(TimeDelta::try_seconds).unwrap_or(TimeDelta::MAX);
    let until = delay.filter(|delay| *delay <= seconds_max).and_then(|delay| now.checked_add_signed(delay));
    let Some(until) = until else { return Err(StateError::runtime(frame, "Wait state delay is too long.")) };
    if until <= now {
        return over(engine, frame, state, wait);
    }
    frame.rest = Rest::Waiting(Waiting { until });
    Ok(Flow::Rest)
}

/// The time has come.
pub(crate) fn over(
    engine: &mut Engine<'_>,
    frame: &mut Frame,
    state: &State,
    wait: &Wait,
) -> Result<Flow, StateError> {
    let mut view = View::new(engine.core, frame, state);
    let input = view.input()?;
    let exit = view.exit(input)?;
    Ok(engine.leave(frame, state, exit, wait.next))
}
