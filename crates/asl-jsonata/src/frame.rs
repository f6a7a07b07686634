//! Functions and the frames of variables that they close over.

use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};
use std::sync::Arc;

use asl_value::Value;

use crate::ast::{Lambda, Symbol, Transform};
use crate::budget::Meter;
use crate::error::{Fault, Res};
use crate::functions::{Builtin, Place};
use crate::item::{Item, List, Record};
use crate::regex::Program;

/// What can be called.
pub(crate) enum Function {
    Native(Builtin),
    Lambda {
        lambda: Arc<Lambda>,
        /// The context where it was written down.
        input: Item,
        env: Env,
        site: SiteCell,
    },
    /// A function with some arguments given: `None` are still asked for.
    Partial {
        function: Rc<Function>,
        arguments: Vec<Option<Item>>,
        site: SiteCell,
    },
    /// A function that was an argument.
    Closure {
        function: Rc<Function>,
        site: SiteCell,
    },
    /// `f ~> g`
    Chain(Rc<Function>, Rc<Function>),
    Regex(Arc<Program>),
    /// The `next` function of a match: the program goes on behind it.
    NextMatch {
        program: Arc<Program>,
        text: Arc<str>,
        from: Place,
    },
    Transform {
        transform: Arc<Transform>,
        env: Env,
        site: SiteCell,
    },
}

impl Function {
    /// How many arguments it takes, as far as higher-order functions care.
    pub(crate) fn arity(&self) -> usize {
        match self {
            Self::Native(builtin) => builtin.arity(),
            Self::Lambda { lambda, .. } => lambda.parameters.len(),
            Self::Partial { arguments, .. } => arguments.iter().filter(|a| a.is_none()).count(),
            Self::Chain(..) | Self::Transform { .. } => 1,
            Self::Closure { function, .. } => function.arity(),
            Self::Regex(_) => 2,
            Self::NextMatch { .. } => 0,
        }
    }
}

impl Function {
    /// Where it notes the place of its latest call.
    pub(crate) fn site(&self) -> Option<&SiteCell> {
        match self {
            Self::Lambda { site, .. }
            | Self::Partial { site, .. }
            | Self::Closure { site, .. }
            | Self::Transform { site, .. } => Some(site),
            Self::Native(_) | Self::Chain(..) | Self::Regex(_) | Self::NextMatch { .. } => None,
        }
    }

    /// An error from within the function, which tells where it was called.
    pub(crate) fn mark(&self, fault: Box<Fault>) -> Box<Fault> {
        match self.site().map(RefCell::borrow).as_deref() {
            Some(Some(site)) => site.mark(fault),
            _ => fault,
        }
    }

    /// The function without closures around it that its errors do not need.
    pub(crate) fn bare(self: &Rc<Self>) -> &Rc<Self> {
        let mut function = self;
        while let Self::Closure { function: inner, site } = &**function
            && site.borrow().is_none()
        {
            function = inner;
        }
        function
    }
}

pub(crate) type SiteCell = RefCell<Option<Site>>;

/// Where a call stands in the text, and what it calls the function.
#[derive(Clone)]
pub(crate) struct Site {
    pub(crate) position: usize,
    pub(crate) token: Option<Arc<str>>,
}

impl Site {
    pub(crate) fn new(position: usize, token: &str) -> Self {
        Self { position, token: Some(token.into()) }
    }

    /// An error from within the function that was called here.
    pub(crate) fn mark(&self, mut fault: Box<Fault>) -> Box<Fault> {
        if self.position > 0 {
            fault.position = Some(self.position);
        }
        self.name(fault)
    }

    /// Adds what an error does not know when it leaves the call.
    pub(crate) fn complete(&self, mut fault: Box<Fault>) -> Box<Fault> {
        if fault.position.is_none_or(|position| position == 0) {
            fault.position = Some(self.position);
        }
        self.name(fault)
    }

    fn name(&self, mut fault: Box<Fault>) -> Box<Fault> {
        if fault.token.is_none() {
            fault.token = self.token.clone().map(Value::String);
        }
        fault
    }
}

/// A frame shared by the closures made in it.
pub(crate) type Env = Rc<Frame>;

/// The variables bound in one scope.
pub(crate) struct Frame {
    parent: Option<Env>,
    /// What was bound since the frame was made.
    variables: RefCell<Vec<(Symbol, Item)>>,
    /// The lambda that was called and, at the places of its parameters, the
    /// arguments.
    function: Option<Rc<Function>>,
    arguments: Vec<Item>,
    tracked: Cell<bool>,
}

impl Frame {
    pub(crate) fn root() -> Env {
        Rc::new(Self {
            parent: None,
            variables: RefCell::default(),
            function: None,
            arguments: Vec::new(),
            tracked: Cell::new(false),
        })
    }

