//! A parser by operator precedence: tokens to the tree in `syntax`.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::ast::Operator;
use crate::error::{Fault, Res};
use crate::lex::{Lexer, Token, TokenKind};
use crate::signature::Signature;
use crate::syntax::{Expr, ExprKind};
use asl_value::Value;

/// How deep expressions may nest. Chains of operators and of path steps do not
/// count; brackets, predicates, functions and conditions do.
pub(crate) const NESTING_MAX: usize = 100;

pub(crate) struct Parsed {
    pub(crate) expr: Expr,
    /// Every variable name that the text binds somewhere.
    pub(crate) bound: BTreeSet<Arc<str>>,
    /// Whether `$eval` is in it, which may bind and read any name.
    pub(crate) mentions_eval: bool,
}

pub(crate) fn parse(text: &str) -> Res<Parsed> {
    let mut lexer = Lexer::new(text);
    let token = lexer.next(false)?;
    let mut parser = Parser { lexer, token, depth: 0, bound: BTreeSet::new(), mentions_eval: false };
    let expr = parser.expression(0)?;
    if !matches!(parser.token.kind, TokenKind::End) {
        return Err(Fault::new("S0201").at(parser.token.position).token(parser.token.kind.describe()));
    }
    Ok(Parsed { expr, bound: parser.bound, mentions_eval: parser.mentions_eval })
}

struct Parser<'t> {
    lexer: Lexer<'t>,
    token: Token,
    depth: usize,
    bound: BTreeSet<Arc<str>>,
    mentions_eval: bool,
}

/// How strongly an operator binds to what stands before it.
fn binding_power(kind: &TokenKind) -> usize {
    let TokenKind::Operator(operator) = kind else { return 0 };
    match *operator {
        "[" | "(" | "@" | "#" => 80,
        "." => 75,
        "{" => 70,
        "*" | "/" | "%" => 60,
        "+" | "-" | "&" => 50,
        "=" | "<" | ">" | "^" | "!=" | "<=" | ">=" | "~>" | "?:" | "??" | "in" => 40,
        "and" => 30,
        "or" => 25,
        "?" => 20,
        ":=" => 10,
        _ => 0,
    }
}

