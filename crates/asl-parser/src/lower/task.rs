//! The Task state.

use super::field::{Field, Fields};
use super::transition::COUNT_MAX;
use super::{Lowered, Lowering, Reported};
use crate::definition::{AnyTemplate, Setting, Task};
use crate::diagnostic::Reason;
use crate::options::Profile;

impl Lowering<'_> {
    pub(super) fn task(&mut self, fields: &Fields<'_>) -> Lowered<Task> {
        let required = self.require(fields, &["Resource"]);
        let resource = fields.get("Resource").map(|field| self.resource(&field)).transpose();
        let timeout_seconds =
            self.integer_setting(fields, "TimeoutSeconds", "TimeoutSecondsPath", (1, COUNT_MAX));
        let heartbeat_seconds =
            self.integer_setting(fields, "HeartbeatSeconds", "HeartbeatSecondsPath", (1, COUNT_MAX));
        let shorter = match (&timeout_seconds, &heartbeat_seconds) {
            (Ok(Some(Setting::Literal(timeout))), Ok(Some(Setting::Literal(heartbeat)))) => {
                self.heartbeat_is_shorter(fields, *timeout, *heartbeat)
            }
            _ => Ok(()),
        };
        let credentials = fields.get("Credentials").map(|field| self.credentials(&field)).transpose();
        let retry = self.retry(fields);
        let catch = self.catch(fields);
        let next = self.transition(fields);
        required?;
        shorter?;
        Ok(Task {
            resource: resource?.ok_or(Reported)?,
            timeout_seconds: timeout_seconds?,
            heartbeat_seconds: heartbeat_seconds?,
            credentials: credentials?,
            retry: retry?,
            catch: catch?,
            next: next?,
        })
    }

    fn heartbeat_is_shorter(&mut self, fields: &Fields<'_>, timeout: u64, heartbeat: u64) -> Lowered<()> {
        match fields.get("HeartbeatSeconds") {
            Some(field) if heartbeat >= timeout => {
                let message =
                    format!("HeartbeatSeconds ({heartbeat}) must be smaller than TimeoutSeconds ({timeout})");
                self.fail(Reason::HeartbeatTooLong, &field, message)
            }
            _ => Ok(()),
        }
    }

    fn credentials(&mut self, field: &Field<'_>) -> Lowered<AnyTemplate> {
        let role = self.fields(field)?;
        if self.options.profile == Profile::Service {
            let names: &[&str] = if self.is_jsonata() { &["RoleArn"] } else { &["RoleArn", "RoleArn.$"] };
            if !names.iter().any(|name| role.has(name)) {
                return self.fail(
                    Reason::MissingRole,
                    field,
                    "The field 'RoleArn' is required but was missing",
                );
            }
        }
        let literal = role.get("RoleArn").map(|role| self.string(&role)).transpose();
        let credentials = self.any_template(field);
        literal?;
        credentials
    }
}
