//! Where a distributed map's results go: its `ResultWriter`. Developer guide,
//! *`ResultWriter` (Map)*.

mod sink;

use asl_parser::{Pattern, Resource, ResourceKind};
use asl_runtime::{Problem, ResultForm, WriteResults};
use asl_value::Value;

use crate::bucket::{BucketError, Buckets};

pub use sink::ResultSink;

/// Why results could not be written.
#[derive(Debug, thiserror::Error)]
enum WriteError {
    #[error(transparent)]
    Bucket(#[from] BucketError),
    #[error("the resource {0} writes no results; expected s3:putObject")]
    Resource(String),
    #[error("The field 'Bucket' is required but was missing")]
    NoBucket,
}

impl From<WriteError> for Problem {
    fn from(error: WriteError) -> Self {
        Self::new("States.ResultWriterFailed", error.to_string())
    }
}

/// Opens what a `ResultWriter` names. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct ResultWriters {
    buckets: Buckets,
}

impl ResultWriters {
    /// Writers to these buckets.
    pub fn new(buckets: Buckets) -> Self {
        Self { buckets }
    }

    /// Begins to write the results of a map run. Nothing is written yet;
    /// beginning again writes the same objects again.
    ///
    /// Every error, here and later, is a `States.ResultWriterFailed`.
    pub fn begin(&self, write: &WriteResults) -> Result<ResultSink, Problem> {
        let WriteResults { map_run_arn, resource, arguments, config } = write;
        if !is_put_object(resource) {
            return Err(WriteError::Resource(resource.to_string()).into());
        }
        let text = |name: &str| arguments.get(name).and_then(Value::as_str);
        let bucket = text("Bucket").ok_or(WriteError::NoBucket)?;
        let prefix = text("Prefix").unwrap_or_default();
        let form = ResultForm::of_files(config.as_ref())?;
        Ok(ResultSink::new(self.buckets.clone(), bucket, prefix, form, map_run_arn))
    }
}

fn is_put_object(resource: &Resource) -> bool {
    match &resource.kind {
        ResourceKind::Service { service, action, pattern: Pattern::RequestResponse } => {
            &**service == "s3" && &**action == "putObject"
        }
        ResourceKind::Service { .. }
        | ResourceKind::LambdaFunction
        | ResourceKind::Activity
        | ResourceKind::Unknown => false,
    }
}

#[cfg(test)]
mod tests;