impl Parser<'_> {
    /// Takes the current token and reads the next.
    fn advance(&mut self, infix: bool) -> Res<Token> {
        let next = self.lexer.next(infix)?;
        Ok(std::mem::replace(&mut self.token, next))
    }

    fn expect(&mut self, operator: &'static str, infix: bool) -> Res<()> {
        if self.token.kind.is(operator) {
            return self.advance(infix).map(|_| ());
        }
        let code = if matches!(self.token.kind, TokenKind::End) { "S0203" } else { "S0202" };
        let fault = Fault::new(code).at(self.token.position).token(self.token.kind.describe());
        Err(fault.value_text(format!("\"{operator}\"")))
    }

    fn take(&mut self, operator: &'static str) -> Res<bool> {
        let found = self.token.kind.is(operator);
        if found {
            self.advance(false)?;
        }
        Ok(found)
    }

    fn make(kind: ExprKind, position: usize) -> Res<Expr> {
        let height = kind.height() + 1;
        Self::of_height(kind, position, height)
    }

    fn of_height(kind: ExprKind, position: usize, height: usize) -> Res<Expr> {
        if height > NESTING_MAX {
            return Err(too_deep(position));
        }
        Ok(Expr { kind, position, keep_array: false, height })
    }

    fn expression(&mut self, power: usize) -> Res<Expr> {
        self.depth += 1;
        if self.depth > NESTING_MAX {
            return Err(too_deep(self.token.position));
        }
        let token = self.advance(true)?;
        let mut left = self.prefix(token)?;
        while power < binding_power(&self.token.kind) {
            let token = self.advance(false)?;
            left = self.infix(&token, left)?;
        }
        self.depth -= 1;
        Ok(left)
    }

    fn boxed(&mut self, power: usize) -> Res<Box<Expr>> {
        self.expression(power).map(Box::new)
    }

    fn prefix(&mut self, token: Token) -> Res<Expr> {
        let kind = match token.kind {
            TokenKind::Name(name) => ExprKind::Name(name),
            TokenKind::Variable(name) => {
                self.mentions_eval |= &*name == "eval";
                ExprKind::Variable(name)
            }
            TokenKind::String(text) => ExprKind::String(text),
            TokenKind::Number(n) => ExprKind::Number(n),
            TokenKind::Value(value) => ExprKind::Value(value),
            TokenKind::Regex(program) => ExprKind::Regex(program),
            TokenKind::End => ExprKind::End,
            TokenKind::Operator(operator) => match operator {
                "and" | "or" | "in" => ExprKind::Name(operator.into()),
                "-" => ExprKind::Negate(self.boxed(70)?),
                "*" => ExprKind::Wildcard,
                "**" => ExprKind::Descendants,
                "%" => ExprKind::Parent,
                "(" => self.block()?,
                "[" => self.array()?,
                "{" => ExprKind::Object(self.members()?),
                "|" => self.transform()?,
                _ => return Err(Fault::new("S0211").at(token.position).token(operator)),
            },
        };
        Self::make(kind, token.position)
    }

    fn infix(&mut self, token: &Token, left: Expr) -> Res<Expr> {
        let TokenKind::Operator(operator) = token.kind else { return Ok(left) };
        let power = binding_power(&token.kind);
        let kind = match operator {
            "." => return self.dot(left, token.position, power),
            "[" => return self.filter(left, token.position),
            "(" => self.call(left)?,
            "{" => ExprKind::Group(Box::new(left), self.members()?),
            "@" | "#" => {
                let right = self.expression(power)?;
                let ExprKind::Variable(name) = right.kind else {
                    return Err(Fault::new("S0214").at(right.position).token(operator));
                };
                self.bound.insert(name.clone());
                if operator == "@" {
                    ExprKind::Focus(Box::new(left), name)
                } else {
                    ExprKind::Index(Box::new(left), name)
                }
            }
            "^" => ExprKind::Sort(Box::new(left), self.sort_terms()?),
            "~>" => ExprKind::Apply(Box::new(left), self.boxed(power)?),
            "?" => {
                let then = self.boxed(0)?;
                let otherwise = if self.take(":")? { Some(self.boxed(0)?) } else { None };
                ExprKind::Condition(Box::new(left), then, otherwise)
            }
            "?:" => ExprKind::Default(Box::new(left), self.boxed(0)?),
            "??" => ExprKind::Coalesce(Box::new(left), self.boxed(0)?),
            ":=" => {
                let ExprKind::Variable(name) = left.kind else {
                    return Err(Fault::new("S0212").at(left.position));
                };
                self.bound.insert(name.clone());
                ExprKind::Bind(name, self.boxed(power - 1)?)
            }
            _ => return self.chain(operator, token.position, left, power),
        };
        Self::make(kind, token.position)
    }

    fn dot(&mut self, left: Expr, position: usize, power: usize) -> Res<Expr> {
        let right = self.expression(power)?;
        let (left_height, right_height) = (left.height, right.height);
        let ExprKind::Dot(first, mut rest) = left.kind else {
            return Self::make(ExprKind::Dot(Box::new(left), vec![right]), position);
        };
        // A longer path is no deeper one.
        rest.push(right);
        Self::of_height(ExprKind::Dot(first, rest), position, left_height.max(right_height + 1))
    }

    fn chain(&mut self, operator: &str, position: usize, left: Expr, power: usize) -> Res<Expr> {
        let Some(known) = Operator::from_text(operator) else {
            return Err(Fault::new("S0204").at(position).token(operator));
        };
        let right = self.expression(power)?;
        let (left_height, right_height) = (left.height, right.height);
        let ExprKind::Chain(first, mut rest) = left.kind else {
            return Self::make(ExprKind::Chain(Box::new(left), vec![(known, position, right)]), position);
        };
        rest.push((known, position, right));
        Self::of_height(ExprKind::Chain(first, rest), position, left_height.max(right_height + 1))
    }

    fn block(&mut self) -> Res<ExprKind> {
        let mut exprs = Vec::new();
        while !self.token.kind.is(")") {
            exprs.push(self.expression(0)?);
            if !self.take(";")? {
                break;
            }
        }
        self.expect(")", true)?;
        Ok(ExprKind::Block(exprs))
    }

    fn array(&mut self) -> Res<ExprKind> {
        let mut items = Vec::new();
        if !self.token.kind.is("]") {
            loop {
                let item = self.expression(0)?;
                let position = self.token.position;
                let last = if self.take("..")? { Some((self.expression(0)?, position)) } else { None };
                items.push((item, last));
                if !self.take(",")? {
                    break;
                }
            }
        }
        self.expect("]", true)?;
        Ok(ExprKind::Array(items))
    }

    /// The members of an object or a grouping, the brace being taken.
    fn members(&mut self) -> Res<Vec<(Expr, Expr)>> {
        let mut members = Vec::new();
        if !self.token.kind.is("}") {
            loop {
                let key = self.expression(0)?;
                self.expect(":", false)?;
                members.push((key, self.expression(0)?));
                if !self.take(",")? {
                    break;
                }
            }
        }
        self.expect("}", true)?;
        Ok(members)
    }

    fn transform(&mut self) -> Res<ExprKind> {
        let pattern = self.boxed(0)?;
        self.expect("|", false)?;
        let update = self.boxed(0)?;
        let delete = if self.take(",")? { Some(self.boxed(0)?) } else { None };
        self.expect("|", false)?;
        Ok(ExprKind::Transform(pattern, update, delete))
    }

    fn filter(&mut self, mut left: Expr, position: usize) -> Res<Expr> {
        if self.token.kind.is("]") {
            let mut step = &mut left;
            while let ExprKind::Filter(inner, _) = &mut step.kind {
                step = inner;
            }
            step.keep_array = true;
            self.advance(false)?;
            return Ok(left);
        }
        let predicate = self.boxed(0)?;
        self.expect("]", true)?;
        Self::make(ExprKind::Filter(Box::new(left), predicate), position)
    }

    fn sort_terms(&mut self) -> Res<Vec<(bool, Expr)>> {
        self.expect("(", false)?;
        let mut terms = Vec::new();
        loop {
            let descending = if self.take("<")? { false } else { self.take(">")? };
            terms.push((descending, self.expression(0)?));
            if !self.take(",")? {
                break;
            }
        }
        self.expect(")", false)?;
        Ok(terms)
    }

    fn call(&mut self, procedure: Expr) -> Res<ExprKind> {
        let mut arguments = Vec::new();
        let mut partial = false;
        if !self.token.kind.is(")") {
            loop {
                if self.take("?")? {
                    partial = true;
                    arguments.push(None);
                } else {
                    arguments.push(Some(self.expression(0)?));
                }
                if !self.take(",")? {
                    break;
                }
            }
        }
        self.expect(")", true)?;
        match &procedure.kind {
            ExprKind::Name(name) if matches!(&**name, "function" | "\u{3bb}") => self.lambda(arguments),
            _ => Ok(ExprKind::Call { procedure: Box::new(procedure), arguments, partial }),
        }
    }

    fn lambda(&mut self, arguments: Vec<Option<Expr>>) -> Res<ExprKind> {
        let mut parameters = Vec::with_capacity(arguments.len());
        for (place, argument) in arguments.into_iter().enumerate() {
            match argument {
                Some(Expr { kind: ExprKind::Variable(name), .. }) => {
                    self.bound.insert(name.clone());
                    parameters.push(name);
                }
                other => {
                    let position = other.map_or(self.token.position, |expr| expr.position);
                    return Err(Fault::new("S0208").at(position).value_text((place + 1).to_string()));
                }
            }
        }
        let signature = if self.token.kind.is("<") { Some(self.signature()?) } else { None };
        self.expect("{", false)?;
        let body = self.boxed(0)?;
        self.expect("}", false)?;
        Ok(ExprKind::Lambda { parameters, signature, body })
    }

    fn signature(&mut self) -> Res<Signature> {
        let start = self.token.position;
        let mut text = String::from("<");
        let mut depth = 1_usize;
        while depth > 0 && !self.token.kind.is("{") && !matches!(self.token.kind, TokenKind::End) {
            self.advance(false)?;
            if self.token.kind.is(">") {
                depth -= 1;
            } else if self.token.kind.is("<") {
                depth += 1;
            }
            match self.token.kind.describe() {
                Value::String(part) => text.push_str(&part),
                other => text.push_str(&other.to_string()),
            }
        }
        self.expect(">", false)?;
        Signature::parse(&text).map_err(|(fault, offset)| fault.at(start + offset))
    }
}

fn too_deep(position: usize) -> Box<Fault> {
    Fault::new("S0304").at(position).value_text(NESTING_MAX.to_string())
}
