//! Settings that are literal, read by a path, or computed.

use asl_jsonpath::PathOrIntrinsic;

use super::field::{Field, Fields};
use super::jsonpath::looks_like_path;
use super::{Lowered, Lowering};
use crate::definition::{LocatedExpression, Setting, TextSetting};
use crate::diagnostic::Reason;

/// The intrinsics that `ErrorPath` and `CausePath` take. Developer guide, *Fail*.
const STRING_INTRINSICS: &[&str] = &[
    "States.Format",
    "States.JsonToString",
    "States.ArrayGetItem",
    "States.Base64Encode",
    "States.Base64Decode",
    "States.Hash",
    "States.UUID",
];

impl Lowering<'_> {
    /// The setting `name`, or the one called so with `Path`. JSONata states
    /// have the first alone, with a literal or an expression in it.
    pub(super) fn setting<T>(
        &mut self,
        fields: &Fields<'_>,
        name: &str,
        path_name: &str,
        literal: impl FnOnce(&mut Self, &Field<'_>) -> Lowered<T>,
    ) -> Lowered<Option<Setting<T>>> {
        if !self.is_jsonata() {
            self.exclusive(fields, &[name, path_name])?;
            if let Some(field) = fields.get(path_name) {
                return self.single_path(&field).map(|path| Some(Setting::Path(path)));
            }
        }
        let Some(field) = fields.get(name) else { return Ok(None) };
        if let Some(expression) = self.expression_setting(&field)? {
            return Ok(Some(Setting::Expression(expression)));
        }
        literal(self, &field).map(|value| Some(Setting::Literal(value)))
    }

    /// A setting that is an integer of `min` to `max`.
    pub(super) fn integer_setting(
        &mut self,
        fields: &Fields<'_>,
        name: &str,
        path_name: &str,
        (min, max): (u64, u64),
    ) -> Lowered<Option<Setting<u64>>> {
        self.setting(fields, name, path_name, |lowering, field| lowering.integer(field, min, max))
    }

    /// `Error` or `Cause`, and its form with `Path`.
    pub(super) fn text_setting(
        &mut self,
        fields: &Fields<'_>,
        name: &str,
        path_name: &str,
    ) -> Lowered<Option<TextSetting>> {
        if !self.is_jsonata() {
            self.exclusive(fields, &[name, path_name])?;
            if let Some(field) = fields.get(path_name) {
                return self.text_path(&field).map(|path| Some(TextSetting::Path(path)));
            }
        }
        let Some(field) = fields.get(name) else { return Ok(None) };
        if let Some(expression) = self.expression_setting(&field)? {
            return Ok(Some(TextSetting::Expression(expression)));
        }
        let text = self.string(&field)?;
        if !self.is_jsonata() && looks_like_path(text) {
            let message = format!(
                "The value of the field '{name}' looks like a path, but its name does not end in 'Path'"
            );
            self.reports.add(Reason::NoPath, &field.at, &field.node.span, message);
        }
        Ok(Some(TextSetting::Literal(text.into())))
    }

    /// A path, or a call of an intrinsic that makes a string.
    fn text_path(&mut self, field: &Field<'_>) -> Lowered<PathOrIntrinsic> {
        let text = self.string(field)?;
        let function = text.split('(').next().unwrap_or_default().trim();
        if function.starts_with("States.") && !STRING_INTRINSICS.contains(&function) {
            let message =
                format!("The intrinsic function in the field '{}' must return a string", field.name);
            return self.fail(Reason::InvalidPath, field, message);
        }
        self.path_or_intrinsic(field)
    }

    /// The expression in a setting of a JSONata state.
    fn expression_setting(&mut self, field: &Field<'_>) -> Lowered<Option<LocatedExpression>> {
        if self.is_jsonata() && field.node.as_str().is_some() { self.braced(field) } else { Ok(None) }
    }
}
