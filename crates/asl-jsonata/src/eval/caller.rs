//! A function that a function of the library calls again and again.

use std::rc::Rc;

use super::Evaluator;
use crate::error::Res;
use crate::frame::{Env, Frame, Function};
use crate::item::Item;

/// The function, and for a lambda the frame of its last call: one that nothing
/// closed over serves the next call too.
pub(crate) struct Caller<'a> {
    function: Rc<Function>,
    arity: usize,
    env: &'a Env,
    frame: Option<Env>,
}

impl<'a> Caller<'a> {
    /// `None` for what is no function. `env` is that of the call around.
    pub(crate) fn new(item: &Item, env: &'a Env) -> Option<Self> {
        let Item::Function(function) = item else { return None };
        let function = function.bare().clone();
        Some(Self { arity: function.arity(), function, env, frame: None })
    }

    /// How many arguments the function takes.
    pub(crate) const fn arity(&self) -> usize {
        self.arity
    }

    /// Calls it with the arguments that `fill` puts into the empty list.
    #[inline]
    pub(crate) fn call(
        &mut self,
        evaluator: &mut Evaluator<'_, '_>,
        fill: impl FnOnce(&mut Vec<Item>),
    ) -> Res<Item> {
        if let Function::Lambda { lambda, input, env: closure, .. } = &*self.function
            && lambda.signature.is_none()
        {
            let frame = self.frame.get_or_insert_with(|| Frame::of_call(&self.function, closure, Vec::new()));
            if let Some(frame) = Rc::get_mut(frame) {
                fill(frame.begin_again());
            } else {
                let mut arguments = Vec::new();
                fill(&mut arguments);
                *frame = Frame::of_call(&self.function, closure, arguments);
            }
            return evaluator.run_lambda(&self.function, lambda, input, frame, self.env);
        }
        let mut arguments = Vec::new();
        fill(&mut arguments);
        evaluator.call_function(&self.function, arguments, self.env)
    }

    /// Calls it with the value, and where it takes them its place and the whole.
    #[inline]
    pub(crate) fn call_for(
        &mut self,
        evaluator: &mut Evaluator<'_, '_>,
        value: Item,
        place: impl FnOnce() -> Item,
        whole: &Item,
    ) -> Res<Item> {
        let arity = self.arity;
        self.call(evaluator, |arguments| {
            arguments.push(value);
            if arity >= 2 {
                arguments.push(place());
            }
            if arity >= 3 {
                arguments.push(whole.clone());
            }
        })
    }
}
