//! `UpdateMapRun`: what may change while a map run is under way.

use serde::Deserialize;
use sfn_store::{MapRunError, UpdateMapRun};

use crate::{Api, ApiError, Operation, Reason, arn_rules, json, model};

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Request {
    map_run_arn: String,
    max_concurrency: Option<i64>,
    tolerated_failure_percentage: Option<f64>,
    tolerated_failure_count: Option<i64>,
}

pub(crate) async fn call(api: &Api, body: &[u8]) -> Result<Vec<u8>, ApiError> {
    let request: Request = model::read(Operation::UpdateMapRun, body)?;
    let arn = arn_rules::map_run(&request.map_run_arn)?;
    let update = UpdateMapRun {
        arn: arn.clone(),
        max_concurrency: request.max_concurrency.and_then(|max| u64::try_from(max).ok()),
        tolerated_failure_count: request.tolerated_failure_count.and_then(|count| u64::try_from(count).ok()),
        tolerated_failure_percentage: request.tolerated_failure_percentage,
    };
    match api.store.update_map_run(update).await {
        Ok(_) => json::write(&json::Empty {}),
        Err(MapRunError::NoSuchMapRun) => Err(ApiError::no_resource(arn.as_str())),
        Err(MapRunError::NotRunning) => {
            let text = format!("Map Run is not running and cannot be updated: '{arn}'");
            Err(ApiError::because(Reason::CompletedMapRun, text))
        }
        Err(MapRunError::Fault(fault)) => Err(fault.into()),
    }
}