    pub(crate) fn child(parent: &Env, variables: Vec<(Symbol, Item)>) -> Env {
        Rc::new(Self {
            parent: Some(parent.clone()),
            variables: RefCell::new(variables),
            function: None,
            arguments: Vec::new(),
            tracked: Cell::new(false),
        })
    }

    /// The frame of a call.
    pub(crate) fn of_call(function: &Rc<Function>, closure: &Env, arguments: Vec<Item>) -> Env {
        Rc::new(Self {
            parent: Some(closure.clone()),
            variables: RefCell::default(),
            function: Some(function.clone()),
            arguments,
            tracked: Cell::new(false),
        })
    }

    /// Makes the frame, which is empty, that of a call.
    pub(crate) fn begin_call(&mut self, function: &Rc<Function>, closure: &Env, arguments: Vec<Item>) {
        self.parent = Some(closure.clone());
        self.function = Some(function.clone());
        self.arguments = arguments;
    }

    /// Makes the frame of a call that of another one of the same function. The
    /// arguments are to be put into the list.
    pub(crate) fn begin_again(&mut self) -> &mut Vec<Item> {
        self.variables.get_mut().clear();
        self.arguments.clear();
        &mut self.arguments
    }

    /// Makes the frame, which is empty, one within another.
    pub(crate) fn begin_within(&mut self, parent: &Env, variables: &[(Symbol, Item)]) {
        self.parent = Some(parent.clone());
        self.variables.get_mut().extend_from_slice(variables);
    }

    /// Empties the frame. What is left of the arguments is their list.
    pub(crate) fn end(&mut self) -> Vec<Item> {
        self.variables.get_mut().clear();
        self.function = None;
        self.parent = None;
        let mut arguments = std::mem::take(&mut self.arguments);
        arguments.clear();
        arguments
    }

    fn parameters(&self) -> &[Symbol] {
        match self.function.as_deref() {
            Some(Function::Lambda { lambda, .. }) => &lambda.parameters,
            _ => &[],
        }
    }

    /// What the name is bound to, here or in the frames around.
    pub(crate) fn lookup(&self, symbol: Symbol, meter: &mut Meter) -> Res<Option<Item>> {
        self.find(symbol, meter, Item::clone)
    }

    /// The number that the name is bound to. `None` also where looking for it is
    /// too much work.
    #[inline]
    pub(crate) fn number(&self, symbol: Symbol, meter: &mut Meter) -> Option<f64> {
        self.find(symbol, meter, Item::as_f64).ok().flatten().flatten()
    }

    /// The number that a member of what the name is bound to is.
    pub(crate) fn member_number(&self, symbol: Symbol, name: &str, meter: &mut Meter) -> Option<f64> {
        let read = |item: &Item| match item {
            Item::Json(Value::Object(members)) => members.get(name).and_then(Value::as_f64),
            _ => None,
        };
        self.find(symbol, meter, read).ok().flatten().flatten()
    }

    /// What `read` makes of what the name is bound to, here or in the frames around.
    #[inline]
    fn find<T>(&self, symbol: Symbol, meter: &mut Meter, read: impl Fn(&Item) -> T) -> Res<Option<T>> {
        let mut frame = self;
        loop {
            let parameters = frame.parameters();
            let variables = frame.variables.borrow();
            meter.scan(variables.len() + parameters.len() + 1)?;
            if let Some((_, item)) = variables.iter().find(|(s, _)| *s == symbol) {
                return Ok(Some(read(item)));
            }
            if let Some(place) = parameters.iter().rposition(|parameter| *parameter == symbol) {
                // Arguments that were left out are bound, to nothing.
                return Ok(Some(read(frame.arguments.get(place).unwrap_or(&Item::Undefined))));
            }
            match frame.parent.as_deref() {
                Some(parent) => frame = parent,
                None => return Ok(None),
            }
        }
    }

    pub(crate) fn bind(&self, symbol: Symbol, item: Item) {
        let mut variables = self.variables.borrow_mut();
        match variables.iter_mut().find(|(s, _)| *s == symbol) {
            Some((_, old)) => *old = item,
            None => variables.push((symbol, item)),
        }
    }
}

/// The frames that may hold closures over themselves. Reference counts alone
/// would never free those, so the evaluation empties them at its end.
#[derive(Default)]
pub(crate) struct Cycles(Vec<Weak<Frame>>);

impl Cycles {
    /// Remembers the frame if `item` could close over it. What is remembered
    /// keeps its memory until the end.
    pub(crate) fn track(&mut self, env: &Env, item: &Item, meter: &mut Meter) -> Res<()> {
        let may_close = matches!(item, Item::Function(_) | Item::Record(_) | Item::List(_));
        if may_close && !env.tracked.replace(true) {
            meter.allocate(size_of::<Frame>() + 32)?;
            self.0.push(Rc::downgrade(env));
        }
        Ok(())
    }
}

