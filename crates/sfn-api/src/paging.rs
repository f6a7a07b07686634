//! The arguments of lists: how many, and from where.

use serde::Deserialize;
use sfn_store::{PageRequest, Position};

use crate::{Api, ApiError};

/// What a list of everything is asked with.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Request {
    max_results: Option<i64>,
    next_token: Option<String>,
}

impl Request {
    /// The part of the list of this operation that is asked for.
    pub(crate) fn page(&self, api: &Api, operation: &str) -> Result<PageRequest, ApiError> {
        api.page(&[operation], self.max_results, self.next_token.as_deref())
    }
}

/// What is answered when nobody says how many. API reference, `maxResults`.
const LIMIT_DEFAULT: u32 = 100;

/// How many entries are wanted.
pub(crate) fn limit(max_results: Option<i64>) -> u32 {
    max_results.and_then(|max| u32::try_from(max).ok()).filter(|max| *max > 0).unwrap_or(LIMIT_DEFAULT)
}

impl Api {
    /// The part of a list that a request with these `arguments` asks for.
    pub(crate) fn page(
        &self,
        arguments: &[&str],
        max_results: Option<i64>,
        next_token: Option<&str>,
    ) -> Result<PageRequest, ApiError> {
        let after = next_token.map(|token| self.place_of(arguments, token)).transpose()?;
        Ok(PageRequest { limit: limit(max_results), after: after.map(Position::new) })
    }

    /// The token for the part after `next`.
    pub(crate) fn next_token(&self, arguments: &[&str], next: Option<Position>) -> Option<String> {
        next.map(|position| self.token_to(arguments, position.get()))
    }

    /// The number that a token leads to.
    pub(crate) fn place_of(&self, arguments: &[&str], token: &str) -> Result<u64, ApiError> {
        let place = self.page_tokens.open(arguments, token, self.host.now())?;
        place.parse().map_err(|_| ApiError::invalid_token())
    }

    /// A token that leads to a number.
    pub(crate) fn token_to(&self, arguments: &[&str], place: u64) -> String {
        self.page_tokens.seal(arguments, &place.to_string(), self.host.now())
    }
}
