//! State machines, executions, activities and their errors through the
//! official Rust client, without any setting of its own: what
//! `AWS_ENDPOINT_URL_SFN` holds has a name before the host.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use aws_sdk_sfn::config::{Credentials, Region};
use aws_sdk_sfn::error::ProvideErrorMetadata as _;
use aws_sdk_sfn::operation::describe_execution::DescribeExecutionOutput;
use aws_sdk_sfn::types::{
    ExecutionStatus, InspectionLevel, RoutingConfigurationListItem, StateMachineType, SyncExecutionStatus,
    Tag, TestExecutionStatus, ValidateStateMachineDefinitionResultCode,
};
use aws_sdk_sfn::{Client, Config};
use serde_json::json;

const ROLE: &str = "arn:aws:iam::123456789012:role/any";

fn client() -> Client {
    let config = Config::builder()
        .behavior_version_latest()
        .endpoint_url(std::env::var("AWS_ENDPOINT_URL_SFN").expect("AWS_ENDPOINT_URL_SFN names the server"))
        .region(Region::new("us-east-1"))
        .credentials_provider(Credentials::new("any", "any", None, None, "static"))
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .build();
    Client::from_conf(config)
}

/// A name that no other test of this run has.
fn fresh(what: &str) -> String {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    format!("rust-{what}-{}-{}", std::process::id(), NUMBER.fetch_add(1, Ordering::Relaxed))
}

fn chain() -> String {
    json!({ "StartAt": "A", "States": { "A": { "Type": "Pass", "Next": "B" }, "B": { "Type": "Succeed" } } })
        .to_string()
}

async fn create(sfn: &Client, definition: &str, kind: StateMachineType) -> String {
    let machine = sfn.create_state_machine().name(fresh("machine")).definition(definition).role_arn(ROLE);
    machine.r#type(kind).send().await.unwrap().state_machine_arn
}

