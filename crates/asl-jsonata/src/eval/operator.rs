//! Binary operators.

use std::cmp::Ordering;

use asl_value::Value;

use super::{Evaluator, text_order};
use crate::ast::{Kind, Link, Node, Operator};
use crate::error::{Fault, Res};
use crate::frame::Env;
use crate::item::{self, Item};
use crate::print;

/// The most items that `..` makes, as the language has it.
const RANGE_MAX: f64 = 1e7;

impl Evaluator<'_, '_> {
    /// Operators of one chain, from the left.
    pub(super) fn chain(&mut self, first: &Node, rest: &[Link], input: &Item, env: &Env) -> Res<Item> {
        self.meter.scan(rest.len().saturating_mul(4))?;
        let (value, rest) = self.numbers(first, rest, input, env);
        let mut value = match value {
            Some(value) => value,
            None => self.eval(first, input, env)?,
        };
        for link in rest {
            value = match link.operator {
                Operator::And | Operator::Or => self.logical(link, &value, input, env)?,
                _ => {
                    let right = self.eval(&link.right, input, env)?;
                    self.binary(link.operator, &value, &right).map_err(|fault| mark(fault, link))?
                }
            };
        }
        Ok(value)
    }

    /// The operators at the beginning whose sides are literal numbers, and
    /// variables and members that are numbers, at once; and what is left to do.
    /// Nothing is done where a number is out of range, or the budget spent: going the long
    /// way finds the error.
    fn numbers<'n>(
        &mut self,
        first: &Node,
        rest: &'n [Link],
        input: &Item,
        env: &Env,
    ) -> (Option<Item>, &'n [Link]) {
        let mut left = rest;
        let mut value = None;
        let Some(mut number) = self.number(first, input, env) else { return (None, rest) };
        while let Some((link, behind)) = left.split_first() {
            let Some(right) = self.number(&link.right, input, env) else { break };
            if link.operator.is_arithmetic() {
                number = calculate(link.operator, number, right);
                if !number.is_finite() {
                    return (None, rest);
                }
                value = Some(Item::Number(number));
            } else if link.operator.is_order() {
                let order = number.partial_cmp(&right);
                return (Some(Item::bool(ordered(link.operator, order))), behind);
            } else {
                break;
            }
            left = behind;
        }
        (value, left)
    }

    /// The finite number that a literal, a variable, or a member of one or of the
    /// context is.
    #[inline]
    fn number(&mut self, node: &Node, input: &Item, env: &Env) -> Option<f64> {
        let number = match &node.kind {
            Kind::Number(n) if node.extra.is_none() => Some(*n),
            Kind::Variable(variable) if node.extra.is_none() && !variable.global => {
                env.number(variable.symbol, &mut self.meter)
            }
            Kind::Path(path) if node.extra.is_none() && path.plain => {
                self.member_number(&path.steps, input, env)
            }
            _ => None,
        };
        number.filter(|n| n.is_finite())
    }

    fn member_number(&mut self, steps: &[Node], input: &Item, env: &Env) -> Option<f64> {
        match (steps, input) {
            ([Node { kind: Kind::Name(name), .. }], Item::Json(Value::Object(members))) => {
                self.meter.step(1).ok()?;
                members.get(name)?.as_f64()
            }
            ([Node { kind: Kind::Variable(variable), .. }, Node { kind: Kind::Name(name), .. }], _)
                if !variable.global =>
            {
                self.meter.step(1).ok()?;
                env.member_number(variable.symbol, name, &mut self.meter)
            }
            _ => None,
        }
    }

    fn logical(&mut self, link: &Link, left: &Item, input: &Item, env: &Env) -> Res<Item> {
        let left = item::truthy(left, &mut self.meter).map_err(|fault| mark(fault, link))?;
        if left == (link.operator == Operator::Or) {
            return Ok(Item::bool(left));
        }
        let right = self.eval(&link.right, input, env);
        let right = right.and_then(|right| item::truthy(&right, &mut self.meter));
        right.map(Item::bool).map_err(|fault| mark(fault, link))
    }

    fn binary(&mut self, operator: Operator, left: &Item, right: &Item) -> Res<Item> {
        match operator {
            Operator::Add
            | Operator::Subtract
            | Operator::Multiply
            | Operator::Divide
            | Operator::Remainder => arithmetic(operator, left, right),
            Operator::Equal | Operator::NotEqual => {
                if left.is_undefined() || right.is_undefined() {
                    return Ok(Item::bool(false));
                }
                let equal = item::equal(left, right, &mut self.meter)?;
                Ok(Item::bool(equal == (operator == Operator::Equal)))
            }
            Operator::Less | Operator::LessOrEqual | Operator::Greater | Operator::GreaterOrEqual => {
                self.compare(operator, left, right)
            }
            Operator::Concatenate => self.concatenate(left, right),
            Operator::In => self.includes(left, right),
            Operator::And | Operator::Or => Ok(Item::Undefined),
        }
    }

    fn concatenate(&mut self, left: &Item, right: &Item) -> Res<Item> {
        let mut text = String::new();
        for side in [left, right] {
            match side.as_str() {
                Some(part) => {
                    self.meter.string(text.len() + part.len())?;
                    text.push_str(part);
                }
                None => print::append(side, false, &mut text, &mut self.meter)?,
            }
        }
        Ok(Item::string(text))
    }

    fn includes(&mut self, left: &Item, right: &Item) -> Res<Item> {
        if left.is_undefined() || right.is_undefined() {
            return Ok(Item::bool(false));
        }
        let Some(items) = right.items() else {
            return item::identical(left, right, &mut self.meter).map(Item::bool);
        };
        self.meter.visit(items.len())?;
        for candidate in items.iter() {
            if item::identical(left, &candidate, &mut self.meter)? {
                return Ok(Item::bool(true));
            }
        }
        Ok(Item::bool(false))
    }

    fn compare(&mut self, operator: Operator, left: &Item, right: &Item) -> Res<Item> {
        if let (Some(x), Some(y)) = (left.as_str(), right.as_str()) {
            self.meter.bulk(x.len().min(y.len()))?;
        }
        compare(operator, left, right)
    }

    pub(super) fn range(
        &mut self,
        first: &Node,
        last: &Node,
        position: usize,
        input: &Item,
        env: &Env,
    ) -> Res<Item> {
        let first = self.eval(first, input, env)?;
        let last = self.eval(last, input, env)?;
        self.range_of(&first, &last).map_err(|fault| fault.at(position).token(".."))
    }

    fn range_of(&mut self, first: &Item, last: &Item) -> Res<Item> {
        let whole = |item: &Item, code| match item.as_f64() {
            Some(n) if n.fract() == 0.0 => Ok(Some(n)),
            None if item.is_undefined() => Ok(None),
            _ => Err(Fault::new(code).value(item)),
        };
        let first = whole(first, "T2003")?;
        let last = whole(last, "T2004")?;
        let (Some(first), Some(last)) = (first, last) else { return Ok(Item::Undefined) };
        if first > last {
            return Ok(Item::Undefined);
        }
        let size = last - first + 1.0;
        if size > RANGE_MAX {
            return Err(Fault::new("D2014").value_text(print::number(size)));
        }
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "at least 1, at most 1e7"
        )]
        let count = size as usize;
        self.meter.sequence(count)?;
        let mut items = Vec::with_capacity(count);
        let mut n = first;
        for _ in 0..count {
            items.push(Item::Number(n));
            n += 1.0;
        }
        Ok(Item::sequence(items))
    }
}

