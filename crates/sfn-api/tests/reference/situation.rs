//! The situation of each error of each operation.

use serde_json::{Value, json};
use sfn_api::ErrorCode::{self, *};
use sfn_api::Operation::{self, *};

use crate::support::{ROLE, World, pass, task, text, wait};
use crate::with;

/// A call that is refused.
pub(crate) struct Case {
    pub(crate) operation: Operation,
    pub(crate) code: ErrorCode,
    /// When: a phrase for the document.
    pub(crate) id: &'static str,
    pub(crate) request: fn(&Scene) -> Value,
}

const SCOPE: &str = "arn:aws:states:us-east-1:123456789012";

/// A small world: `m` with the version 1 and the alias `live`, an Express
/// machine `x`, a machine `deleting` that waits for its execution to end, an
/// activity `a` and a machine `t` that uses it.
pub(crate) struct Scene {
    pub(crate) world: World,
    machine: String,
    express: String,
    deleting: String,
    activity: String,
    /// Runs.
    running: String,
    /// Has ended.
    ended: String,
}

impl Scene {
    pub(crate) fn new() -> Self {
        let world = World::new();
        let machine = world.machine("m", &wait());
        let express = world.machine_of_type("x", &pass(), "EXPRESS");
        let activity = world.activity("a");
        world.machine("t", &task(&activity));
        let ended = world.start(&world.machine("p", &pass()), "{}");
        let running = text(&world.call(StartExecution, start(&machine, "e")), "executionArn");
        let deleting = world.machine("deleting", &wait());
        world.start(&deleting, "{}");
        for machine in [&machine, &deleting] {
            world.call(PublishStateMachineVersion, json!({ "stateMachineArn": machine }));
            world.call(CreateStateMachineAlias, alias(machine, "live", 1));
        }
        // It goes once its execution has ended, for which nobody gives it time.
        let delete = json!({ "stateMachineArn": deleting }).to_string();
        crate::support::now_or_never(world.api.call(DeleteStateMachine, delete.as_bytes())).unwrap();
        Self { world, machine, express, deleting, activity, running, ended }
    }

    /// The token of a task whose execution has been stopped since.
    fn closed_task(&self) -> String {
        let execution = self.world.start(&format!("{SCOPE}:stateMachine:t"), "{}");
        let task = self.world.call(GetActivityTask, json!({ "activityArn": self.activity }));
        self.world.call(StopExecution, json!({ "executionArn": execution }));
        text(&task, "taskToken")
    }

    /// A page token of `ListStateMachines`.
    fn foreign_token(&self) -> String {
        text(&self.world.call(ListStateMachines, json!({ "maxResults": 1 })), "nextToken")
    }

    /// A machine with as many versions as it may have; the next revision waits.
    fn published_out(&self) -> String {
        let machine = self.world.machine("full", &pass());
        for number in 0..=sfn_store::VERSIONS_MAX {
            let role = format!("{ROLE}{number}");
            let publish = number < sfn_store::VERSIONS_MAX;
            let update = json!({ "stateMachineArn": machine, "roleArn": role, "publish": publish });
            self.world.call(UpdateStateMachine, update);
        }
        machine
    }

    /// As many aliases as a machine may have, but for one that is there.
    fn aliased_out(&self) {
        for number in 1..sfn_store::ALIASES_MAX {
            self.world.call(CreateStateMachineAlias, alias(&self.machine, &format!("a{number}"), 1));
        }
    }
}

fn start(machine: &str, name: &str) -> Value {
    json!({ "stateMachineArn": machine, "name": name, "input": "{}" })
}

fn alias(machine: &str, name: &str, version: u32) -> Value {
    let route = json!({ "stateMachineVersionArn": format!("{machine}:{version}"), "weight": 100 });
    json!({ "name": name, "routingConfiguration": [route] })
}

fn creation(name: &str) -> Value {
    json!({ "name": name, "definition": pass().to_string(), "roleArn": ROLE })
}

fn update(scene: &Scene) -> Value {
    json!({ "stateMachineArn": scene.machine, "roleArn": ROLE })
}

fn tags(count: usize) -> Value {
    (0..count).map(|number| json!({ "key": format!("k{number}"), "value": "v" })).collect()
}

