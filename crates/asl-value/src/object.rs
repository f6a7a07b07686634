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
    members: Vec<Member>,
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

    /// Adds a member whose name is new.
    fn append(&mut self, name: Arc<str>, value: Value) {
        if !self.sorted.is_empty() {
            let before = |place: &u32| self.members.get(*place as usize).is_some_and(|(n, _)| *n < name);
            let at = self.sorted.partition_point(before);
            if let Ok(place) = u32::try_from(self.members.len()) {
                self.sorted.insert(at, place);
            }
        }
        self.members.push((name, value));
        if self.sorted.is_empty() && self.members.len() > SCAN_MAX {
            self.sorted = sort_places(&self.members);
        }
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
            None => node.append(name, value),
        }
    }

    /// This object without one member.
    #[must_use]
    pub fn without(&self, name: &str) -> Self {
        self.iter().filter(|(n, _)| &***n != name).map(|(n, v)| (n.clone(), v.clone())).collect()
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
    members: Vec<Member>,
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
        let members =
            if self.members.len() <= SCAN_MAX { fold_few(self.members) } else { fold_many(self.members) };
        let sorted = if members.len() <= SCAN_MAX { Vec::new() } else { sort_places(&members) };
        Node { members, sorted }
    }
}

type Member = (Arc<str>, Value);

/// The places of members by ascending name, equal names in order. More members
/// than 2^32, which no memory holds, would go unindexed.
fn sort_places(members: &[Member]) -> Vec<u32> {
    let mut named: Vec<(&str, u32)> = members.iter().map(|(name, _)| &**name).zip(0..).collect();
    named.sort_unstable();
    named.into_iter().map(|(_, place)| place).collect()
}

/// Folds repeats into their first place by looking back.
fn fold_few(mut members: Vec<Member>) -> Vec<Member> {
    let mut place = 1;
    while let Some((before, [(name, value), ..])) = members.split_at_mut_checked(place) {
        match before.iter_mut().find(|(known, _)| known == name) {
            Some((_, old)) => {
                *old = std::mem::take(value);
                members.remove(place);
            }
            None => place += 1,
        }
    }
    members
}

/// Folds repeats into their first place by sorting.
fn fold_many(members: Vec<Member>) -> Vec<Member> {
    let sorted = sort_places(&members);
    let name_of = |place: &u32| members.get(*place as usize).map(|(name, _)| name);
    let has_repeats = sorted.windows(2).any(|pair| matches!(pair, [a, b] if name_of(a) == name_of(b)));
    if !has_repeats {
        return members;
    }
    // Where each member goes: to the first place of its name.
    let mut first_of = vec![0; members.len()];
    for run in sorted.chunk_by(|a, b| name_of(a) == name_of(b)) {
        for place in run {
            if let (Some(slot), Some(first)) = (first_of.get_mut(*place as usize), run.first()) {
                *slot = *first as usize;
            }
        }
    }
    let mut kept: Vec<Option<Member>> = Vec::with_capacity(members.len());
    for ((name, value), first) in members.into_iter().zip(first_of) {
        match kept.get_mut(first) {
            Some(Some((_, old))) => {
                *old = value;
                kept.push(None);
            }
            _ => kept.push(Some((name, value))),
        }
    }
    kept.into_iter().flatten().collect()
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