impl Drop for Cycles {
    fn drop(&mut self) {
        for frame in self.0.drain(..).filter_map(|weak| weak.upgrade()) {
            let variables = frame.variables.take();
            drop(variables);
        }
    }
}

/// Something to take apart without recursion.
enum Part {
    Item(Item),
    Frame(Env),
}

/// Takes nested data and closures apart on an explicit stack, so that dropping
/// them cannot overflow the native one.
fn dismantle(mut pending: Vec<Part>) {
    while let Some(part) = pending.pop() {
        match part {
            Part::Item(Item::List(mut list)) => {
                if let Some(list) = Rc::get_mut(&mut list) {
                    pending.extend(list.items.drain(..).filter(nests).map(Part::Item));
                }
            }
            Part::Item(Item::Record(mut record)) => {
                if let Some(record) = Rc::get_mut(&mut record) {
                    pending
                        .extend(record.members.drain(..).map(|(_, item)| item).filter(nests).map(Part::Item));
                }
            }
            Part::Item(Item::Function(mut function)) => {
                if let Some(function) = Rc::get_mut(&mut function) {
                    take_captures(function, &mut pending);
                }
            }
            Part::Item(_) => {}
            Part::Frame(mut frame) => {
                if let Some(frame) = Rc::get_mut(&mut frame) {
                    take_variables(frame, &mut pending);
                }
            }
        }
    }
}

fn nests(item: &Item) -> bool {
    matches!(item, Item::List(_) | Item::Record(_) | Item::Function(_))
}

fn take_captures(function: &mut Function, pending: &mut Vec<Part>) {
    match function {
        Function::Lambda { input, env, .. } => {
            pending.push(Part::Item(std::mem::take(input)));
            // A root frame costs an allocation; a frame shared with others
            // needs no unrolling here.
            if Rc::strong_count(env) == 1 {
                pending.push(Part::Frame(std::mem::replace(env, Frame::root())));
            }
        }
        Function::Transform { env, .. } if Rc::strong_count(env) == 1 => {
            pending.push(Part::Frame(std::mem::replace(env, Frame::root())));
        }
        Function::Closure { function, .. } => take_function(function, pending),
        Function::Partial { function, arguments, .. } => {
            pending.extend(arguments.drain(..).flatten().filter(nests).map(Part::Item));
            take_function(function, pending);
        }
        Function::Chain(first, second) => {
            take_function(first, pending);
            take_function(second, pending);
        }
        Function::Native(_)
        | Function::Regex(_)
        | Function::NextMatch { .. }
        | Function::Transform { .. } => {}
    }
}

fn take_function(function: &mut Rc<Function>, pending: &mut Vec<Part>) {
    if Rc::strong_count(function) == 1 {
        let taken = std::mem::replace(function, Rc::new(Function::Native(Builtin::CLONE)));
        pending.push(Part::Item(Item::Function(taken)));
    }
}

fn take_variables(frame: &mut Frame, pending: &mut Vec<Part>) {
    pending.extend(frame.variables.get_mut().drain(..).map(|(_, item)| item).filter(nests).map(Part::Item));
    pending.extend(frame.arguments.drain(..).filter(nests).map(Part::Item));
    pending.extend(frame.parent.take().map(Part::Frame));
    pending.extend(frame.function.take().map(|function| Part::Item(Item::Function(function))));
}

impl Drop for List {
    fn drop(&mut self) {
        if self.items.iter().any(nests) {
            dismantle(self.items.drain(..).filter(nests).map(Part::Item).collect());
        }
    }
}

impl Drop for Record {
    fn drop(&mut self) {
        if self.members.iter().any(|(_, item)| nests(item)) {
            dismantle(self.members.drain(..).map(|(_, item)| item).filter(nests).map(Part::Item).collect());
        }
    }
}

impl Drop for Frame {
    fn drop(&mut self) {
        if self.parent.as_ref().is_some_and(|parent| Rc::strong_count(parent) == 1)
            || self.function.as_ref().is_some_and(|function| Rc::strong_count(function) == 1)
            || self.variables.get_mut().iter().any(|(_, item)| nests(item))
            || self.arguments.iter().any(nests)
        {
            let mut pending = Vec::new();
            take_variables(self, &mut pending);
            dismantle(pending);
        }
    }
}

impl Drop for Function {
    fn drop(&mut self) {
        let mut pending = Vec::new();
        match self {
            // Nothing to unroll unless this is the last owner of something.
            Self::Lambda { input, env, .. } if !nests(input) && Rc::strong_count(env) > 1 => return,
            Self::Native(_) | Self::Regex(_) | Self::NextMatch { .. } => return,
            _ => take_captures(self, &mut pending),
        }
        dismantle(pending);
    }
}
