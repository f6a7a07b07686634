//! `GetActivityTask`: a long poll of up to 60 seconds.

use std::time::Duration;

use asl_runtime::TaskReport;
use serde::{Deserialize, Serialize};
use sfn_store::{TakeActivityTask, TakeError};

use crate::{Api, ApiError, Operation, Subject, arn_rules, json, model, task_report};

/// How long a worker waits for a task. API reference, `GetActivityTask`.
const POLL: Duration = Duration::from_mins(1);

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Request {
    activity_arn: String,
    worker_name: Option<String>,
}

/// Without a task the token is null.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Response<'a> {
    task_token: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    input: Option<&'a str>,
}

pub(crate) async fn call(api: &Api, body: &[u8]) -> Result<Vec<u8>, ApiError> {
    let request: Request = model::read(Operation::GetActivityTask, body)?;
    let activity = arn_rules::activity(&request.activity_arn)?;
    let message = task_report::message(&TaskReport::Started { worker_name: request.worker_name })?;
    let mut watch = api.host.watch(Subject::ActivityTask(activity.clone()), POLL);
    loop {
        let take = TakeActivityTask { activity: activity.clone(), message: message.clone() };
        match api.store.take_activity_task(take).await {
            Ok(Some(task)) => {
                return json::write(&Response {
                    task_token: Some(task.token.as_str()),
                    input: Some(&task.input),
                });
            }
            Ok(None) => {}
            Err(TakeError::NoSuchActivity) => return Err(ApiError::no_activity(&activity)),
            Err(TakeError::Fault(fault)) => return Err(fault.into()),
        }
        if !watch.happened().await {
            return json::write(&Response { task_token: None, input: None });
        }
    }
}
