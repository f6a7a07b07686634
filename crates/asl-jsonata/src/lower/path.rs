//! Steps put together to paths, with their predicates, groups, orders and
//! bindings.

use std::sync::Arc;

use asl_value::Value;

use super::{Lowerer, seek_too, seeking};
use crate::ast::{Extra, Group, Kind, Node, Path, Stage, Term};
use crate::error::{Fault, Res};
use crate::syntax::Expr;

impl Lowerer<'_> {
    pub(super) fn dot(&mut self, first: Expr, rest: Vec<Expr>) -> Res<Node> {
        let first = self.lower(first)?;
        let position = first.position;
        let mut result = if matches!(first.kind, Kind::Path(_)) {
            first
        } else {
            let slots =
                if matches!(first.kind, Kind::Parent(_)) { seeking(&first).to_vec() } else { Vec::new() };
            let mut node = path(vec![first], false, position);
            seek_too(&mut node, &slots);
            node
        };
        for expr in rest {
            let step = self.lower(expr)?;
            self.join(&mut result, step)?;
        }
        finish_path(&mut result);
        Ok(result)
    }

    /// One `.`: the steps of `rest` behind those of `node`.
    fn join(&mut self, node: &mut Node, rest: Node) -> Res<()> {
        let Kind::Path(path) = &mut node.kind else { return Ok(()) };
        let known = path.steps.len();
        match rest.kind {
            Kind::Path(inner) => path.steps.extend(inner.steps),
            _ => path.steps.push(predicates_to_stages(rest)),
        }
        let last = path.steps.len() - 1;
        // Those in between were looked at when they were the last.
        for (place, step) in
            path.steps.iter_mut().enumerate().filter(|(place, _)| *place == 0 || *place >= known)
        {
            let value = match &step.kind {
                Kind::Number(n) => Some(crate::json::number(*n)),
                Kind::Literal(Value::String(_)) => None,
                Kind::Literal(value) => Some(value.clone()),
                _ => None,
            };
            if let Some(value) = value {
                return Err(Fault::new("S0213").at(step.position).value_text(value.to_string()));
            }
            if let Kind::Literal(Value::String(text)) = &step.kind {
                step.kind = Kind::Name(text.clone());
            }
            if step.keeps_array() {
                path.keep_singleton = true;
            }
            if (place == 0 || place == last) && matches!(step.kind, Kind::Array(_)) {
                step.extra_mut().constructed = true;
            }
        }
        self.resolve_ancestry(node)
    }

    pub(super) fn filter(&mut self, left: Expr, predicate: Expr, position: usize) -> Res<Node> {
        let mut result = self.lower(left)?;
        let predicate = self.lower(predicate)?;
        // A predicate that is a parent and nothing else never finds it, as in the
        // reference.
        let is_parent = matches!(predicate.kind, Kind::Parent(_));
        let slots = if is_parent { Vec::new() } else { seeking(&predicate).to_vec() };
        let (step, is_step) = match &mut result.kind {
            Kind::Path(path) => match path.steps.last_mut() {
                Some(step) => (step, true),
                None => return Ok(result),
            },
            _ => (&mut result, false),
        };
        if step.extra.as_ref().is_some_and(|extra| extra.group.is_some()) {
            return Err(Fault::new("S0209").at(position));
        }
        if !is_parent {
            for slot in &slots {
                match self.slots.get_mut(*slot) {
                    Some(found) if found.level == 1 => self.seek_parent(step, *slot)?,
                    Some(found) => found.level = found.level.saturating_sub(1),
                    None => {}
                }
            }
        }
        seek_too(step, &slots);
        if is_step {
            step.extra_mut().stages.push(Stage::Filter(predicate));
        } else {
            step.extra_mut().predicates.push(predicate);
        }
        finish_path(&mut result);
        Ok(result)
    }

    pub(super) fn group(&mut self, left: Expr, members: Vec<(Expr, Expr)>, position: usize) -> Res<Node> {
        let mut result = self.lower(left)?;
        if result.extra.as_ref().is_some_and(|extra| extra.group.is_some()) {
            return Err(Fault::new("S0210").at(position));
        }
        let pairs = self.pairs(members, &mut Vec::new())?;
        result.extra_mut().group = Some(Group { pairs, position });
        Ok(result)
    }

    pub(super) fn sort(&mut self, left: Expr, terms: Vec<(bool, Expr)>, position: usize) -> Res<Node> {
        let mut result = self.lower(left)?;
        if !matches!(result.kind, Kind::Path(_)) {
            result = path(vec![result], false, position);
        }
        let mut slots = Vec::new();
        let mut lowered = Vec::with_capacity(terms.len());
        for (descending, expression) in terms {
            let expression = self.lower(expression)?;
            slots.extend_from_slice(seeking(&expression));
            lowered.push(Term { descending, expression });
        }
        let mut step = Node::new(Kind::Sort(lowered), position);
        seek_too(&mut step, &slots);
        if let Kind::Path(path) = &mut result.kind {
            path.steps.push(step);
        }
        self.resolve_ancestry(&mut result)?;
        finish_path(&mut result);
        Ok(result)
    }

    pub(super) fn focus(
        &mut self,
        left: Expr,
        name: &Arc<str>,
        keep_array: bool,
        position: usize,
    ) -> Res<Node> {
        let mut result = self.lower(left)?;
        self.put_in_scope(name);
        let step = last_step(&mut result);
        if step.extra.as_ref().is_some_and(|extra| !extra.stages.is_empty() || !extra.predicates.is_empty()) {
            return Err(Fault::new("S0215").at(position));
        }
        if matches!(step.kind, Kind::Sort(_)) {
            return Err(Fault::new("S0216").at(position));
        }
        let symbol = self.symbols.intern(name);
        let extra = step.extra_mut();
        extra.keep_array |= keep_array;
        extra.focus = Some(symbol);
        extra.tuple = true;
        finish_path(&mut result);
        Ok(result)
    }

    pub(super) fn index(&mut self, left: Expr, name: &Arc<str>) -> Res<Node> {
        let mut result = self.lower(left)?;
        self.put_in_scope(name);
        if !matches!(result.kind, Kind::Path(_)) {
            let position = result.position;
            result = path(vec![predicates_to_stages(result)], false, position);
        }
        let symbol = self.symbols.intern(name);
        let extra = last_step(&mut result).extra_mut();
        if extra.stages.is_empty() {
            extra.index = Some(symbol);
        } else {
            extra.stages.push(Stage::Index(symbol));
        }
        extra.tuple = true;
        finish_path(&mut result);
        Ok(result)
    }
}

