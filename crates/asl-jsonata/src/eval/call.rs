//! Calling functions: natives, lambdas with tail calls, partial application,
//! chains.

use std::rc::Rc;
use std::sync::Arc;

use asl_value::Value;

use super::{Evaluator, context};
use crate::ast::{Call, Kind, Lambda, Node};
use crate::error::{Fault, Res};
use crate::frame::{Env, Function, Site};
use crate::functions::{Arguments, Builtin, Unchecked, unchecked};
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
            Item::Function(function) => Self::from_function(function),
            _ => Self::Other,
        }
    }

    pub(super) fn from_function(function: &Rc<Function>) -> Self {
        match &**function {
            Function::Native(builtin) => Self::Native(*builtin),
            _ => Self::Function(function.clone()),
        }
    }
}

/// The body of a lambda, evaluated as far as its last call.
enum Tail<'n> {
    Done(Item),
    /// The call, and the context and the variables that it is made with.
    Call(&'n Call, &'n Item, Env),
    Next(Next),
}

/// What is to be called next.
struct Next {
    callee: Callee,
    arguments: Vec<Item>,
}

/// Where the two calls stand in the function that the language defines a chain
/// as: `function($f, $g) { function($x){ $g($f($x)) } }`.
const FIRST_OF_CHAIN: usize = 39;
const SECOND_OF_CHAIN: usize = 35;

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
        self.meter.visit(call.arguments.len())?;
        let mut arguments = self.spare.list(call.arguments.len() + usize::from(first.is_some()));
        arguments.extend(first);
        for argument in call.arguments.iter().flatten() {
            let argument = self.eval(argument, input, env)?;
            arguments.push(self.enclosed(argument)?);
        }
        let site = Site { position, token: call.procedure.name().cloned() };
        self.call_at(&site, callee, arguments, input, env)
    }

    fn call_at(
        &mut self,
        site: &Site,
        callee: Callee,
        arguments: Vec<Item>,
        input: &Item,
        env: &Env,
    ) -> Res<Item> {
        if !matches!(&callee, Callee::Function(function) if matches!(**function, Function::Closure { .. })) {
            self.set_site(&callee, site.clone());
        }
        self.invoke(callee, arguments, input, env).map_err(|fault| site.complete(fault))
    }

    /// A function that is an argument is called without a context, and knows
    /// nothing of where it is called.
    fn enclosed(&mut self, argument: Item) -> Res<Item> {
        match argument {
            Item::Function(function) => self.closure(Function::Closure { function, site: <_>::default() }),
            other => Ok(other),
        }
    }

    /// Notes where a function is called. Its errors tell the latest of such
    /// places, whichever call they come from, as the reference has it.
    fn set_site(&mut self, callee: &Callee, site: Site) {
        match callee {
            Callee::Native(builtin) => {
                self.native_sites.insert(*builtin, site);
            }
            Callee::Function(function) => {
                if let Some(cell) = function.site() {
                    cell.replace(Some(site));
                }
            }
            Callee::Other => {}
        }
    }

    fn mark_native(&self, builtin: Builtin, fault: Box<Fault>) -> Box<Fault> {
        match self.native_sites.get(&builtin) {
            Some(site) => site.mark(fault),
            None => fault,
        }
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
        let bound = match self.symbols.find(name) {
            Some(symbol) => env.lookup(symbol, &mut self.meter)?,
            None => None,
        };
        match bound.or_else(|| (self.host.variable)(name).map(Item::Json)) {
            Some(Item::Function(_)) => Ok(true),
            Some(item) => item::truthy(&item, &mut self.meter),
            None => Ok(false),
        }
    }

    fn partial(&mut self, call: &Call, position: usize, input: &Item, env: &Env) -> Res<Item> {
        self.meter.sequence(call.arguments.len())?;
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
        self.closure(Function::Partial { function, arguments, site: <_>::default() })
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
            Item::Function(first) => self.closure(Function::Chain(first, function)),
            value => self.call_function(&function, vec![value], env),
        }
    }

    /// Calls a function from within a function, without a context of its own.
    pub(crate) fn call_function(
        &mut self,
        function: &Rc<Function>,
        arguments: Vec<Item>,
        env: &Env,
    ) -> Res<Item> {
        self.meter.enter()?;
        let result = self.invoke(Callee::from_function(function), arguments, &Item::null(), env)?;
        self.meter.leave();
        Ok(result)
    }

    /// Calls a lambda, as [`call_function`](Self::call_function) does, in a frame
    /// that has the arguments.
    pub(super) fn run_lambda(
        &mut self,
        function: &Function,
        lambda: &Lambda,
        input: &Item,
        frame: &Env,
        env: &Env,
    ) -> Res<Item> {
        self.meter.enter_call()?;
        let result = if lambda.ends_in_call {
            match self.tail(&lambda.body, input, frame) {
                Ok(Tail::Done(item)) => Ok(item),
                Ok(Tail::Call(call, context, frame)) => {
                    let next = self.follow(call, context, frame)?;
                    return self.go_on(next, env);
                }
                Ok(Tail::Next(next)) => return self.go_on(next, env),
                Err(fault) => Err(fault),
            }
        } else {
            self.eval(&lambda.body, input, frame)
        };
        self.meter.leave();
        result.map_err(|fault| function.mark(fault))
    }

    fn go_on(&mut self, next: Next, env: &Env) -> Res<Item> {
        let result = self.invoke(next.callee, next.arguments, &Item::null(), env)?;
        self.meter.leave();
        Ok(result)
    }

    /// Calls a function, and the functions that it calls last, in a loop.
    pub(crate) fn invoke(
        &mut self,
        callee: Callee,
        arguments: Vec<Item>,
        input: &Item,
        env: &Env,
    ) -> Res<Item> {
        // The closures that were opened on the way, which errors pass through.
        let mut closures: Vec<Rc<Function>> = Vec::new();
        let mut next = Next { callee, arguments };
        let result = loop {
            if let Err(fault) = self.meter.step(1) {
                break Err(fault);
            }
            let function = match next.callee {
                Callee::Function(function) => function,
                Callee::Native(builtin) => {
                    let input = if closures.is_empty() { input } else { &Item::null() };
                    break self
                        .native(builtin, next.arguments, input, env)
                        .map_err(|fault| self.mark_native(builtin, fault));
                }
                Callee::Other => break Err(Fault::new("T1006")),
            };
            if let Function::Closure { function: inner, .. } = &*function {
                next = Next { callee: Callee::from_function(inner), arguments: next.arguments };
                if let Err(fault) = self.meter.allocate(size_of::<Rc<Function>>()) {
                    break Err(fault);
                }
                closures.push(function);
                continue;
            }
            let input = if closures.is_empty() { input } else { &Item::null() };
            let following = match self.begin(&function, next.arguments, input, env) {
                Ok(Tail::Done(item)) => break Ok(item),
                Ok(Tail::Call(call, context, frame)) => self.follow(call, context, frame),
                Ok(Tail::Next(next)) => Ok(next),
                Err(fault) => break Err(function.mark(fault)),
            };
            match following {
                Ok(following) => next = following,
                Err(fault) => break Err(fault),
            }
        };
        result.map_err(|fault| closures.iter().rev().fold(fault, |fault, closure| closure.mark(fault)))
    }

    /// A call that is the last thing a function does, ready to be made.
    fn follow(&mut self, call: &Call, context: &Item, frame: Env) -> Res<Next> {
        let procedure = &call.procedure;
        let callee = self.callee(call, procedure.position, context, &frame, "T1005")?;
        let token =
            if matches!(procedure.kind, Kind::Variable(_)) { procedure.name().cloned() } else { None };
        self.set_site(&callee, Site { position: procedure.position, token });
        self.meter.visit(call.arguments.len())?;
        let mut arguments = self.spare.list(call.arguments.len());
        for argument in call.arguments.iter().flatten() {
            arguments.push(self.eval(argument, context, &frame)?);
        }
        self.spare.give_back(frame);
        Ok(Next { callee, arguments })
    }

    /// Calls a function up to its last call.
    fn begin<'n>(
        &mut self,
        function: &'n Rc<Function>,
        arguments: Vec<Item>,
        caller: &Item,
        env: &Env,
    ) -> Res<Tail<'n>> {
        match &**function {
            Function::Lambda { lambda, input, env: closure, .. } => {
                let arguments = match &lambda.signature {
                    Some(signature) => signature.validate(arguments, caller, &mut self.meter)?,
                    None => arguments,
                };
                self.begin_lambda(function, &lambda.body, input, closure, arguments)
            }
            Function::Partial { .. } => self.begin_partial(function, arguments, env),
            Function::Chain(first, second) => {
                let last = Callee::from_function(second);
                self.set_site(&last, Site::new(SECOND_OF_CHAIN, "g"));
                let argument = self.enclosed(arguments.into_iter().next().unwrap_or_default())?;
                let site = Site::new(FIRST_OF_CHAIN, "f");
                self.meter.enter()?;
                let first = Callee::from_function(first);
                let between = self.call_at(&site, first, vec![argument], &Item::null(), env)?.normalize();
                self.meter.leave();
                Ok(Tail::Next(Next { callee: last, arguments: vec![between] }))
            }
            other => self.invoke_other(other, arguments).map(Tail::Done),
        }
    }

    fn begin_lambda<'n>(
        &mut self,
        function: &Rc<Function>,
        body: &'n Node,
        input: &'n Item,
        closure: &Env,
        arguments: Vec<Item>,
    ) -> Res<Tail<'n>> {
        let frame = self.spare.frame_of_call(function, closure, arguments);
        let tail = self.tail(body, input, &frame)?;
        if matches!(tail, Tail::Done(_)) {
            self.spare.give_back(frame);
        }
        Ok(tail)
    }

    /// Calls a function with the arguments that it was given before. Signatures
    /// do not count: the reference makes a new function of the body.
    fn begin_partial<'n>(
        &mut self,
        partial: &'n Rc<Function>,
        arguments: Vec<Item>,
        env: &Env,
    ) -> Res<Tail<'n>> {
        let mut function = partial;
        let mut arguments = arguments;
        while let Function::Partial { function: inner, arguments: fixed, .. } = &**function {
            self.meter.visit(fixed.len())?;
            let mut given = arguments.into_iter();
            let all =
                fixed.iter().map(|fixed| fixed.clone().unwrap_or_else(|| given.next().unwrap_or_default()));
            arguments = all.collect();
            function = inner;
        }
        match &**function {
            Function::Lambda { lambda, input, env: closure, .. } => {
                self.begin_lambda(function, &lambda.body, input, closure, arguments)
            }
            Function::Native(builtin) => {
                arguments.resize(builtin.arity().max(arguments.len()), Item::Undefined);
                match unchecked(*builtin, arguments, &mut self.meter)? {
                    Unchecked::Done(item) => Ok(Tail::Done(item)),
                    Unchecked::Call(arguments) => {
                        self.native(*builtin, arguments, &Item::Undefined, env).map(Tail::Done)
                    }
                }
            }
            _ => Ok(Tail::Next(Next { callee: Callee::from_function(function), arguments })),
        }
    }

    /// Evaluates up to the call that is the last thing to do, if there is one.
    fn tail<'n>(&mut self, node: &'n Node, input: &'n Item, env: &Env) -> Res<Tail<'n>> {
        if !node.is_bare() {
            return self.eval(node, input, env).map(Tail::Done);
        }
        match &node.kind {
            Kind::Call(call) if !call.partial => Ok(Tail::Call(call, input, env.clone())),
            Kind::Condition(condition, then, otherwise) => {
                self.meter.enter()?;
                let condition = self.eval(condition, input, env)?;
                let result = if item::truthy(&condition, &mut self.meter)? {
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
                self.meter.scan(block.nodes.len())?;
                let frame = if block.frame { self.spare.frame_within(env, &[]) } else { env.clone() };
                let result = match block.nodes.split_last() {
                    Some((last, before)) => {
                        self.last_of(before, input, &frame)?;
                        self.tail(last, input, &frame)?
                    }
                    None => Tail::Done(Item::Undefined),
                };
                if block.frame && matches!(result, Tail::Done(_)) {
                    self.spare.give_back(frame);
                }
                self.meter.leave();
                Ok(result)
            }
            _ => self.eval(node, input, env).map(Tail::Done),
        }
    }

    fn native(&mut self, builtin: Builtin, arguments: Vec<Item>, input: &Item, env: &Env) -> Res<Item> {
        let values = builtin.signature().validate(arguments, context(input), &mut self.meter)?;
        self.meter.enter()?;
        let result = builtin.run(self, &mut Arguments { values, input, env })?;
        self.meter.leave();
        Ok(result)
    }

    fn invoke_other(&mut self, function: &Function, arguments: Vec<Item>) -> Res<Item> {
        let mut arguments = arguments.into_iter();
        let argument = arguments.next().unwrap_or_default();
        self.meter.enter()?;
        let result = match function {
            Function::Regex(program) => {
                let from = arguments.next().and_then(|from| from.as_f64());
                self.match_as_object(program, &argument, from)
            }
            Function::NextMatch { program, text, from } => self.next_match_as_object(program, text, *from),
            Function::Transform { transform, env, .. } => self.transform(transform, argument, env),
            // These are called by the loop in `invoke`.
            Function::Native(_)
            | Function::Lambda { .. }
            | Function::Partial { .. }
            | Function::Chain(..)
            | Function::Closure { .. } => Ok(Item::Undefined),
        }?;
        self.meter.leave();
        Ok(result)
    }
}
