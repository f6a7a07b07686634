//! The Pass state.

use asl_value::Payload;

use super::field::{Field, Fields};
use super::jsonpath::looks_like_path;
use super::{Lowered, Lowering};
use crate::definition::Pass;
use crate::diagnostic::Reason;
use crate::json::NodeValue;

impl Lowering<'_> {
    pub(super) fn pass(&mut self, fields: &Fields<'_>) -> Lowered<Pass> {
        let next = self.transition(fields);
        let result = fields.get("Result").filter(|_| !self.is_jsonata());
        if let Some(field) = &result {
            self.warn_static_result(field);
        }
        let result = result.map(|field| Payload::new(self.value(field.node)));
        Ok(Pass { result, next: next? })
    }

    /// Once for a result, however many of its values look like paths.
    fn warn_static_result(&mut self, field: &Field<'_>) {
        let mut waiting = vec![field.node];
        while let Some(node) = waiting.pop() {
            match &node.value {
                NodeValue::String(text) if looks_like_path(text) => {
                    let message = "Result is not evaluated, but holds what looks like a path";
                    self.reports.add(Reason::PassResultIsStatic, &field.at, &node.span, message);
                    return;
                }
                NodeValue::Array(items) => waiting.extend(items.iter().rev()),
                NodeValue::Object(object) => {
                    waiting.extend(object.members.iter().rev().map(|member| &member.value));
                }
                NodeValue::Null | NodeValue::Bool(_) | NodeValue::Number | NodeValue::String(_) => {}
            }
        }
    }
}
