//! Objects: members in insertion order, found by name without hashing.

use std::fmt;
use std::sync::Arc;

use crate::Value;
use crate::value::drop_iteratively;

/// Up to this many members a lookup scans; above, it searches a sorted index.
const SCAN_MAX: usize = 12;

/// A shared, immutable set of members in insertion order.
///
/// Lookups scan small objects and search a sorted index in large ones: no
/// hashing, so no seed and no collisions that a payload could provoke.
#[derive(Clone, Default)]
pub struct Object(Arc<Node>);

#[derive(Clone, Default)]
struct Node {
    members: Vec<(Arc<str>, Value)>,
    /// Places of `members` by ascending name; empty for small objects.
    sorted: Vec<u32>,
}

impl Node {
    fn find(&self, name: &str) -> Option<usize> {
        if self.sorted.is_empty() {
            return self.members.iter().position(|(n, _)| &**n == name);
        }
        let at = |place: &u32| self.members.get(*place as usize).map_or("", |(n, _)| n);
        let found = self.sorted.binary_search_by(|place| at(place).cmp(name)).ok()?;
        self.sorted.get(found).map(|place| *place as usize)
    }
}

impl Object {
    /// The member of that name.
    pub fn get(&self, name: &str) -> Option<&Value> {
        let place = self.0.find(name)?;
        self.0.members.get(place).map(|(_, value)| value)
    }

    /// Whether there is a member of that name.
    pub fn contains(&self, name: &str) -> bool {
        self.0.find(name).is_some()
    }

    /// How many members there are.
    pub fn len(&self) -> usize {
        self.0.members.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.members.is_empty()
    }

    /// The members in order.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (&Arc<str>, &Value)> + ExactSizeIterator {
        self.0.members.iter().map(|(name, value)| (name, value))
    }

    /// The names in order.
    pub fn keys(&self) -> impl DoubleEndedIterator<Item = &Arc<str>> + ExactSizeIterator {
        self.0.members.iter().map(|(name, _)| name)
    }

    /// The values in order.
    pub fn values(&self) -> impl DoubleEndedIterator<Item = &Value> + ExactSizeIterator {
        self.0.members.iter().map(|(_, value)| value)
    }

    /// This object with one member set: replaced in place, or added at the end.
    #[must_use]
    pub fn with(&self, name: impl Into<Arc<str>>, value: Value) -> Self {
        let mut changed = self.clone();
        changed.set(name, value);
        changed
    }

    /// Sets one member: replaced in place, or added at the end. Copies the
    /// member list first if another value shares it.
    pub fn set(&mut self, name: impl Into<Arc<str>>, value: Value) {
        let name = name.into();
        let node = Arc::make_mut(&mut self.0);
        match node.find(&name) {
            Some(place) => {
                if let Some((_, old)) = node.members.get_mut(place) {
                    *old = value;
                }
            }
            None => {
                let mut builder = ObjectBuilder {
                    members: std::mem::take(&mut node.members),
                };
                builder.members.push((name, value));
                *node = builder.into_node();
            }
        }
    }

    /// This object without one member.
    #[must_use]
    pub fn without(&self, name: &str) -> Self {
        self.iter()
            .filter(|(n, _)| &***n != name)
            .map(|(n, v)| (n.clone(), v.clone()))
            .collect()
    }

    /// Whether both are the same allocation; equal without looking.
    pub fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    /// Moves the container values out if nobody else shares the members.
    pub(crate) fn take_values_if_unique(&mut self, into: &mut Vec<Value>) {
        if let Some(node) = Arc::get_mut(&mut self.0) {
            let members = std::mem::take(&mut node.members);
            into.extend(members.into_iter().map(|(_, v)| v).filter(Value::is_container));
        }
    }
}

impl Drop for Object {
    fn drop(&mut self) {
        if let Some(node) = Arc::get_mut(&mut self.0)
            && node.members.iter().any(|(_, value)| value.is_container())
        {
            let members = std::mem::take(&mut node.members);
            drop_iteratively(members.into_iter().map(|(_, v)| v).collect());
        }
    }
}