fn contradicting_keys() -> Value {
    json!({ "type": "CUSTOMER_MANAGED_KMS_KEY" })
}

fn gone(kind: &str) -> String {
    format!("{SCOPE}:{kind}")
}

const NO_ARN: &str = "nonsense";

/// A shorter way to write a case.
const fn case(operation: Operation, code: ErrorCode, id: &'static str, request: fn(&Scene) -> Value) -> Case {
    Case { operation, code, id, request }
}

const NOT_AN_ARN: &str = "what is given is no ARN";
const EXPRESS_ARN: &str = "the ARN is that of an Express execution";
const NONE_SUCH: &str = "there is none of this ARN";
const LABELLED: &str = "the ARN has the label of a Map state";
const DELETING: &str = "the state machine is being deleted";
const FOREIGN_TOKEN: &str = "the token was given out by another operation, or by nobody";
const ENDED_TASK: &str = "the execution of the task has ended";
const NO_TOKEN: &str = "no task has this token";
const TOO_MANY_TAGS: &str = "the resource would have more than 50 tags";

#[rustfmt::skip]
pub(crate) const CASES: &[Case] = &[
    case(CreateActivity, ActivityAlreadyExists, "the activity is there with other encryption settings", |_| {
        let keys = json!({ "type": "CUSTOMER_MANAGED_KMS_KEY", "kmsKeyId": "k" });
        json!({ "name": "a", "encryptionConfiguration": keys })
    }),
    case(CreateActivity, InvalidName, "the name has a character that names may not have", |_| json!({ "name": "a b" })),
    case(CreateActivity, TooManyTags, TOO_MANY_TAGS, |_| json!({ "name": "b", "tags": tags(51) })),
    case(CreateActivity, InvalidEncryptionConfiguration, "the encryption settings contradict each other", |_| {
        json!({ "name": "b", "encryptionConfiguration": contradicting_keys() })
    }),

    case(CreateStateMachine, InvalidArn, "the role is no ARN", |_| with(&creation("n"), "roleArn", json!("role"))),
    case(CreateStateMachine, InvalidDefinition, "the definition has errors", |_| {
        with(&creation("n"), "definition", json!("{}"))
    }),
    case(CreateStateMachine, InvalidName, "the name has a character that names may not have", |_| creation("a:b")),
    case(CreateStateMachine, InvalidLoggingConfiguration, "logging is on and has not one destination", |_| {
        with(&creation("n"), "loggingConfiguration", json!({ "level": "ALL" }))
    }),
    case(CreateStateMachine, StateMachineAlreadyExists, "one of this name is there and differs", |_| creation("m")),
    case(CreateStateMachine, StateMachineDeleting, "one of this name is being deleted", |_| creation("deleting")),
    case(CreateStateMachine, TooManyTags, TOO_MANY_TAGS, |_| with(&creation("n"), "tags", tags(51))),
    case(CreateStateMachine, ValidationException, "a version is described and none published", |_| {
        with(&creation("n"), "versionDescription", json!("d"))
    }),
    case(CreateStateMachine, InvalidEncryptionConfiguration, "the encryption settings contradict each other", |_| {
        with(&creation("n"), "encryptionConfiguration", contradicting_keys())
    }),

    case(CreateStateMachineAlias, InvalidArn, "a route leads to no ARN", |_| alias(NO_ARN, "n", 1)),
    case(CreateStateMachineAlias, ValidationException, "the weights of the routes are not 100 together", |scene| {
        let route = json!({ "stateMachineVersionArn": format!("{}:1", scene.machine), "weight": 99 });
        json!({ "name": "n", "routingConfiguration": [route] })
    }),
    case(CreateStateMachineAlias, StateMachineDeleting, DELETING, |scene| alias(&scene.deleting, "n", 1)),
    case(CreateStateMachineAlias, ResourceNotFound, "a route leads to no version", |scene| alias(&scene.machine, "n", 9)),
    case(CreateStateMachineAlias, ConflictException, "one of this name is there and differs", |scene| {
        with(&alias(&scene.machine, "live", 1), "description", json!("other"))
    }),
    case(CreateStateMachineAlias, ServiceQuotaExceededException, "the state machine has 100 aliases", |scene| {
        scene.aliased_out();
        alias(&scene.machine, "n", 1)
    }),

    case(DeleteActivity, InvalidArn, NOT_AN_ARN, |_| json!({ "activityArn": NO_ARN })),
    case(DeleteStateMachine, InvalidArn, NOT_AN_ARN, |_| json!({ "stateMachineArn": NO_ARN })),
    case(DeleteStateMachine, ValidationException, "the ARN is that of a version, an alias or a Map state", |scene| {
        json!({ "stateMachineArn": format!("{}:1", scene.machine) })
    }),
    case(DeleteStateMachineAlias, InvalidArn, NOT_AN_ARN, |_| json!({ "stateMachineAliasArn": NO_ARN })),
    case(DeleteStateMachineAlias, ValidationException, LABELLED, |scene| {
        json!({ "stateMachineAliasArn": format!("{}/label", scene.machine) })
    }),
    case(DeleteStateMachineVersion, ValidationException, LABELLED, |scene| {
        json!({ "stateMachineVersionArn": format!("{}/label", scene.machine) })
    }),
    case(DeleteStateMachineVersion, InvalidArn, NOT_AN_ARN, |_| json!({ "stateMachineVersionArn": NO_ARN })),
    case(DeleteStateMachineVersion, ConflictException, "an alias leads to the version", |scene| {
        json!({ "stateMachineVersionArn": format!("{}:1", scene.machine) })
    }),

    case(DescribeActivity, ActivityDoesNotExist, NONE_SUCH, |_| json!({ "activityArn": gone("activity:gone") })),
    case(DescribeActivity, InvalidArn, NOT_AN_ARN, |_| json!({ "activityArn": NO_ARN })),
    case(DescribeExecution, ExecutionDoesNotExist, NONE_SUCH, |_| json!({ "executionArn": gone("execution:m:gone") })),
    case(DescribeExecution, InvalidArn, EXPRESS_ARN, |_| json!({ "executionArn": gone("express:x:e:u") })),
    case(DescribeMapRun, ResourceNotFound, NONE_SUCH, |_| json!({ "mapRunArn": gone("mapRun:m/l:u") })),
    case(DescribeMapRun, InvalidArn, NOT_AN_ARN, |_| json!({ "mapRunArn": NO_ARN })),
    case(DescribeStateMachine, InvalidArn, NOT_AN_ARN, |_| json!({ "stateMachineArn": NO_ARN })),
    case(DescribeStateMachine, StateMachineDoesNotExist, NONE_SUCH, |_| {
        json!({ "stateMachineArn": gone("stateMachine:gone") })
    }),
    case(DescribeStateMachineAlias, ValidationException, LABELLED, |scene| {
        json!({ "stateMachineAliasArn": format!("{}/label", scene.machine) })
    }),
    case(DescribeStateMachineAlias, InvalidArn, "the ARN is not that of an alias", |scene| {
        json!({ "stateMachineAliasArn": scene.machine })
    }),
    case(DescribeStateMachineAlias, ResourceNotFound, NONE_SUCH, |scene| {
        json!({ "stateMachineAliasArn": format!("{}:gone", scene.machine) })
    }),
    case(DescribeStateMachineForExecution, ExecutionDoesNotExist, NONE_SUCH, |_| {
        json!({ "executionArn": gone("execution:m:gone") })
    }),
    case(DescribeStateMachineForExecution, InvalidArn, EXPRESS_ARN, |_| json!({ "executionArn": gone("express:x:e:u") })),

    case(GetActivityTask, ActivityDoesNotExist, NONE_SUCH, |_| json!({ "activityArn": gone("activity:gone") })),
    case(GetActivityTask, InvalidArn, NOT_AN_ARN, |_| json!({ "activityArn": NO_ARN })),
    case(GetExecutionHistory, ExecutionDoesNotExist, NONE_SUCH, |_| json!({ "executionArn": gone("execution:m:gone") })),
    case(GetExecutionHistory, InvalidArn, EXPRESS_ARN, |_| json!({ "executionArn": gone("express:x:e:u") })),
    case(GetExecutionHistory, InvalidToken, FOREIGN_TOKEN, |scene| {
        json!({ "executionArn": scene.running, "nextToken": scene.foreign_token() })
    }),

    case(ListActivities, InvalidToken, FOREIGN_TOKEN, |scene| json!({ "nextToken": scene.foreign_token() })),
    case(ListExecutions, InvalidArn, NOT_AN_ARN, |_| json!({ "stateMachineArn": NO_ARN })),
    case(ListExecutions, InvalidToken, FOREIGN_TOKEN, |scene| {
        json!({ "stateMachineArn": scene.machine, "nextToken": scene.foreign_token() })
    }),
    case(ListExecutions, StateMachineDoesNotExist, NONE_SUCH, |_| json!({ "stateMachineArn": gone("stateMachine:gone") })),
    case(ListExecutions, StateMachineTypeNotSupported, "the state machine is an Express one", |scene| {
        json!({ "stateMachineArn": scene.express })
    }),
    case(ListExecutions, ValidationException, "both ARNs are given, or none, or PENDING_REDRIVE without a map run", |scene| {
        json!({ "stateMachineArn": scene.machine, "mapRunArn": gone("mapRun:m/l:u") })
    }),
    case(ListExecutions, ResourceNotFound, "there is no such map run", |_| json!({ "mapRunArn": gone("mapRun:m/l:u") })),
    case(ListMapRuns, ExecutionDoesNotExist, NONE_SUCH, |_| json!({ "executionArn": gone("execution:m:gone") })),
    case(ListMapRuns, InvalidArn, NOT_AN_ARN, |_| json!({ "executionArn": NO_ARN })),
    case(ListMapRuns, InvalidToken, FOREIGN_TOKEN, |scene| {
        json!({ "executionArn": scene.running, "nextToken": scene.foreign_token() })
    }),
    case(ListStateMachineAliases, InvalidArn, NOT_AN_ARN, |_| json!({ "stateMachineArn": NO_ARN })),
    case(ListStateMachineAliases, InvalidToken, FOREIGN_TOKEN, |scene| {
        json!({ "stateMachineArn": scene.machine, "nextToken": scene.foreign_token() })
    }),
    case(ListStateMachineAliases, StateMachineDoesNotExist, NONE_SUCH, |_| {
        json!({ "stateMachineArn": gone("stateMachine:gone") })
    }),
    case(ListStateMachineAliases, StateMachineDeleting, DELETING, |scene| json!({ "stateMachineArn": scene.deleting })),
    case(ListStateMachineVersions, ValidationException, LABELLED, |scene| {
        json!({ "stateMachineArn": format!("{}/label", scene.machine) })
    }),
    case(ListStateMachineVersions, InvalidArn, NOT_AN_ARN, |_| json!({ "stateMachineArn": NO_ARN })),
    case(ListStateMachineVersions, InvalidToken, FOREIGN_TOKEN, |scene| {
        json!({ "stateMachineArn": scene.machine, "nextToken": scene.foreign_token() })
    }),
    case(ListStateMachines, InvalidToken, FOREIGN_TOKEN, |_| json!({ "nextToken": "no token" })),
    case(ListTagsForResource, InvalidArn, NOT_AN_ARN, |_| json!({ "resourceArn": NO_ARN })),
    case(ListTagsForResource, ResourceNotFound, "there is none of this ARN, or it is a version or an alias", |scene| {
        json!({ "resourceArn": format!("{}:1", scene.machine) })
    }),

    case(PublishStateMachineVersion, ValidationException, LABELLED, |scene| {
        json!({ "stateMachineArn": format!("{}/label", scene.machine) })
    }),
    case(PublishStateMachineVersion, StateMachineDeleting, DELETING, |scene| json!({ "stateMachineArn": scene.deleting })),
    case(PublishStateMachineVersion, StateMachineDoesNotExist, NONE_SUCH, |_| {
        json!({ "stateMachineArn": gone("stateMachine:gone") })
    }),
    case(PublishStateMachineVersion, ServiceQuotaExceededException, "the state machine has 1000 versions", |scene| {
        json!({ "stateMachineArn": scene.published_out() })
    }),
    case(PublishStateMachineVersion, ConflictException, "the revision is no longer that of the request", |scene| {
        json!({ "stateMachineArn": scene.machine, "revisionId": "stale" })
    }),
    case(PublishStateMachineVersion, InvalidArn, NOT_AN_ARN, |_| json!({ "stateMachineArn": NO_ARN })),

    case(RedriveExecution, ExecutionDoesNotExist, NONE_SUCH, |_| json!({ "executionArn": gone("execution:m:gone") })),
    case(RedriveExecution, ExecutionNotRedrivable, "the execution runs, has succeeded, is too old or too long", |scene| {
        json!({ "executionArn": scene.ended })
    }),
    case(RedriveExecution, InvalidArn, EXPRESS_ARN, |_| json!({ "executionArn": gone("express:x:e:u") })),
    case(RedriveExecution, ValidationException, "a constraint is broken", |scene| {
        json!({ "executionArn": scene.ended, "clientToken": "two words" })
    }),

    case(SendTaskFailure, InvalidToken, NO_TOKEN, |_| json!({ "taskToken": "t" })),
    case(SendTaskFailure, TaskTimedOut, ENDED_TASK, |scene| json!({ "taskToken": scene.closed_task() })),
    case(SendTaskHeartbeat, InvalidToken, NO_TOKEN, |_| json!({ "taskToken": "t" })),
    case(SendTaskHeartbeat, TaskTimedOut, ENDED_TASK, |scene| json!({ "taskToken": scene.closed_task() })),
    case(SendTaskSuccess, InvalidOutput, "the output is not JSON", |_| json!({ "taskToken": "t", "output": "{" })),
    case(SendTaskSuccess, InvalidToken, NO_TOKEN, |_| json!({ "taskToken": "t", "output": "{}" })),
    case(SendTaskSuccess, TaskTimedOut, ENDED_TASK, |scene| json!({ "taskToken": scene.closed_task(), "output": "{}" })),

    case(StartExecution, ExecutionAlreadyExists, "the name is taken by one with another input, or by one that has ended", |scene| {
        with(&start(&scene.machine, "e"), "input", json!("[]"))
    }),
    case(StartExecution, InvalidArn, NOT_AN_ARN, |_| start(NO_ARN, "n")),
    case(StartExecution, InvalidExecutionInput, "the input is not JSON", |scene| {
        with(&start(&scene.machine, "n"), "input", json!("{"))
    }),
    case(StartExecution, InvalidName, "the name has a character that names may not have", |scene| start(&scene.machine, "a b")),
    case(StartExecution, StateMachineDoesNotExist, NONE_SUCH, |_| start(&gone("stateMachine:gone"), "n")),
    case(StartExecution, StateMachineDeleting, DELETING, |scene| start(&scene.deleting, "n")),
    case(StartExecution, ValidationException, LABELLED, |scene| start(&format!("{}/label", scene.machine), "n")),
    case(StartSyncExecution, InvalidArn, NOT_AN_ARN, |_| start(NO_ARN, "n")),
    case(StartSyncExecution, InvalidExecutionInput, "the input is not JSON", |scene| {
        with(&start(&scene.express, "n"), "input", json!("{"))
    }),
    case(StartSyncExecution, InvalidName, "the name has a character that names may not have", |scene| {
        start(&scene.express, "a b")
    }),
    case(StartSyncExecution, StateMachineDoesNotExist, NONE_SUCH, |_| start(&gone("stateMachine:gone"), "n")),
    case(StartSyncExecution, StateMachineDeleting, DELETING, |scene| start(&scene.deleting, "n")),
    case(StartSyncExecution, StateMachineTypeNotSupported, "the state machine is a Standard one", |scene| {
        start(&scene.machine, "n")
    }),
    case(StopExecution, ExecutionDoesNotExist, NONE_SUCH, |_| json!({ "executionArn": gone("execution:m:gone") })),
    case(StopExecution, InvalidArn, EXPRESS_ARN, |_| json!({ "executionArn": gone("express:x:e:u") })),
    case(StopExecution, ValidationException, "a constraint is broken", |scene| {
        json!({ "executionArn": scene.running, "error": "x".repeat(257) })
    }),

    case(TagResource, InvalidArn, NOT_AN_ARN, |_| json!({ "resourceArn": NO_ARN, "tags": [] })),
    case(TagResource, ResourceNotFound, "there is none of this ARN, or it is a version or an alias", |scene| {
        json!({ "resourceArn": format!("{}:1", scene.machine), "tags": tags(1) })
    }),
    case(TagResource, TooManyTags, TOO_MANY_TAGS, |scene| json!({ "resourceArn": scene.activity, "tags": tags(51) })),
    case(UntagResource, InvalidArn, NOT_AN_ARN, |_| json!({ "resourceArn": NO_ARN, "tagKeys": [] })),
    case(UntagResource, ResourceNotFound, "there is none of this ARN, or it is a version or an alias", |_| {
        json!({ "resourceArn": gone("activity:gone"), "tagKeys": ["k"] })
    }),

    case(TestState, InvalidArn, "the role is no ARN", |_| json!({ "definition": r#"{"Type":"Succeed"}"#, "roleArn": "role" })),
    case(TestState, InvalidDefinition, "the definition has errors", |_| json!({ "definition": "{}" })),
    case(TestState, InvalidExecutionInput, "the input is not JSON", |_| {
        json!({ "definition": r#"{"Type":"Succeed"}"#, "input": "{" })
    }),
    case(TestState, ValidationException, "the mock, the context or the settings do not fit the state", |_| {
        json!({ "definition": r#"{"Type":"Succeed"}"#, "mock": { "result": "{}" } })
    }),

    case(UpdateMapRun, ResourceNotFound, NONE_SUCH, |_| json!({ "mapRunArn": gone("mapRun:m/l:u") })),
    case(UpdateMapRun, InvalidArn, NOT_AN_ARN, |_| json!({ "mapRunArn": NO_ARN })),
    case(UpdateMapRun, ValidationException, "a constraint is broken, or the map run has ended", |_| {
        json!({ "mapRunArn": gone("mapRun:m/l:u"), "maxConcurrency": -1 })
    }),

    case(UpdateStateMachine, InvalidArn, NOT_AN_ARN, |_| json!({ "stateMachineArn": NO_ARN, "roleArn": ROLE })),
    case(UpdateStateMachine, InvalidDefinition, "the definition has errors", |scene| with(&update(scene), "definition", json!("{}"))),
    case(UpdateStateMachine, InvalidLoggingConfiguration, "logging is on and has not one destination", |scene| {
        with(&update(scene), "loggingConfiguration", json!({ "level": "ALL" }))
    }),
    case(UpdateStateMachine, MissingRequiredParameter, "nothing is to change", |scene| {
        json!({ "stateMachineArn": scene.machine })
    }),
    case(UpdateStateMachine, StateMachineDeleting, DELETING, |scene| {
        json!({ "stateMachineArn": scene.deleting, "roleArn": ROLE })
    }),
    case(UpdateStateMachine, StateMachineDoesNotExist, "there is none of this ARN, or it is a version or an alias", |scene| {
        json!({ "stateMachineArn": format!("{}:1", scene.machine), "roleArn": ROLE })
    }),
    case(UpdateStateMachine, ServiceQuotaExceededException, "a version is to be published and there are 1000", |scene| {
        json!({ "stateMachineArn": scene.published_out(), "roleArn": ROLE, "publish": true })
    }),
    case(UpdateStateMachine, ValidationException, "a version is described and none published", |scene| {
        with(&update(scene), "versionDescription", json!("d"))
    }),
    case(UpdateStateMachine, InvalidEncryptionConfiguration, "the encryption settings contradict each other", |scene| {
        with(&update(scene), "encryptionConfiguration", contradicting_keys())
    }),

    case(UpdateStateMachineAlias, ValidationException, "neither description nor routes are given", |scene| {
        json!({ "stateMachineAliasArn": format!("{}:live", scene.machine) })
    }),
    case(UpdateStateMachineAlias, InvalidArn, NOT_AN_ARN, |_| json!({ "stateMachineAliasArn": NO_ARN, "description": "d" })),
    case(UpdateStateMachineAlias, ResourceNotFound, "there is none of this ARN, or a route leads to no version", |scene| {
        json!({ "stateMachineAliasArn": format!("{}:gone", scene.machine), "description": "d" })
    }),
    case(UpdateStateMachineAlias, StateMachineDeleting, DELETING, |scene| {
        json!({ "stateMachineAliasArn": format!("{}:live", scene.deleting), "description": "d" })
    }),
    case(ValidateStateMachineDefinition, ValidationException, "a constraint is broken", |_| json!({ "definition": "" })),
];
