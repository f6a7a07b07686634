//! Frames and argument lists that were used before: a call that nothing closed
//! over gives back what it took, so that calling a function in a loop allocates
//! nothing.

use std::rc::Rc;

use crate::ast::Symbol;
use crate::frame::{Env, Frame, Function};
use crate::item::Item;

/// The most of each that is kept; calls that are nested deeper allocate.
const KEPT_MAX: usize = 16;

/// The longest list that is kept, in items.
const LIST_ITEMS_MAX: usize = 16;

/// What is ready to be used again.
#[derive(Default)]
pub(crate) struct Spare {
    frames: Vec<Env>,
    lists: Vec<Vec<Item>>,
}

impl Spare {
    /// An empty list of arguments.
    pub(crate) fn list(&mut self, capacity: usize) -> Vec<Item> {
        self.lists.pop().unwrap_or_else(|| Vec::with_capacity(capacity))
    }

    /// The frame of a call.
    pub(crate) fn frame_of_call(
        &mut self,
        function: &Rc<Function>,
        closure: &Env,
        arguments: Vec<Item>,
    ) -> Env {
        if let Some(mut env) = self.frames.pop()
            && let Some(frame) = Rc::get_mut(&mut env)
        {
            frame.begin_call(function, closure, arguments);
            return env;
        }
        Frame::of_call(function, closure, arguments)
    }

    /// A frame within another, with these variables.
    pub(crate) fn frame_within(&mut self, parent: &Env, variables: &[(Symbol, Item)]) -> Env {
        if let Some(mut env) = self.frames.pop()
            && let Some(frame) = Rc::get_mut(&mut env)
        {
            frame.begin_within(parent, variables);
            return env;
        }
        Frame::child(parent, variables.to_vec())
    }

    /// Takes a frame back that its user is done with. One that something still
    /// refers to lives on.
    pub(crate) fn give_back(&mut self, mut env: Env) {
        // None also if somebody may still ask whether it is alive.
        let Some(frame) = Rc::get_mut(&mut env) else { return };
        let list = frame.end();
        if list.capacity() > 0 && list.capacity() <= LIST_ITEMS_MAX && self.lists.len() < KEPT_MAX {
            self.lists.push(list);
        }
        if self.frames.len() < KEPT_MAX {
            self.frames.push(env);
        }
    }
}
