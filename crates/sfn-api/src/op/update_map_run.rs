//! `UpdateMapRun`: what may change while a map run is under way.

use serde::Deserialize;
use sfn_store::{MapRunError, UpdateMapRun};

use crate::constraint::Constraints;
use crate::{Api, ApiError, arn_rules, json};

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Request {
    map_run_arn: Option<String>,
    max_concurrency: Option<i64>,
    tolerated_failure_percentage: Option<f64>,
    tolerated_failure_count: Option<i64>,
}

pub(crate) async fn call(api: &Api, body: &[u8]) -> Result<Vec<u8>, ApiError> {
    let request: Request = json::read(body)?;
    let text = request.map_run_arn.as_deref();
    let mut constraints = Constraints::default();
    constraints.required_length("mapRunArn", text, 1..=2000);
    constraints.range("maxConcurrency", request.max_concurrency, 0..=i64::MAX);
    check_percentage(&mut constraints, request.tolerated_failure_percentage);
    constraints.range("toleratedFailureCount", request.tolerated_failure_count, 0..=i64::MAX);
    constraints.finish()?;
    let arn = arn_rules::map_run(text.unwrap_or_default())?;
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
            Err(ApiError::validation(format!("Map Run is not running and cannot be updated: '{arn}'")))
        }
        Err(MapRunError::Fault(fault)) => Err(fault.into()),
    }
}

fn check_percentage(constraints: &mut Constraints, percentage: Option<f64>) {
    let Some(percentage) = percentage else { return };
    if percentage > 100.0 {
        constraints.broken("toleratedFailurePercentage", percentage, "have value less than or equal to 100");
    } else if percentage < 0.0 {
        constraints.broken("toleratedFailurePercentage", percentage, "have value greater than or equal to 0");
    }
}
