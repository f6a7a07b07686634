//! The Choice state and its rules.

use super::field::{Field, Fields};
use super::{Lowered, Lowering, Reported};
use crate::definition::{Choice, Rule};

impl Lowering<'_> {
    pub(super) fn choice(&mut self, fields: &Fields<'_>) -> Lowered<Choice> {
        let required = self.require(fields, &["Choices"]);
        let rules = fields.get("Choices").map(|field| self.rules(&field)).transpose();
        let default = fields.get("Default").map(|field| {
            let name = self.string(&field)?;
            self.target(name)
        });
        let default = default.transpose();
        required?;
        Ok(Choice { rules: rules?.ok_or(Reported)?, default: default? })
    }

    fn rules(&mut self, field: &Field<'_>) -> Lowered<Vec<Rule>> {
        let entries = self.items(field)?;
        let rules: Vec<Lowered<Rule>> = entries
            .iter()
            .map(|entry| {
                let fields = self.fields(entry)?;
                self.rule(&fields)
            })
            .collect();
        rules.into_iter().collect()
    }

    fn rule(&mut self, fields: &Fields<'_>) -> Lowered<Rule> {
        let own: &[&str] = if self.is_jsonata() {
            &["Next", "Assign", "Comment", "Output"]
        } else {
            &["Next", "Assign", "Comment"]
        };
        let condition = self.condition(fields, own);
        let next = self.next(fields);
        let assign = self.assign(fields);
        let output = fields.get("Output").filter(|_| self.is_jsonata());
        let output = output.map(|field| self.expression_template(&field)).transpose();
        let comment = self.comment(fields);
        Ok(Rule { condition: condition?, next: next?, assign: assign?, output: output?, comment: comment? })
    }
}
