//! What states reach outside the engine.
//!
//! A family of `Resource`s of Task states is a
//! [`TaskHandler`](sfn_driver::TaskHandler); [`Router`] picks the one for a
//! task. A distributed map reads its items through [`ItemReaders`] and writes
//! its results through [`ResultWriters`], from and to [`Buckets`]. Requests
//! leave only for endpoints that were configured, and files are touched only
//! under a root that was. [`Outlets`] pass on what executions tell of themselves:
//! log records and events of status changes. Activities are not here: their tasks wait in the
//! store.
//!
//! ```
//! use sfn_integrations::{Buckets, Endpoint, ItemReaders, Lambda, Mocks, ResultWriters, Router, S3};
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
//!
//! let s3 = S3::at(Endpoint::parse("http://127.0.0.1:9000")?, "us-east-1");
//! let buckets = Buckets::new().with_s3(s3).with_files("/var/lib/orders");
//! let (readers, writers) = (ItemReaders::new(buckets.clone()), ResultWriters::new(buckets));
//! # let _ = (router, readers, writers);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod aws_json;
mod bucket;
mod http;
mod items;
mod lambda;
mod map_run;
mod mock;
mod outlet;
mod results;
mod router;
mod sign;

pub use bucket::{BucketError, Buckets, Credentials, S3};
pub use http::{Endpoint, EndpointError};
pub use items::{ItemReaders, ItemStream, parse_items};
pub use lambda::Lambda;
pub use mock::{MockError, Mocked, Mocks};
pub use outlet::{CloudWatchLogs, Destination, DestinationError, EventBridge, Outlets, OutletsConfig};
pub use results::{ResultSink, ResultWriters};
pub use router::Router;
