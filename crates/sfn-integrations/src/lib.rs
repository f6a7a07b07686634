//! Carries out Task states: what a `Resource` means outside the engine.
//!
//! Each family of resources is a [`TaskHandler`](sfn_driver::TaskHandler);
//! [`Router`] picks the one for a task. Requests leave only for endpoints that
//! were configured. Activities are not here: their tasks wait in the store.
//!
//! ```
//! use sfn_integrations::{Endpoint, Lambda, Mocks, Router};
//!
//! let mocks = Mocks::parse(
//!     r#"{
//!       "StateMachines": { "orders": { "TestCases": { "Happy": { "Charge": "Charged" } } } },
//!       "MockedResponses": { "Charged": { "0": { "Return": { "ok": true } } } }
//!     }"#,
//! )?;
//! assert!(mocks.test_cases("orders").eq(["Happy"]));
//! let lambda = Lambda::new(Endpoint::parse("http://127.0.0.1:3001")?);
//! let router = Router::new().with_mocks(mocks).with_lambda(lambda);
//! # let _ = router;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod http;
mod lambda;
mod mock;
mod router;

pub use http::{Endpoint, EndpointError};
pub use lambda::Lambda;
pub use mock::{MockError, Mocked, Mocks};
pub use router::Router;
