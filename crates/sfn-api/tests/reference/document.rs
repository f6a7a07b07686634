//! The document: every operation with its members, their constraints and its
//! errors, each with the case that holds it.

use std::fmt::Write as _;

use sfn_api::model::{Shape, unused};
use sfn_api::{ErrorCode, Operation};

use crate::constraint;
use crate::situation;

const HEAD: &str = "\
# API reference

Generated from the tables by which requests are read; do not edit. To write it anew:
`UPDATE_EXPECT=1 cargo test -p sfn-api --test reference`.

Every line is held by a case of the test `reference` of the crate `sfn-api`. Constraints: the smallest violation is
sent and must be refused with the text that AWS sends (test `every_constraint_is_held`; a case is named by member and
constraint, such as `name longest`); the greatest and the least value must pass (`the_least_and_the_most_are_accepted`).
Errors: the situation is made and the operation called (`every_error_is_answered`).

A request is read in this order: its types (`SerializationException`), then the constraints of all members in the order
below, all violations in one text (`ValidationException`), then names and ARNs (`InvalidName`, `InvalidArn`), then what
else the operation demands. Members that the model does not know are ignored, and null counts as absent. The texts of
`SerializationException` are those of other services of the same protocol; none is recorded for this one.

";

/// The whole document.
pub(crate) fn text() -> String {
    let mut text = HEAD.to_owned();
    let common = ErrorCode::COMMON.iter().map(|code| format!("`{code}`")).collect::<Vec<_>>().join(", ");
    let _infallible = writeln!(text, "Every operation may also answer {common} and `ValidationException`.");
    for operation in Operation::ALL {
        section(*operation, &mut text);
    }
    text
}

fn section(operation: Operation, text: &mut String) {
    let _infallible = writeln!(text, "\n## {operation}\n");
    text.push_str("| Member | Constraint | Case |\n| --- | --- | --- |\n");
    for case in constraint::cases(operation) {
        // A bar would end the cell.
        let rule = case.rule.replace('|', "\\|");
        let _infallible = writeln!(text, "| `{}` | {rule} | `{}` |", case.member, case.id);
    }
    text.push_str("\n| Error | When |\n| --- | --- |\n");
    for code in operation.errors() {
        let case = situation::CASES.iter().find(|case| (case.operation, case.code) == (operation, *code));
        let _infallible = writeln!(text, "| `{code}` | {} |", case.map_or("no case", |case| case.id));
    }
    for unused in unused(operation) {
        let _infallible = writeln!(text, "| `{}` | never: {} |", unused.code, unused.why);
    }
    if sensitive(operation).next().is_some() {
        let names: Vec<_> = sensitive(operation).map(|name| format!("`{name}`")).collect();
        let _infallible = writeln!(text, "\nError texts do not repeat the value of {}.", names.join(", "));
    }
}

/// The members whose values error texts leave out.
fn sensitive(operation: Operation) -> impl Iterator<Item = &'static str> {
    operation.input().iter().filter_map(|member| match member.shape {
        Shape::Text(text) if text.is_sensitive => Some(member.name),
        _ => None,
    })
}
