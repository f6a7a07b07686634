//! `Next`, `End`, `Retry` and `Catch`.

use std::sync::Arc;

use super::field::{Field, Fields};
use super::{Lowered, Lowering, Reported};
use crate::definition::{Catcher, Jitter, Next, Retrier, StateIndex};
use crate::diagnostic::Reason;

/// Largest number of seconds and attempts.
pub(super) const COUNT_MAX: u64 = 99_999_999;
/// `MaxDelaySeconds`: a year and a day.
const MAX_DELAY_SECONDS_MAX: u64 = 31_622_400;
const ALL_ERRORS: &str = "States.ALL";
const STATES_ALL_ALONE: &str = "States.ALL must appear alone and at end of list";

impl Lowering<'_> {
    /// `Next` or `End`, exactly one.
    pub(super) fn transition(&mut self, fields: &Fields<'_>) -> Lowered<Next> {
        self.exactly_one(fields, &["Next", "End"], Reason::MissingTransition)?;
        let Some(field) = fields.get("End") else { return self.next(fields).map(Next::State) };
        if self.boolean(&field)? {
            return Ok(Next::End);
        }
        self.fail(Reason::WrongValue, &field, "The field 'End' must be true")
    }

    /// `Next`, where it must be.
    pub(super) fn next(&mut self, fields: &Fields<'_>) -> Lowered<StateIndex> {
        self.require(fields, &["Next"])?;
        let field = fields.get("Next").ok_or(Reported)?;
        let name = self.string(&field)?;
        self.target(name)
    }

    /// `Retry`.
    pub(super) fn retry(&mut self, fields: &Fields<'_>) -> Lowered<Vec<Retrier>> {
        self.error_handlers(fields, "Retry", Self::retrier)
    }

    /// `Catch`.
    pub(super) fn catch(&mut self, fields: &Fields<'_>) -> Lowered<Vec<Catcher>> {
        self.error_handlers(fields, "Catch", Self::catcher)
    }

    fn error_handlers<T>(
        &mut self,
        fields: &Fields<'_>,
        name: &str,
        read: impl Fn(&mut Self, &Fields<'_>) -> Lowered<T>,
    ) -> Lowered<Vec<T>> {
        let Some(field) = fields.get(name) else { return Ok(Vec::new()) };
        let entries = self.items_or_none(&field)?;
        let count = entries.len();
        let entries: Vec<Lowered<T>> = entries
            .iter()
            .enumerate()
            .map(|(place, entry)| {
                let entry = self.fields(entry)?;
                let last = self.states_all_is_last(&entry, place + 1 == count);
                let read = read(self, &entry);
                last?;
                read
            })
            .collect();
        entries.into_iter().collect()
    }

    fn states_all_is_last(&mut self, entry: &Fields<'_>, is_last: bool) -> Lowered<()> {
        let Some(field) = entry.get("ErrorEquals").filter(|_| !is_last) else { return Ok(()) };
        let names = field.node.as_array().unwrap_or_default();
        match names {
            [only] if only.as_str() == Some(ALL_ERRORS) => {
                self.fail(Reason::StatesAll, &field, STATES_ALL_ALONE)
            }
            _ => Ok(()),
        }
    }

    fn error_equals(&mut self, fields: &Fields<'_>) -> Lowered<Vec<Arc<str>>> {
        self.require(fields, &["ErrorEquals"])?;
        let field = fields.get("ErrorEquals").ok_or(Reported)?;
        let names = self.items(&field)?;
        let names: Vec<Lowered<Arc<str>>> =
            names.iter().map(|name| self.string(name).map(Arc::from)).collect();
        let names = names.into_iter().collect::<Lowered<Vec<Arc<str>>>>()?;
        if names.len() > 1 && names.iter().any(|name| &**name == ALL_ERRORS) {
            return self.fail(Reason::StatesAll, &field, STATES_ALL_ALONE);
        }
        Ok(names)
    }

    fn retrier(&mut self, fields: &Fields<'_>) -> Lowered<Retrier> {
        let allowed = self.allow(
            fields,
            &[&[
                "ErrorEquals",
                "IntervalSeconds",
                "MaxAttempts",
                "BackoffRate",
                "MaxDelaySeconds",
                "JitterStrategy",
                "Comment",
            ]],
        );
        let error_equals = self.error_equals(fields);
        let mut integer = |name: &str, min, max| -> Lowered<Option<u64>> {
            fields.get(name).map(|field| self.integer(&field, min, max)).transpose()
        };
        let interval_seconds = integer("IntervalSeconds", 0, COUNT_MAX);
        let max_attempts = integer("MaxAttempts", 0, COUNT_MAX);
        let max_delay_seconds = integer("MaxDelaySeconds", 1, MAX_DELAY_SECONDS_MAX);
        let backoff_rate =
            fields.get("BackoffRate").map(|field| self.number(&field, 1.0, f64::INFINITY)).transpose();
        let jitter = fields.get("JitterStrategy").map(|field| self.jitter(&field)).transpose();
        let comment = self.comment(fields);
        allowed?;
        comment?;
        Ok(Retrier {
            error_equals: error_equals?,
            interval_seconds: interval_seconds?.unwrap_or(1),
            max_attempts: max_attempts?.map_or(3, |attempts| u32::try_from(attempts).unwrap_or(u32::MAX)),
            backoff_rate: backoff_rate?.unwrap_or(2.0),
            max_delay_seconds: max_delay_seconds?,
            jitter: jitter?.unwrap_or_default(),
        })
    }

    fn jitter(&mut self, field: &Field<'_>) -> Lowered<Jitter> {
        let word = self.word(field, &["NONE", "FULL"])?;
        Ok(if &*word == "FULL" { Jitter::Full } else { Jitter::None })
    }

    fn catcher(&mut self, fields: &Fields<'_>) -> Lowered<Catcher> {
        let (own, other): (&[&str], &[&str]) =
            if self.is_jsonata() { (&["Output"], &["ResultPath"]) } else { (&["ResultPath"], &["Output"]) };
        let common: &[&str] = &["ErrorEquals", "Next", "Assign", "Comment"];
        let allowed = self.allow_in_language(fields, &[common, own], &[other]);
        let error_equals = self.error_equals(fields);
        let next = self.next(fields);
        let result_path = self.result_path(fields);
        let output = fields.get("Output").filter(|_| self.is_jsonata());
        let output = output.map(|field| self.expression_template(&field)).transpose();
        let assign = self.assign(fields);
        let comment = self.comment(fields);
        allowed?;
        comment?;
        Ok(Catcher {
            error_equals: error_equals?,
            next: next?,
            result_path: result_path?,
            output: output?,
            assign: assign?,
        })
    }
}
