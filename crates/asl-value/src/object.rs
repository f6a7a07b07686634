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
pub struct Object(Option<Arc<[Member]>>); // none: no members

#[derive(Clone)]
pub(crate) struct Member {
    name: Arc<str>,
    value: Value,
    /// In a large object the members' `sorted`, one after the other, are the
    /// places of the members by ascending name.
    sorted: u32,
}

impl Member {
    pub(crate) fn new(name: Arc<str>, value: Value) -> Self {
        Self { name, value, sorted: 0 }
    }

    fn pair(&self) -> (&Arc<str>, &Value) {
        (&self.name, &self.value)
    }
}

/// The place of the member of that name.
fn find(members: &[Member], name: &str) -> Option<usize> {
    if members.len() <= SCAN_MAX {
        return members.iter().position(|member| &*member.name == name);
    }
    let found = members.binary_search_by(|slot| name_at(members, slot).cmp(name)).ok()?;
    members.get(found).map(|slot| slot.sorted as usize)
}

/// The name that comes at a slot of the index.
fn name_at<'a>(members: &'a [Member], slot: &Member) -> &'a str {
    members.get(slot.sorted as usize).map_or("", |member| &member.name)
}

/// Makes the index of a large object. More members than 2^32, which no memory
/// holds, would go unindexed.
fn index(members: &mut [Member]) {
    if members.len() > SCAN_MAX {
        let places = sort_places(members);
        for (slot, place) in members.iter_mut().zip(places) {
            slot.sorted = place;
        }
    }
}

impl Object {
    /// The object of all members from a place on, which are taken away. A
    /// repeated name keeps its first place and its last value.
    pub(crate) fn from_tail(members: &mut Vec<Member>, from: usize) -> Self {
        if members.len() <= from {
            return Self(None);
        }
        if members.len() - from <= SCAN_MAX {
            fold_few(members, from);
        } else {
            fold_many(members, from);
        }
        index(members.get_mut(from..).unwrap_or_default());
        Self(Some(members.drain(from..).collect()))
    }

    fn members(&self) -> &[Member] {
        self.0.as_deref().unwrap_or_default()
    }

    /// The member of that name.
    pub fn get(&self, name: &str) -> Option<&Value> {
        let members = self.members();
        members.get(find(members, name)?).map(|member| &member.value)
    }

    /// Whether there is a member of that name.
    pub fn contains(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// How many members there are.
    pub fn len(&self) -> usize {
        self.members().len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.members().is_empty()
    }

    /// The members in order.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (&Arc<str>, &Value)> + ExactSizeIterator {
        self.members().iter().map(Member::pair)
    }

    /// The names in order.
    pub fn keys(&self) -> impl DoubleEndedIterator<Item = &Arc<str>> + ExactSizeIterator {
        self.members().iter().map(|member| &member.name)
    }

    /// The values in order.
    pub fn values(&self) -> impl DoubleEndedIterator<Item = &Value> + ExactSizeIterator {
        self.members().iter().map(|member| &member.value)
    }

    /// This object with one member set: replaced in place, or added at the end.
    #[must_use]
    pub fn with(&self, name: impl Into<Arc<str>>, value: Value) -> Self {
        let mut changed = self.clone();
        changed.set(name, value);
        changed
    }

    /// Sets one member: replaced in place, or added at the end. Copies the
    /// member list if another value shares it, or if it grows; to make an
    /// object of many members, use an [`ObjectBuilder`].
    pub fn set(&mut self, name: impl Into<Arc<str>>, value: Value) {
        let name = name.into();
        if let Some(place) = find(self.members(), &name)
            && let Some(members) = &mut self.0
        {
            if let Some(member) = Arc::make_mut(members).get_mut(place) {
                member.value = value;
            }
            return;
        }
        let old = self.members();
        let mut members = Vec::with_capacity(old.len() + 1);
        members.extend_from_slice(old);
        let place = old.partition_point(|slot| name_at(old, slot) < &*name);
        members.push(Member::new(name, value));
        if old.len() <= SCAN_MAX {
            index(&mut members);
        } else if let Ok(mut moved) = u32::try_from(old.len()) {
            // The new place goes into the index; what comes after it moves on.
            for slot in members.get_mut(place..).unwrap_or_default() {
                std::mem::swap(&mut slot.sorted, &mut moved);
            }
        }
        self.0 = Some(members.into());
    }