async fn ended(sfn: &Client, execution: &str) -> DescribeExecutionOutput {
    let give_up = Instant::now() + Duration::from_secs(20);
    loop {
        let seen = sfn.describe_execution().execution_arn(execution).send().await.unwrap();
        if seen.status != ExecutionStatus::Running {
            return seen;
        }
        assert!(Instant::now() < give_up, "the execution did not end");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn a_state_machine_and_its_executions() {
    let sfn = client();
    let machine = create(&sfn, &chain(), StateMachineType::Standard).await;
    let described = sfn.describe_state_machine().state_machine_arn(&machine).send().await.unwrap();
    assert_eq!(described.definition, chain());
    sfn.update_state_machine()
        .state_machine_arn(&machine)
        .role_arn(format!("{ROLE}/2"))
        .send()
        .await
        .unwrap();

    let started = sfn
        .start_execution()
        .state_machine_arn(&machine)
        .name("one")
        .input(r#"{"a": 1}"#)
        .send()
        .await
        .unwrap();
    let seen = ended(&sfn, &started.execution_arn).await;
    assert_eq!((seen.status, seen.output.as_deref()), (ExecutionStatus::Succeeded, Some(r#"{"a": 1}"#)));
    assert_eq!((seen.start_date, seen.redrive_count), (started.start_date, Some(0)));
    let of = sfn
        .describe_state_machine_for_execution()
        .execution_arn(&started.execution_arn)
        .send()
        .await
        .unwrap();
    assert_eq!(of.role_arn, format!("{ROLE}/2"));
    let again =
        sfn.start_execution().state_machine_arn(&machine).name("one").input("{}").send().await.unwrap_err();
    let again = again.into_service_error();
    assert!(again.is_execution_already_exists());
    assert_eq!(
        again.message(),
        Some(format!("Execution Already Exists: '{}'", started.execution_arn).as_str())
    );

    let tag = |key: &str, value: &str| Tag::builder().key(key).value(value).build();
    let tagging = sfn.tag_resource().resource_arn(&machine).tags(tag("a", "1")).tags(tag("b", "2"));
    tagging.send().await.unwrap();
    sfn.untag_resource().resource_arn(&machine).tag_keys("a").send().await.unwrap();
    let tags = sfn.list_tags_for_resource().resource_arn(&machine).send().await.unwrap();
    assert_eq!(tags.tags.unwrap_or_default(), [tag("b", "2")]);
    sfn.delete_state_machine().state_machine_arn(&machine).send().await.unwrap();
    let gone = sfn.describe_state_machine().state_machine_arn(&machine).send().await.unwrap_err();
    assert!(gone.into_service_error().is_state_machine_does_not_exist());
}

#[tokio::test]
async fn versions_and_aliases() {
    let sfn = client();
    let machine = create(&sfn, &chain(), StateMachineType::Standard).await;
    let published = sfn.publish_state_machine_version().state_machine_arn(&machine).send().await.unwrap();
    let version = published.state_machine_version_arn;
    let route = RoutingConfigurationListItem::builder().state_machine_version_arn(&version).weight(100);
    let creating =
        sfn.create_state_machine_alias().name("live").routing_configuration(route.build().unwrap());
    let alias = creating.send().await.unwrap().state_machine_alias_arn;
    let started = sfn.start_execution().state_machine_arn(&alias).send().await.unwrap();
    let seen = ended(&sfn, &started.execution_arn).await;
    assert_eq!(
        (seen.state_machine_version_arn.as_ref(), seen.state_machine_alias_arn.as_ref()),
        (Some(&version), Some(&alias))
    );
    let deleting = sfn.delete_state_machine_version().state_machine_version_arn(&version);
    assert!(deleting.clone().send().await.unwrap_err().into_service_error().is_conflict_exception());
    let aliases = sfn.list_state_machine_aliases().state_machine_arn(&machine).send().await.unwrap();
    assert_eq!(aliases.state_machine_aliases.len(), 1);
    sfn.delete_state_machine_alias().state_machine_alias_arn(&alias).send().await.unwrap();
    deleting.send().await.unwrap();
    let versions = sfn.list_state_machine_versions().state_machine_arn(&machine).send().await.unwrap();
    assert!(versions.state_machine_versions.is_empty());
    let gone = sfn.describe_state_machine_alias().state_machine_alias_arn(&alias).send().await.unwrap_err();
    assert!(gone.into_service_error().is_resource_not_found());
}

#[tokio::test]
async fn an_activity_and_its_worker() {
    let sfn = client();
    let activity = sfn.create_activity().name(fresh("activity")).send().await.unwrap().activity_arn;
    let definition =
        json!({ "StartAt": "A", "States": { "A": { "Type": "Task", "Resource": activity, "End": true } } });
    let machine = create(&sfn, &definition.to_string(), StateMachineType::Standard).await;
    let start = sfn.start_execution().state_machine_arn(&machine).input(r#"{"a": 1}"#);

    let execution = start.clone().send().await.unwrap().execution_arn;
    let task = sfn.get_activity_task().activity_arn(&activity).worker_name("worker").send().await.unwrap();
    let token = task.task_token.unwrap();
    assert_eq!(task.input.as_deref(), Some(r#"{"a": 1}"#));
    sfn.send_task_heartbeat().task_token(&token).send().await.unwrap();
    let refused = sfn.send_task_success().task_token(&token).output("no JSON").send().await.unwrap_err();
    assert!(refused.into_service_error().is_invalid_output());
    sfn.send_task_success().task_token(&token).output("[2]").send().await.unwrap();
    assert_eq!(ended(&sfn, &execution).await.output.as_deref(), Some("[2]"));

    let execution = start.send().await.unwrap().execution_arn;
    let task = sfn.get_activity_task().activity_arn(&activity).send().await.unwrap();
    sfn.send_task_failure()
        .task_token(task.task_token.unwrap())
        .error("Oops")
        .cause("on purpose")
        .send()
        .await
        .unwrap();
    let seen = ended(&sfn, &execution).await;
    assert_eq!((seen.status, seen.error.as_deref()), (ExecutionStatus::Failed, Some("Oops")));
    sfn.delete_activity().activity_arn(&activity).send().await.unwrap();
    let gone = sfn.describe_activity().activity_arn(&activity).send().await.unwrap_err();
    assert!(gone.into_service_error().is_activity_does_not_exist());
}

#[tokio::test]
async fn lists_in_pages() {
    let sfn = client();
    let machine = create(&sfn, &chain(), StateMachineType::Standard).await;
    let mut started = BTreeSet::new();
    for _ in 0..5 {
        let execution = sfn.start_execution().state_machine_arn(&machine).send().await.unwrap().execution_arn;
        ended(&sfn, &execution).await;
        started.insert(execution);
        create(&sfn, &chain(), StateMachineType::Standard).await;
        sfn.create_activity().name(fresh("paged")).send().await.unwrap();
    }
    let mut pages =
        sfn.list_executions().state_machine_arn(&machine).into_paginator().page_size(2).items().send();
    let mut listed = Vec::new();
    while let Some(execution) = pages.next().await {
        listed.push(execution.unwrap().execution_arn);
    }
    assert_eq!((listed.len(), listed.into_iter().collect::<BTreeSet<_>>()), (5, started.clone()));

    let execution = started.pop_first().unwrap();
    let history = sfn.get_execution_history().execution_arn(&execution).into_paginator().page_size(4);
    let mut history = history.items().send();
    let mut ids = Vec::new();
    while let Some(event) = history.next().await {
        ids.push(event.unwrap().id);
    }
    assert_eq!(ids, [1, 2, 3, 4, 5, 6]);
    let mut machines = sfn.list_state_machines().into_paginator().page_size(2).items().send();
    let mut names = BTreeSet::new();
    while let Some(one) = machines.next().await {
        assert!(names.insert(one.unwrap().name), "a state machine came twice");
    }
    assert!(names.len() >= 6);
    let mut activities = sfn.list_activities().into_paginator().page_size(2).items().send();
    let mut names = BTreeSet::new();
    while let Some(one) = activities.next().await {
        assert!(names.insert(one.unwrap().name), "an activity came twice");
    }
    assert!(names.len() >= 5);
    let mut map_runs = sfn.list_map_runs().execution_arn(&execution).into_paginator().items().send();
    assert!(map_runs.next().await.is_none());
    let refused = sfn.list_executions().state_machine_arn(&machine).next_token("no token").send().await;
    assert!(refused.unwrap_err().into_service_error().is_invalid_token());
}

#[tokio::test]
async fn stopped_and_redriven() {
    let sfn = client();
    let definition =
        json!({ "StartAt": "A", "States": { "A": { "Type": "Wait", "Seconds": 3600, "End": true } } });
    let machine = create(&sfn, &definition.to_string(), StateMachineType::Standard).await;
    let execution = sfn.start_execution().state_machine_arn(&machine).send().await.unwrap().execution_arn;
    sfn.stop_execution().execution_arn(&execution).error("Stopped").cause("by hand").send().await.unwrap();
    let seen = ended(&sfn, &execution).await;
    assert_eq!((seen.status, seen.error.as_deref()), (ExecutionStatus::Aborted, Some("Stopped")));
    sfn.redrive_execution().execution_arn(&execution).send().await.unwrap();
    let seen = sfn.describe_execution().execution_arn(&execution).send().await.unwrap();
    assert_eq!(seen.redrive_count, Some(1));
    sfn.stop_execution().execution_arn(&execution).send().await.unwrap();
}

#[tokio::test]
async fn an_express_execution_answers_at_once_and_a_state_is_tested() {
    let sfn = client();
    let machine = create(&sfn, &chain(), StateMachineType::Express).await;
    let answer =
        sfn.start_sync_execution().state_machine_arn(&machine).input(r#"{"a": 1}"#).send().await.unwrap();
    assert_eq!(
        (answer.status, answer.output.as_deref()),
        (SyncExecutionStatus::Succeeded, Some(r#"{"a": 1}"#))
    );
    let listing = sfn.list_executions().state_machine_arn(&machine).send().await.unwrap_err();
    assert!(listing.into_service_error().is_state_machine_type_not_supported());

    let state = json!({ "Type": "Pass", "Result": { "a": 1 }, "Next": "B" }).to_string();
    let testing = sfn.test_state().definition(state).role_arn(ROLE).inspection_level(InspectionLevel::Debug);
    let tested = testing.send().await.unwrap();
    assert_eq!(
        (tested.status, tested.next_state.as_deref()),
        (Some(TestExecutionStatus::Succeeded), Some("B"))
    );
    let checked = sfn.validate_state_machine_definition().definition("{}").send().await.unwrap();
    assert_eq!(checked.result, ValidateStateMachineDefinitionResultCode::Fail);
    assert!(!checked.diagnostics.is_empty());
}

#[tokio::test]
async fn errors_are_typed_and_have_words() {
    let sfn = client();
    let error =
        sfn.describe_execution().execution_arn("nonsense").send().await.unwrap_err().into_service_error();
    assert!(error.is_invalid_arn());
    assert_eq!(error.message(), Some("Invalid Arn: 'Invalid ARN prefix: nonsense'"));
    let error = sfn.create_state_machine().name(fresh("wrong")).definition("{}").role_arn(ROLE).send().await;
    assert!(error.unwrap_err().into_service_error().is_invalid_definition());
    let error = sfn.create_state_machine().name("no name!<").definition(chain()).role_arn(ROLE).send().await;
    assert!(error.unwrap_err().into_service_error().is_invalid_name());
    let error = sfn.list_state_machine_versions().state_machine_arn(ROLE).max_results(1001).send().await;
    let error = error.unwrap_err().into_service_error();
    assert!(error.is_validation_exception());
    assert!(error.message().is_some_and(|text| text.contains("Value '1001' at 'maxResults'")));
}