/// Collects members for one object. A repeated name keeps its first place and
/// its last value.
#[derive(Default)]
pub struct ObjectBuilder {
    members: Vec<(Arc<str>, Value)>,
}

impl ObjectBuilder {
    /// An empty builder with room for `capacity` members.
    pub fn with_capacity(capacity: usize) -> Self {
        Self { members: Vec::with_capacity(capacity) }
    }

    /// Adds a member.
    pub fn push(&mut self, name: impl Into<Arc<str>>, value: Value) {
        self.members.push((name.into(), value));
    }

    /// The object.
    pub fn build(self) -> Object {
        Object(Arc::new(self.into_node()))
    }

    fn into_node(self) -> Node {
        let mut members = self.members;
        if members.len() <= SCAN_MAX {
            let mut place = 1;
            while place < members.len() {
                let (before, rest) = members.split_at_mut(place);
                let repeated = rest
                    .first_mut()
                    .and_then(|(name, value)| before.iter_mut().find(|(n, _)| n == name).map(|old| (old, value)));
                if let Some((old, value)) = repeated {
                    old.1 = std::mem::take(value);
                    members.remove(place);
                } else {
                    place += 1;
                }
            }
            return Node { members, sorted: Vec::new() };
        }
        let Ok(count) = u32::try_from(members.len()) else {
            // More members than any limit on text lets through.
            return Node { members, sorted: Vec::new() };
        };
        let mut sorted: Vec<u32> = (0..count).collect();
        let name_at = |members: &[(Arc<str>, Value)], place: u32| {
            members.get(place as usize).map(|(n, _)| n.clone()).unwrap_or_default()
        };
        sorted.sort_by(|a, b| {
            let names = (members.get(*a as usize), members.get(*b as usize));
            match names {
                (Some((x, _)), Some((y, _))) => x.cmp(y).then(a.cmp(b)),
                _ => a.cmp(b),
            }
        });
        let repeats = sorted.windows(2).any(|pair| match pair {
            [a, b] => name_at(&members, *a) == name_at(&members, *b),
            _ => false,
        });
        if !repeats {
            return Node { members, sorted };
        }
        // Fold repeats into their first place, then index what is left.
        let mut first_of: Vec<Option<u32>> = vec![None; members.len()];
        let mut first = None;
        for place in &sorted {
            let name = name_at(&members, *place);
            match &first {
                Some((known, at)) if *known == name => {
                    if let Some(slot) = first_of.get_mut(*place as usize) {
                        *slot = Some(*at);
                    }
                }
                _ => first = Some((name, *place)),
            }
        }
        let mut kept: Vec<Option<(Arc<str>, Value)>> = members.into_iter().map(Some).collect();
        for (place, at) in first_of.into_iter().enumerate() {
            if let Some(at) = at {
                let value = kept.get_mut(place).and_then(Option::take).map(|(_, v)| v);
                if let (Some(value), Some(Some(member))) = (value, kept.get_mut(at as usize)) {
                    member.1 = value;
                }
            }
        }
        Self { members: kept.into_iter().flatten().collect() }.into_node()
    }
}

impl FromIterator<(Arc<str>, Value)> for Object {
    fn from_iter<I: IntoIterator<Item = (Arc<str>, Value)>>(members: I) -> Self {
        ObjectBuilder { members: members.into_iter().collect() }.build()
    }
}

impl<'a> IntoIterator for &'a Object {
    type Item = (&'a Arc<str>, &'a Value);
    type IntoIter = std::iter::Map<
        std::slice::Iter<'a, (Arc<str>, Value)>,
        fn(&'a (Arc<str>, Value)) -> (&'a Arc<str>, &'a Value),
    >;

    fn into_iter(self) -> Self::IntoIter {
        self.0.members.iter().map(|(name, value)| (name, value))
    }
}

impl fmt::Debug for Object {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&Value::Object(self.clone()), f)
    }
}

impl fmt::Debug for ObjectBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ObjectBuilder").field("members", &self.members.len()).finish()
    }
}