    /// This object without one member.
    #[must_use]
    pub fn without(&self, name: &str) -> Self {
        self.iter().filter(|(n, _)| &***n != name).map(|(n, v)| (n.clone(), v.clone())).collect()
    }

    /// Whether both are the same allocation, or both empty; equal without
    /// looking.
    pub fn is_same(&self, other: &Self) -> bool {
        match (&self.0, &other.0) {
            (Some(one), Some(other)) => Arc::ptr_eq(one, other),
            (one, other) => one.is_none() && other.is_none(),
        }
    }

    /// Lets go of the members, and moves the containers among them out if
    /// nobody else shares them.
    pub(crate) fn release(&mut self, into: &mut Vec<Value>) {
        if let Some(mut members) = self.0.take()
            && let Some(members) = Arc::get_mut(&mut members)
        {
            let values = members.iter_mut().map(|member| &mut member.value);
            into.extend(values.filter(|value| value.is_container()).map(std::mem::take));
        }
    }
}

impl Drop for Object {
    fn drop(&mut self) {
        let mut pending = Vec::new();
        self.release(&mut pending);
        drop_iteratively(pending);
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
        self.members.push(Member::new(name.into(), value));
    }

    /// The object.
    pub fn build(mut self) -> Object {
        Object::from_tail(&mut self.members, 0)
    }
}

/// The places of members by ascending name, equal names in order.
fn sort_places(members: &[Member]) -> Vec<u32> {
    let mut named: Vec<(&str, u32)> = members.iter().map(|member| &*member.name).zip(0..).collect();
    named.sort_unstable();
    named.into_iter().map(|(_, place)| place).collect()
}

/// Folds repeats into their first place by looking back.
fn fold_few(members: &mut Vec<Member>, from: usize) {
    let mut place = from + 1;
    while let Some((before, [repeat, ..])) = members.split_at_mut_checked(place) {
        let known = before.get_mut(from..).unwrap_or_default();
        match known.iter_mut().find(|member| member.name == repeat.name) {
            Some(first) => {
                first.value = std::mem::take(&mut repeat.value);
                members.remove(place);
            }
            None => place += 1,
        }
    }
}

/// Folds repeats into their first place by sorting.
fn fold_many(members: &mut Vec<Member>, from: usize) {
    let tail = members.get(from..).unwrap_or_default();
    let sorted = sort_places(tail);
    let name_of = |place: &u32| tail.get(*place as usize).map(|member| &member.name);
    let has_repeats = sorted.windows(2).any(|pair| matches!(pair, [a, b] if name_of(a) == name_of(b)));
    if !has_repeats {
        return;
    }
    // Where each member goes: to the first place of its name.
    let mut first_of = vec![0; tail.len()];
    for run in sorted.chunk_by(|a, b| name_of(a) == name_of(b)) {
        for place in run {
            if let (Some(slot), Some(first)) = (first_of.get_mut(*place as usize), run.first()) {
                *slot = *first as usize;
            }
        }
    }
    let mut kept: Vec<Option<Member>> = Vec::with_capacity(tail.len());
    for (member, first) in members.drain(from..).zip(first_of) {
        match kept.get_mut(first) {
            Some(Some(first)) => {
                first.value = member.value;
                kept.push(None);
            }
            _ => kept.push(Some(member)),
        }
    }
    members.extend(kept.into_iter().flatten());
}

impl FromIterator<(Arc<str>, Value)> for Object {
    fn from_iter<I: IntoIterator<Item = (Arc<str>, Value)>>(members: I) -> Self {
        let mut members = members.into_iter().map(|(name, value)| Member::new(name, value)).collect();
        Self::from_tail(&mut members, 0)
    }
}

/// The members of an object in order.
#[derive(Clone)]
pub struct Members<'a>(std::slice::Iter<'a, Member>);

impl<'a> Iterator for Members<'a> {
    type Item = (&'a Arc<str>, &'a Value);

    fn next(&mut self) -> Option<Self::Item> {
        self.0.next().map(Member::pair)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.0.size_hint()
    }
}

impl<'a> IntoIterator for &'a Object {
    type Item = (&'a Arc<str>, &'a Value);
    type IntoIter = Members<'a>;

    fn into_iter(self) -> Members<'a> {
        Members(self.members().iter())
    }
}

impl fmt::Debug for Members<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.clone().map(|(name, _)| name)).finish()
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