pub(super) fn path(steps: Vec<Node>, keep_singleton: bool, position: usize) -> Node {
    let mut node = Node::new(Kind::Path(Path { steps, keep_singleton, plain: false }), position);
    finish_path(&mut node);
    node
}

/// Marks paths that are only names, so that they can be walked by reference.
pub(super) fn finish_path(node: &mut Node) {
    if let Kind::Path(path) = &mut node.kind {
        let bare = |step: &Node| step.extra.is_none();
        path.plain = !path.keep_singleton
            && path.steps.iter().enumerate().all(|(place, step)| {
                bare(step)
                    && match step.kind {
                        Kind::Name(_) => true,
                        Kind::Variable(_) | Kind::Context => place == 0,
                        _ => false,
                    }
            });
    }
}

fn last_step(node: &mut Node) -> &mut Node {
    let has_steps = matches!(&node.kind, Kind::Path(path) if !path.steps.is_empty());
    if !has_steps {
        return node;
    }
    match &mut node.kind {
        Kind::Path(path) => match path.steps.last_mut() {
            Some(step) => step,
            None => unreachable!("a path has a step"),
        },
        _ => unreachable!("a path was found above"),
    }
}

/// What is a predicate by itself is a stage in a path.
fn predicates_to_stages(mut node: Node) -> Node {
    if let Some(extra) = &mut node.extra {
        let Extra { predicates, stages, .. } = &mut **extra;
        stages.extend(predicates.drain(..).map(Stage::Filter));
    }
    node
}
