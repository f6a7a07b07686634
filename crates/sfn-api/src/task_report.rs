//! Reports about tasks on their way into an execution's inbox.

use asl_runtime::TaskReport;
use sfn_store::id::{TaskKey, TaskToken};
use sfn_store::{AnswerError, AnswerKind, Bytes, TaskAnswer, TaskMessage};

use crate::{Api, ApiError, ErrorCode};

/// The message that tells an execution about a task: the JSON of
/// [`asl_runtime::Signal::Task`], whose key only the store knows. The report is
/// written here, so that nothing can fail once the store asks.
pub(crate) fn message(report: &TaskReport) -> Result<TaskMessage, ApiError> {
    let report = serde_json::to_string(report).map_err(ApiError::fault)?;
    Ok(TaskMessage::new(move |key: &TaskKey| {
        let key = serde_json::Value::from(key.as_str());
        Bytes::from(format!(r#"{{"Task":{{"task":{key},"report":{report}}}}}"#))
    }))
}

impl Api {
    /// Answers the task of this token.
    pub(crate) async fn answer_task(
        &self,
        token: &str,
        kind: AnswerKind,
        report: &TaskReport,
    ) -> Result<(), ApiError> {
        let token = TaskToken::new(token).map_err(|_| ApiError::invalid_token())?;
        let answer = TaskAnswer { token, kind, message: message(report)? };
        match self.store.answer_task(answer).await {
            Ok(_) => Ok(()),
            Err(AnswerError::NoSuchTask) => Err(ApiError::invalid_token()),
            Err(AnswerError::Closed) => Err(ApiError::new(
                ErrorCode::TaskTimedOut,
                "Task Timed Out: 'Provided task does not exist anymore'",
            )),
            Err(AnswerError::InboxFull) => Err(ApiError::throttled()),
            Err(AnswerError::Fault(fault)) => Err(fault.into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use asl_runtime::Signal;
    use asl_value::Payload;

    use super::*;

    #[test]
    fn the_message_is_a_signal() {
        let key: asl_runtime::TaskKey = "3.1.2".parse().unwrap();
        let reports = [
            TaskReport::Heartbeat,
            TaskReport::Started { worker_name: Some("w \"1\"".to_owned()) },
            TaskReport::Succeeded { output: Payload::parse("{ \"a\": [1] }").unwrap() },
        ];
        for report in reports {
            let body = message(&report).unwrap().about(&TaskKey::new(key.to_string()).unwrap());
            let signal: Signal = serde_json::from_slice(&body).unwrap();
            assert_eq!(signal, Signal::Task { task: key, report });
        }
    }
}
