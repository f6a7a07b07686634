//! Paths: what they are made of, and what they select.

use std::borrow::Cow;
use std::cell::Cell;
use std::fmt;
use std::sync::Arc;

use asl_value::{Array, Value};

use crate::Scope;
use crate::cursor::Cursor;
use crate::error::{CompileError, SelectError};
use crate::filter::Filter;
use crate::function::Function;
use crate::path_parse;

/// A compiled path. Cloning is cheap.
#[derive(Clone)]
pub struct Path(Arc<Compiled>);

struct Compiled {
    text: Box<str>,
    plan: Plan,
}

/// Where a path begins, and how it goes on.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    pub(crate) root: Root,
    pub(crate) steps: Box<[Step]>,
    pub(crate) function: Option<Function>,
    is_definite: bool,
    /// Whether it leads to a value that is there, and makes none: names and
    /// indexes only.
    is_plain: bool,
    /// Where several names stand before another step, which AWS finds out
    /// when it takes the path.
    names_inside: Option<usize>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Root {
    /// `$`
    Input,
    /// `$$`
    Context,
    /// `$name`
    Variable(Arc<str>),
    /// `@`, in a filter.
    Item,
}

#[derive(Clone, Debug)]
pub(crate) enum Step {
    Name(Arc<str>),
    Index(i64),
    /// `['a','b']`: an object of these members, at the end of a path only.
    Names(Box<[Arc<str>]>),
    Indexes(Box<[i64]>),
    Slice(Slice),
    Wildcard,
    /// `..`: the value itself and all below it, in document order.
    Descend,
    Filter(Filter),
}

/// `[from:to:step]`
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Slice {
    pub(crate) from: Option<i64>,
    pub(crate) to: Option<i64>,
    pub(crate) step: Option<i64>,
}

impl Path {
    /// Compiles a path. AWS: developer guide, *Paths*.
    pub fn compile(text: &str) -> Result<Self, CompileError> {
        let mut cursor = Cursor::new(text);
        let plan = path_parse::path(&mut cursor)?;
        // A published definition ends one with a blank.
        cursor.skip_space();
        cursor.expect_end()?;
        Ok(Self::of(text, plan))
    }

    pub(crate) fn of(text: &str, plan: Plan) -> Self {
        Self(Arc::new(Compiled { text: text.into(), plan }))
    }

    /// The path as written.
    pub fn text(&self) -> &str {
        &self.0.text
    }

    /// Whether it can match one value at most. What an indefinite path selects
    /// is an array.
    pub fn is_definite(&self) -> bool {
        self.0.plan.is_definite
    }

    /// The variable that the path begins at, without its `$`.
    pub fn variable(&self) -> Option<&str> {
        match &self.0.plan.root {
            Root::Variable(name) => Some(name),
            Root::Input | Root::Context | Root::Item => None,
        }
    }

    /// What the path selects: a value that it shares, or an array of such.
    pub fn select(&self, scope: &Scope<'_>) -> Result<Value, SelectError> {
        let walk = Walk { scope: *scope, work_left: Cell::new(WORK_MAX) };
        Ok(self.0.plan.look(&walk, None)?.into_owned())
    }

    pub(crate) fn plan(&self) -> &Plan {
        &self.0.plan
    }
}

impl Plan {
    pub(crate) fn new(root: Root, steps: Vec<Step>, function: Option<Function>) -> Self {
        let is_definite =
            steps.iter().all(|step| matches!(step, Step::Name(_) | Step::Index(_) | Step::Names(_)));
        let is_plain =
            function.is_none() && steps.iter().all(|step| matches!(step, Step::Name(_) | Step::Index(_)));
        let inside = steps.len().saturating_sub(1);
        let names_inside = steps.iter().take(inside).position(|step| matches!(step, Step::Names(_)));
        Self { root, steps: steps.into(), function, is_definite, is_plain, names_inside }
    }

    pub(crate) fn is_definite(&self) -> bool {
        self.is_definite
    }

    /// What the path of a filter selects, if anything. Filters look at every
    /// item, and why a path leads nowhere is nothing to them.
    pub(crate) fn find<'v>(&self, walk: &Walk<'v>, item: &'v Value) -> Option<Cow<'v, Value>> {
        if !self.is_plain {
            return self.look(walk, Some(item)).ok();
        }
        let root = self.root(walk, Some(item)).ok()?;
        let found = self.steps.iter().try_fold(root, |at, step| match step {
            Step::Name(name) => at.get(name),
            Step::Index(index) => self::item(at, *index),
            _ => None, // not in a plain path
        });
        found.map(Cow::Borrowed)
    }

