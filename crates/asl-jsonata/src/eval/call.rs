//! Calling functions: natives, lambdas with tail calls, partial application,
//! chains.

use std::rc::Rc;
use std::sync::Arc;

use asl_value::Value;

use super::{Evaluator, context};
use crate::ast::{Call, Kind, Lambda, Node};
use crate::error::{Fault, Res};
use crate::frame::{Env, Frame, Function};
use crate::functions::{Arguments, Builtin};
use crate::item::{self, Item};

/// What is about to be called.
pub(crate) enum Callee {
    Native(Builtin),
    Function(Rc<Function>),
    /// Something that is no function.
    Other,
}

impl Callee {
    fn from_item(item: &Item) -> Self {
        match item {
            Item::Function(function) => Self::Function(function.clone()),
            _ => Self::Other,
        }
    }
}

/// Where a call stands in the text, for errors.
pub(crate) struct Site {
    position: usize,
    token: Option<Arc<str>>,
}

impl Site {
    /// Errors from within a call point at the call.
    fn mark(&self, mut fault: Box<Fault>) -> Box<Fault> {
        fault.position = Some(self.position);
        self.complete(fault)
    }

    /// Adds what the error does not know yet.
    fn complete(&self, mut fault: Box<Fault>) -> Box<Fault> {
        fault.position.get_or_insert(self.position);
        if fault.token.is_none() {
            fault.token = self.token.clone().map(Value::String);
        }
        fault
    }
}

/// The body of a lambda, evaluated as far as its last call.
enum Tail<'n> {
    Done(Item),
    Call(&'n Call, Env),
}

impl Evaluator<'_, '_> {
    /// `f(…)`; `first` is the left side of `~>`.
    pub(super) fn call(
        &mut self,
        call: &Call,
        position: usize,
        input: &Item,
        env: &Env,
        first: Option<Item>,
    ) -> Res<Item> {
        if call.partial && first.is_none() {
            return self.partial(call, position, input, env);
        }
        let callee = self.callee(call, position, input, env, "T1005")?;
        let mut arguments = Vec::with_capacity(call.arguments.len() + usize::from(first.is_some()));
        arguments.extend(first);
        for argument in call.arguments.iter().flatten() {
            arguments.push(self.eval(argument, input, env)?);
        }
        let site = Site { position, token: call.procedure.name().cloned() };
        self.invoke(callee, arguments, input, env, Some(&site)).map_err(|fault| site.complete(fault))
    }

    fn callee(
        &mut self,
        call: &Call,
        position: usize,
        input: &Item,
        env: &Env,
        code: &'static str,
    ) -> Res<Callee> {
        let procedure = &call.procedure;
        if let Kind::Variable(variable) = &procedure.kind
            && variable.global
            && procedure.extra.is_none()
            && let Some(builtin) = variable.builtin
            && (self.host.variable)(&variable.name).is_none()
        {
            return Ok(Callee::Native(builtin));
        }
        let function = self.eval(procedure, input, env)?;
        if function.is_undefined()
            && let Kind::Path(path) = &procedure.kind
            && let Some(Kind::Name(name)) = path.steps.first().map(|step| &step.kind)
            && self.names_something(name, env)?
        {
            return Err(Fault::new(code).at(position).token(name.clone()));
        }
        Ok(Callee::from_item(&function))
    }

    /// Whether `$name` is there, where somebody wrote `name(…)`.
    fn names_something(&mut self, name: &Arc<str>, env: &Env) -> Res<bool> {
        if Builtin::find(name, self.dialect).is_some() {
            return Ok(true);
        }
        let bound = self.symbols.find(name).and_then(|symbol| env.lookup(symbol));
        match bound.or_else(|| (self.host.variable)(name).map(Item::Json)) {
            Some(Item::Function(_)) => Ok(true),
            Some(item) => item::truthy(&item, 0),
            None => Ok(false),
        }
    }

    fn partial(&mut self, call: &Call, position: usize, input: &Item, env: &Env) -> Res<Item> {
        let mut arguments = Vec::with_capacity(call.arguments.len());
        for argument in &call.arguments {
            arguments.push(argument.as_ref().map(|node| self.eval(node, input, env)).transpose()?);
        }
        let function = match self.callee(call, position, input, env, "T1007")? {
            Callee::Native(builtin) => Rc::new(Function::Native(builtin)),
            Callee::Function(function) => function,
            Callee::Other => {
                let mut fault = Fault::new("T1008").at(position);
                fault.token = call.procedure.name().cloned().map(Value::String);
                return Err(fault);
            }
        };
        Ok(Item::Function(Rc::new(Function::Partial { function, arguments })))
    }

    /// `left ~> right`
    pub(super) fn apply(
        &mut self,
        left: &Node,
        right: &Node,
        position: usize,
        input: &Item,
        env: &Env,
    ) -> Res<Item> {
        let value = self.eval(left, input, env)?;
        if let Kind::Call(call) = &right.kind
            && !call.partial
        {
            self.meter.step(1)?;
            return self.call(call, right.position, input, env, Some(value));
        }
        let function = match self.eval(right, input, env)? {
            Item::Function(function) => function,
            other => return Err(Fault::new("T2006").at(position).value(&other)),
        };
        match value {
            Item::Function(first) => Ok(Item::Function(Rc::new(Function::Chain(first, function)))),
            value => self.call_function(&function, vec![value], env),
        }
    }

