//! What an expression reads of its surroundings, told without evaluating it.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::ast::{Kind, Node, Path};

/// Something outside of an expression that it reads.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reference {
    /// A field of the context: `price`.
    Name(Arc<str>),
    /// The context itself: `$`.
    Context,
    /// The root of the context: `$$`.
    Root,
    /// A field of a variable: `$states.input`.
    Field {
        /// The variable's name without its `$`.
        variable: Arc<str>,
        /// The field's name.
        field: Arc<str>,
    },
}

/// What `node` reads where it stands itself, each once and in the order of the
/// text. Later steps of a path, its predicates, sort terms and groupings read
/// what the first step found, and do not count; the body of a function does.
pub(crate) fn of(node: &Node) -> Vec<Reference> {
    let mut found = Found::default();
    collect(node, &mut found);
    found.in_order
}

#[derive(Default)]
struct Found {
    in_order: Vec<Reference>,
    seen: BTreeSet<Reference>,
}

impl Found {
    fn add(&mut self, reference: Reference) {
        if self.seen.insert(reference.clone()) {
            self.in_order.push(reference);
        }
    }
}

// Recursion is bounded by the parser's limit on nesting.
fn collect(node: &Node, found: &mut Found) {
    match &node.kind {
        Kind::Name(name) => found.add(Reference::Name(name.clone())),
        Kind::Context => found.add(Reference::Context),
        Kind::Variable(variable) if &*variable.name == "$" => found.add(Reference::Root),
        Kind::Path(path) => collect_path(path, found),
        Kind::Negate(inner) | Kind::Bind(_, inner) => collect(inner, found),
        Kind::Array(items) => items.iter().for_each(|(item, _)| collect(item, found)),
        Kind::Object(group) => {
            for (key, value) in &group.pairs {
                collect(key, found);
                collect(value, found);
            }
        }
        Kind::Block(block) => block.nodes.iter().for_each(|node| collect(node, found)),
        Kind::Chain(first, links) => {
            collect(first, found);
            for link in links {
                collect(&link.right, found);
            }
        }
        Kind::Range(left, right)
        | Kind::Default(left, right)
        | Kind::Coalesce(left, right)
        | Kind::Apply(left, right) => {
            collect(left, found);
            collect(right, found);
        }
        Kind::Condition(condition, then, otherwise) => {
            collect(condition, found);
            collect(then, found);
            if let Some(otherwise) = otherwise {
                collect(otherwise, found);
            }
        }
        Kind::Call(call) => {
            collect(&call.procedure, found);
            call.arguments.iter().flatten().for_each(|argument| collect(argument, found));
        }
        Kind::Lambda(lambda) => collect(&lambda.body, found),
        Kind::Literal(_)
        | Kind::Number(_)
        | Kind::Regex(_)
        | Kind::Variable(_)
        | Kind::Wildcard
        | Kind::Descendants
        | Kind::Parent(_)
        | Kind::Sort(_)
        | Kind::Transform(_) => {}
    }
}

fn collect_path(path: &Path, found: &mut Found) {
    if let Some(first) = path.steps.first() {
        collect(first, found);
    }
    let mut kinds = path.steps.iter().map(|step| &step.kind);
    if let (Some(Kind::Variable(variable)), Some(Kind::Name(field))) = (kinds.next(), kinds.next()) {
        found.add(Reference::Field { variable: variable.name.clone(), field: field.clone() });
    }
}

#[cfg(test)]
mod tests {
    use crate::{Dialect, Expression, Reference};

    #[test]
    fn what_stands_at_the_top_is_told() {
        for (text, want) in [
            ("phone", "phone"),
            ("phone[0].number", "phone"),
            ("$.phone", "$"),
            ("$$.phone", "$$ $$.phone"),
            ("aaa + bbb * aaa", "aaa bbb"),
            ("$states.input.phone", "$states.input"),
            ("$states.input.items[phone > 3]^(price){kind: $sum(x)}", "$states.input"),
            ("$states.input.(a & b)", "$states.input"),
            ("$map($states.input.a, function($x){ $x.phone + b })", "$states.input $x.phone b"),
            ("{aaa: 1, 'k': [bbb, -ccc]}", "aaa bbb ccc"),
            ("(a; $x := b; $x) ? c : d", "a b c d"),
            ("a ?: b ~> $f(c, ?)", "a b c"),
            ("[a..b] = 'text' or /re/ in *", "a b"),
            ("$states.errorOutput.Cause", "$states.errorOutput"),
            ("$phone & 1", ""),
        ] {
            let expression = Expression::compile(text, Dialect::StepFunctions).unwrap();
            let found: Vec<String> = expression
                .references()
                .iter()
                .map(|reference| match reference {
                    Reference::Name(name) => name.to_string(),
                    Reference::Context => "$".to_owned(),
                    Reference::Root => "$$".to_owned(),
                    Reference::Field { variable, field } => format!("${variable}.{field}"),
                })
                .collect();
            assert_eq!(found.join(" "), want, "{text}");
        }
    }
}