    fn root<'v>(&self, walk: &Walk<'v>, item: Option<&'v Value>) -> Result<&'v Value, Lost<'_, 'v>> {
        match &self.root {
            Root::Input => Ok(walk.scope.input),
            Root::Context => Ok(walk.scope.environment.context()),
            Root::Variable(name) => walk.scope.environment.variable(name).ok_or(Lost::Variable(name)),
            Root::Item => Ok(item.unwrap_or(walk.scope.input)),
        }
    }

    /// What the path selects: found, or made.
    pub(crate) fn look<'v>(
        &self,
        walk: &Walk<'v>,
        item: Option<&'v Value>,
    ) -> Result<Cow<'v, Value>, Lost<'_, 'v>> {
        let root = self.root(walk, item)?;
        if let Some(place) = self.names_inside {
            return Err(Lost::NamesInside(self, place));
        }
        let selected = if self.is_definite {
            self.follow(root)?
        } else {
            Cow::Owned(Value::Array(self.gather(root, walk)?))
        };
        match self.function {
            None => Ok(selected),
            Some(function) => function.apply(&selected).map(Cow::Owned).map_err(Lost::Function),
        }
    }

    /// Follows a definite path.
    fn follow<'v>(&self, root: &'v Value) -> Result<Cow<'v, Value>, Lost<'_, 'v>> {
        let mut at = root;
        for (place, step) in self.steps.iter().enumerate() {
            let next = match step {
                Step::Name(name) => at.get(name),
                Step::Index(index) => item(at, *index),
                Step::Names(names) => {
                    return members(at, names).map(Cow::Owned).ok_or(Lost::Step(self, place, at));
                }
                _ => None, // indefinite paths are gathered
            };
            match next {
                Some(next) => at = next,
                None => return Err(Lost::Step(self, place, at)),
            }
        }
        Ok(Cow::Borrowed(at))
    }

    /// The first `count` steps as error texts have them.
    fn bracketed(&self, count: usize) -> String {
        let steps = self.steps.iter().take(count).map(ToString::to_string);
        std::iter::once("$".to_owned()).chain(steps).collect()
    }

    /// Why the step at `place` could not be taken from `found`.
    #[cold]
    fn lost(&self, place: usize, found: &Value) -> SelectError {
        let is_last = place + 1 == self.steps.len();
        match self.steps.get(place) {
            Some(step @ (Step::Name(_) | Step::Names(_))) if found.as_object().is_none() => {
                SelectError::NotAnObject { property: step.to_string(), path: self.bracketed(place) }
            }
            Some(Step::Name(_)) if !is_last => SelectError::MissingProperty(self.bracketed(place + 1)),
            Some(step @ Step::Index(_)) if found.as_array().is_none() => {
                SelectError::NotAnArray { step: step.to_string(), found: found.to_string() }
            }
            _ => SelectError::NoResults(self.bracketed(self.steps.len())),
        }
    }

    /// Gathers all that an indefinite path matches; a step that cannot be
    /// taken matches nothing.
    fn gather<'v>(&self, root: &'v Value, walk: &Walk<'v>) -> Result<Array, Lost<'_, 'v>> {
        let mut matched = vec![root];
        let mut merged = None;
        let mut descended = false;
        for step in &self.steps {
            let mut next = Vec::new();
            if let Step::Names(names) = step {
                merged = Some(matched.iter().filter_map(|value| members(value, names)).collect());
                break;
            }
            for value in matched {
                let before = next.len();
                match step {
                    // What `..` found is looked at by itself: the items of an
                    // array have been found, too.
                    Step::Filter(filter) if descended => {
                        next.extend(
                            Some(value).filter(|v| v.as_object().is_some() && filter.accepts(v, walk)),
                        );
                    }
                    _ => step.take_from(value, walk, &mut next),
                }
                if !walk.spend(1 + next.len() - before) {
                    return Err(Lost::TooMany);
                }
            }
            descended = matches!(step, Step::Descend);
            matched = next;
        }
        Ok(merged.unwrap_or_else(|| matched.into_iter().cloned().collect()))
    }
}

/// How many values a path may come by, those that its filters come by
/// included.
const WORK_MAX: usize = 2_000_000;

/// One evaluation: what it looks at, and what it may still do.
pub(crate) struct Walk<'a> {
    scope: Scope<'a>,
    work_left: Cell<usize>,
}

impl Walk<'_> {
    /// Counts work; false once there is too much.
    pub(crate) fn spend(&self, work: usize) -> bool {
        let left = self.work_left.get().checked_sub(work);
        self.work_left.set(left.unwrap_or_default());
        left.is_some()
    }
}