    /// Calls a function, and the functions that it calls last, in a loop.
    pub(crate) fn invoke(
        &mut self,
        callee: Callee,
        arguments: Vec<Item>,
        input: &Item,
        env: &Env,
        site: Option<&Site>,
    ) -> Res<Item> {
        let mut callee = callee;
        let mut arguments = arguments;
        let mut tail_site: Option<Site> = None;
        loop {
            self.meter.step(1)?;
            let (lambda, context, closure) = match &callee {
                Callee::Function(function) => match &**function {
                    Function::Lambda { lambda, input, env } => (lambda.clone(), input.clone(), env.clone()),
                    _ => {
                        return mark(
                            self.invoke_other(function, arguments, input, env),
                            tail_site.as_ref().or(site),
                        );
                    }
                },
                Callee::Native(builtin) => {
                    return mark(self.native(*builtin, arguments, input, env), tail_site.as_ref().or(site));
                }
                Callee::Other => return mark(Err(Fault::new("T1006")), tail_site.as_ref().or(site)),
            };
            drop(callee);
            let tail = self.lambda(&lambda, arguments, &context, &closure, input);
            let (call, frame) = match tail {
                Ok(Tail::Done(item)) => return Ok(item),
                Ok(Tail::Call(call, frame)) => (call, frame),
                Err(fault) => return mark(Err(fault), tail_site.as_ref().or(site)),
            };
            let procedure = &call.procedure;
            callee = self.callee(call, procedure.position, &context, &frame, "T1005")?;
            arguments = Vec::with_capacity(call.arguments.len());
            for argument in call.arguments.iter().flatten() {
                arguments.push(self.eval(argument, &context, &frame)?);
            }
            let token =
                if matches!(procedure.kind, Kind::Variable(_)) { procedure.name().cloned() } else { None };
            tail_site = Some(Site { position: procedure.position, token });
        }
    }

    fn lambda<'n>(
        &mut self,
        lambda: &'n Arc<Lambda>,
        arguments: Vec<Item>,
        context: &Item,
        closure: &Env,
        caller: &Item,
    ) -> Res<Tail<'n>> {
        let arguments = match &lambda.signature {
            Some(signature) => signature.validate(arguments, caller)?,
            None => arguments,
        };
        let frame = Frame::of_call(closure, lambda.clone(), arguments);
        self.tail(&lambda.body, context, &frame)
    }

    /// Evaluates up to the call that is the last thing to do, if there is one.
    fn tail<'n>(&mut self, node: &'n Node, input: &Item, env: &Env) -> Res<Tail<'n>> {
        if node.extra.is_some() {
            return self.eval(node, input, env).map(Tail::Done);
        }
        match &node.kind {
            Kind::Call(call) if !call.partial => Ok(Tail::Call(call, env.clone())),
            Kind::Condition(condition, then, otherwise) => {
                self.meter.enter()?;
                let condition = self.eval(condition, input, env)?;
                let result = if item::truthy(&condition, 0)? {
                    self.tail(then, input, env)
                } else {
                    match otherwise {
                        Some(node) => self.tail(node, input, env),
                        None => Ok(Tail::Done(Item::Undefined)),
                    }
                }?;
                self.meter.leave();
                Ok(result)
            }
            Kind::Block(block) => {
                self.meter.enter()?;
                let frame = if block.frame { Frame::child(env, Vec::new()) } else { env.clone() };
                let Some((last, before)) = block.nodes.split_last() else {
                    return Ok(Tail::Done(Item::Undefined));
                };
                for node in before {
                    self.eval(node, input, &frame)?;
                }
                let result = self.tail(last, input, &frame)?;
                self.meter.leave();
                Ok(result)
            }
            _ => self.eval(node, input, env).map(Tail::Done),
        }
    }

    fn native(&mut self, builtin: Builtin, arguments: Vec<Item>, input: &Item, env: &Env) -> Res<Item> {
        let caller = context(input);
        let values = builtin.signature().validate(arguments, &caller)?;
        self.meter.enter()?;
        let result = builtin.run(self, &mut Arguments { values, input, env })?;
        self.meter.leave();
        Ok(result)
    }

    fn invoke_other(
        &mut self,
        function: &Function,
        arguments: Vec<Item>,
        input: &Item,
        env: &Env,
    ) -> Res<Item> {
        self.meter.enter()?;
        let result = match function {
            Function::Native(builtin) => self.native(*builtin, arguments, input, env),
            Function::Partial { function, arguments: fixed } => {
                let mut given = arguments.into_iter();
                let all = fixed
                    .iter()
                    .map(|fixed| fixed.clone().unwrap_or_else(|| given.next().unwrap_or_default()));
                let all = all.collect();
                self.invoke(Callee::Function(function.clone()), all, &Item::null(), env, None)
            }
            Function::Chain(first, second) => {
                let between = self.call_function(first, arguments, env)?;
                self.call_function(second, vec![between], env)
            }
            Function::Regex(program) => {
                let text = arguments.into_iter().next().unwrap_or_default();
                self.match_as_object(program, &text)
            }
            Function::NextMatch { program, text, from } => self.next_match_as_object(program, text, *from),
            Function::Transform { transform, env } => {
                let target = arguments.into_iter().next().unwrap_or_default();
                self.transform(transform, target, env)
            }
            // A lambda is called by the loop in `invoke`.
            Function::Lambda { .. } => Ok(Item::Undefined),
        }?;
        self.meter.leave();
        Ok(result)
    }
}

fn mark(result: Res<Item>, site: Option<&Site>) -> Res<Item> {
    result.map_err(|fault| match site {
        Some(site) => site.mark(fault),
        None => fault,
    })
}