/// The operator's place and name, whatever went wrong in it.
fn mark(fault: Box<Fault>, link: &Link) -> Box<Fault> {
    fault.at(link.position).token(link.operator.text())
}

/// The number of an item that is a finite one.
fn finite(item: &Item) -> Option<f64> {
    item.as_f64().filter(|n| n.is_finite())
}

fn arithmetic(operator: Operator, left: &Item, right: &Item) -> Res<Item> {
    match (finite(left), finite(right)) {
        (Some(left), Some(right)) => Ok(Item::Number(calculate(operator, left, right))),
        _ => operands(operator, left, right),
    }
}

/// What is no number, and numbers that may be none.
fn operands(operator: Operator, left: &Item, right: &Item) -> Res<Item> {
    let operand = |item: &Item, code| match item.as_number()? {
        Some(n) => Ok(Some(n)),
        None if item.is_undefined() => Ok(None),
        None => Err(Fault::new(code).value(item)),
    };
    let left = operand(left, "T2001")?;
    let right = operand(right, "T2002")?;
    let (Some(left), Some(right)) = (left, right) else { return Ok(Item::Undefined) };
    Ok(Item::Number(calculate(operator, left, right)))
}

/// Whether an order is what the operator asks for.
fn ordered(operator: Operator, order: Option<Ordering>) -> bool {
    order.is_some_and(|order| match operator {
        Operator::Less => order == Ordering::Less,
        Operator::LessOrEqual => order != Ordering::Greater,
        Operator::Greater => order == Ordering::Greater,
        _ => order != Ordering::Less,
    })
}

fn calculate(operator: Operator, left: f64, right: f64) -> f64 {
    match operator {
        Operator::Add => left + right,
        Operator::Subtract => left - right,
        Operator::Multiply => left * right,
        Operator::Divide => left / right,
        _ => left % right,
    }
}

fn compare(operator: Operator, left: &Item, right: &Item) -> Res<Item> {
    let comparable = |item: &Item| item.is_undefined() || item.as_f64().is_some() || item.as_str().is_some();
    if !comparable(left) || !comparable(right) {
        let culprit = if comparable(left) && !left.is_undefined() { right } else { left };
        return Err(Fault::new("T2010").value(culprit));
    }
    if left.is_undefined() || right.is_undefined() {
        return Ok(Item::Undefined);
    }
    let order = match (left.as_f64(), right.as_f64(), left.as_str(), right.as_str()) {
        (Some(x), Some(y), ..) => x.partial_cmp(&y),
        (.., Some(x), Some(y)) => Some(text_order(x, y)),
        _ => return Err(Fault::new("T2009").value(left).value2(right)),
    };
    Ok(Item::bool(ordered(operator, order)))
}