/// Why a path leads nowhere. Filters throw it away, so it becomes a
/// [`SelectError`], with its texts, only when somebody wants one.
pub(crate) enum Lost<'p, 'v> {
    Variable(&'p str),
    NamesInside(&'p Plan, usize),
    /// The step at that place could not be taken from the value.
    Step(&'p Plan, usize, &'v Value),
    Function(SelectError),
    TooMany,
}

impl From<Lost<'_, '_>> for SelectError {
    fn from(lost: Lost<'_, '_>) -> Self {
        match lost {
            Lost::Variable(name) => Self::UndefinedVariable(name.to_owned()),
            Lost::NamesInside(plan, place) => Self::NamesInside(plan.bracketed(place + 1)),
            Lost::Step(plan, place, found) => plan.lost(place, found),
            Lost::Function(error) => error,
            Lost::TooMany => Self::TooMany(WORK_MAX),
        }
    }
}

/// An object of those of its members that have these names.
fn members(value: &Value, names: &[Arc<str>]) -> Option<Value> {
    let object = value.as_object()?;
    let picked = names.iter().filter_map(|name| Some((name.clone(), object.get(name)?.clone())));
    Some(Value::Object(picked.collect()))
}

impl Step {
    fn take_from<'v>(&self, value: &'v Value, walk: &Walk<'v>, into: &mut Vec<&'v Value>) {
        match self {
            Self::Name(name) => into.extend(value.get(name)),
            Self::Index(index) => into.extend(item(value, *index)),
            // They make new objects, at the end of a path.
            Self::Names(_) => {}
            Self::Indexes(indexes) => into.extend(indexes.iter().filter_map(|index| item(value, *index))),
            Self::Slice(slice) => slice.take_from(value, into),
            Self::Wildcard => children(value, into),
            Self::Descend => descend(value, into),
            // Of an array the items are looked at, else the value itself.
            Self::Filter(filter) => match value {
                Value::Array(items) => into.extend(items.iter().filter(|item| filter.accepts(item, walk))),
                other if filter.accepts(other, walk) => into.push(other),
                _ => {}
            },
        }
    }
}

impl Slice {
    fn take_from<'v>(self, value: &'v Value, into: &mut Vec<&'v Value>) {
        let Some(items) = value.as_array() else { return };
        let length = i64::try_from(items.len()).unwrap_or(i64::MAX);
        let bound = |at: i64| if at < 0 { length.saturating_add(at).max(0) } else { at.min(length) };
        let from = self.from.map_or(0, bound);
        let to = self.to.map_or(length, bound);
        let (Ok(from), Ok(to)) = (usize::try_from(from), usize::try_from(to)) else { return };
        let step = self.step.and_then(|step| usize::try_from(step).ok()).unwrap_or(1).max(1);
        into.extend(items.get(from..to).unwrap_or_default().iter().step_by(step));
    }
}

/// The item at an index, counted from the end if negative.
fn item(value: &Value, index: i64) -> Option<&Value> {
    let items = value.as_array()?;
    let place = match usize::try_from(index) {
        Ok(place) => place,
        Err(_) => items.len().checked_sub(usize::try_from(index.unsigned_abs()).ok()?)?,
    };
    value.at(place)
}

fn children<'v>(value: &'v Value, into: &mut Vec<&'v Value>) {
    match value {
        Value::Array(items) => into.extend(items.iter()),
        Value::Object(members) => into.extend(members.values()),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// The value and all below it, parents first.
fn descend<'v>(value: &'v Value, into: &mut Vec<&'v Value>) {
    let mut pending = vec![value];
    let mut below = Vec::new();
    while let Some(value) = pending.pop() {
        into.push(value);
        children(value, &mut below);
        pending.extend(below.drain(..).rev());
    }
}

/// The bracketed form that error texts have: `['name']`, `[0]`.
impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(name) => write!(f, "['{name}']"),
            Self::Index(index) => write!(f, "[{index}]"),
            Self::Names(names) => {
                let names: Vec<String> = names.iter().map(|name| format!("'{name}'")).collect();
                write!(f, "[{}]", names.join(", "))
            }
            Self::Indexes(_) | Self::Slice(_) | Self::Filter(_) => f.write_str("[?]"),
            Self::Wildcard => f.write_str("[*]"),
            Self::Descend => f.write_str(".."),
        }
    }
}

/// The path as written.
impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text())
    }
}

impl fmt::Debug for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Path({})", self.text())
    }
}

impl PartialEq for Path {
    fn eq(&self, other: &Self) -> bool {
        self.text() == other.text()
    }
}

impl Eq for Path {}
