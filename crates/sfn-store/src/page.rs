//! Lists, a page at a time.

/// A place in a list, in terms of what was listed and not of how much: it
/// stays where it is while entries come and go before and after it. The
/// number is the store's own; to callers it is opaque.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position(u64);

impl Position {
    /// The place with this number, as [`Position::get`] gave it.
    pub const fn new(number: u64) -> Self {
        Self(number)
    }

    /// The number, for a page token.
    pub const fn get(self) -> u64 {
        self.0
    }
}

/// Which part of a list is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PageRequest {
    /// Most entries to answer; 0 answers none.
    pub limit: u32,
    /// Where the page before ended.
    pub after: Option<Position>,
}

/// A part of a list, newest entry first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<T> {
    /// The entries.
    pub items: Vec<T>,
    /// Where the next page begins; `None` after the last entry.
    pub next: Option<Position>,
}

impl<T> Page<T> {
    /// The page of at most `limit` entries, out of candidates with their
    /// positions, best first. One candidate more than `limit` tells that there
    /// is a next page.
    pub fn from_candidates(limit: u32, candidates: impl IntoIterator<Item = (Position, T)>) -> Self {
        let mut candidates = candidates.into_iter();
        let mut items = Vec::new();
        let mut last = None;
        for (position, item) in candidates.by_ref().take(usize::try_from(limit).unwrap_or(usize::MAX)) {
            items.push(item);
            last = Some(position);
        }
        let next = candidates.next().and(last);
        Self { items, next }
    }
}
