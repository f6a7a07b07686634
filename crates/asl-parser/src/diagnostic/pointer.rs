//! Places in a definition, by names and positions from the root on.

use std::fmt;
use std::rc::Rc;

/// A place in a definition. Displays as an RFC 6901 JSON pointer.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Pointer(Vec<Segment>);

/// One step of a [`Pointer`].
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Segment {
    /// A member of an object.
    Name(String),
    /// An item of an array.
    Index(usize),
}

impl Pointer {
    /// The steps from the root on; none for the root itself.
    pub fn segments(&self) -> &[Segment] {
        &self.0
    }

    /// The place as the service writes it: names unescaped, items in brackets,
    /// `/` for the root.
    pub fn location(&self) -> String {
        if self.0.is_empty() {
            return "/".to_owned();
        }
        let mut location = String::new();
        for segment in &self.0 {
            match segment {
                Segment::Name(name) => {
                    location.push('/');
                    location.push_str(name);
                }
                Segment::Index(index) => {
                    location.push('[');
                    location.push_str(&index.to_string());
                    location.push(']');
                }
            }
        }
        location
    }
}

impl fmt::Display for Pointer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for segment in &self.0 {
            match segment {
                Segment::Name(name) => write!(f, "/{}", name.replace('~', "~0").replace('/', "~1"))?,
                Segment::Index(index) => write!(f, "/{index}")?,
            }
        }
        Ok(())
    }
}

/// A place that is being visited. Going down is O(1); it becomes a
/// [`Pointer`] only when something is wrong there.
#[derive(Clone, Debug, Default)]
pub(crate) struct At<'t>(Option<Rc<Link<'t>>>);

#[derive(Debug)]
struct Link<'t> {
    parent: At<'t>,
    step: Step<'t>,
}

#[derive(Clone, Copy, Debug)]
enum Step<'t> {
    Name(&'t str),
    Index(usize),
}

impl<'t> At<'t> {
    pub(crate) fn name(&self, name: &'t str) -> Self {
        self.down(Step::Name(name))
    }

    pub(crate) fn index(&self, index: usize) -> Self {
        self.down(Step::Index(index))
    }

    fn down(&self, step: Step<'t>) -> Self {
        Self(Some(Rc::new(Link { parent: self.clone(), step })))
    }

    pub(crate) fn pointer(&self) -> Pointer {
        let mut segments = Vec::new();
        let mut place = self;
        while let Some(link) = &place.0 {
            segments.push(match link.step {
                Step::Name(name) => Segment::Name(name.to_owned()),
                Step::Index(index) => Segment::Index(index),
            });
            place = &link.parent;
        }
        segments.reverse();
        Pointer(segments)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pointers_are_written_in_both_grammars() {
        let root = At::default();
        let state = root.name("States").name("a/b ~c").name("Branches").index(0);
        for (at, location, pointer) in
            [(&root, "/", ""), (&state, "/States/a/b ~c/Branches[0]", "/States/a~1b ~0c/Branches/0")]
        {
            assert_eq!(at.pointer().location(), location);
            assert_eq!(at.pointer().to_string(), pointer);
        }
    }
}
