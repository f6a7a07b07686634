//! Versions and aliases of state machines.

mod support;

use serde_json::{Value, json};
use sfn_api::Operation::*;
use support::{ROLE, World, pass, text, wait};

const ARN: &str = "arn:aws:states:us-east-1:123456789012:stateMachine:m";

/// A state machine with two versions: 1 passes, 2 waits.
fn with_versions() -> World {
    let world = World::new();
    let created = world.call(CreateStateMachine, creation(Some("first")));
    assert_eq!(created["stateMachineVersionArn"], format!("{ARN}:1"));
    let update = json!({ "stateMachineArn": ARN, "definition": wait().to_string(), "publish": true });
    assert_eq!(world.call(UpdateStateMachine, update)["stateMachineVersionArn"], format!("{ARN}:2"));
    world
}

fn creation(description: Option<&str>) -> Value {
    let mut request =
        json!({ "name": "m", "definition": pass().to_string(), "roleArn": ROLE, "publish": true });
    if let Some(description) = description {
        request["versionDescription"] = json!(description);
    }
    request
}

fn routes(routes: &[(&str, i64)]) -> Value {
    routes
        .iter()
        .map(|(qualifier, weight)| {
            json!({ "stateMachineVersionArn": format!("{ARN}{qualifier}"), "weight": weight })
        })
        .collect()
}

fn alias(name: &str, routing: &[(&str, i64)]) -> Value {
    json!({ "name": name, "routingConfiguration": routes(routing) })
}

fn versions(world: &World) -> Vec<String> {
    let list = world.call(ListStateMachineVersions, json!({ "stateMachineArn": ARN }));
    let versions = list["stateMachineVersions"].as_array();
    versions
        .into_iter()
        .flatten()
        .map(|version| text(version, "stateMachineVersionArn").replace(ARN, ""))
        .collect()
}

#[test]
fn a_version_is_published_once_per_revision() {
    let world = World::new();
    world.machine("m", &pass());
    let publish =
        |request: Value| text(&world.call(PublishStateMachineVersion, request), "stateMachineVersionArn");
    assert_eq!(publish(json!({ "stateMachineArn": ARN })), format!("{ARN}:1"));
    assert_eq!(publish(json!({ "stateMachineArn": ARN, "revisionId": "INITIAL" })), format!("{ARN}:1"));
    let update = json!({ "stateMachineArn": ARN, "definition": wait().to_string() });
    let revision = text(&world.call(UpdateStateMachine, update), "revisionId");
    assert_eq!(publish(json!({ "stateMachineArn": ARN, "revisionId": revision })), format!("{ARN}:2"));
    world.call(DeleteStateMachineVersion, json!({ "stateMachineVersionArn": format!("{ARN}:2") }));
    world.call(DeleteStateMachineVersion, json!({ "stateMachineVersionArn": format!("{ARN}:2") }));
    assert_eq!(publish(json!({ "stateMachineArn": ARN })), format!("{ARN}:3"));
    assert_eq!(versions(&world), [":3", ":1"]);
}

#[test]
fn publishing_is_refused_in_the_words_of_aws() {
    let world = World::new();
    world.machine("m", &pass());
    let cases = [
        (json!({ "stateMachineArn": "foo" }), "InvalidArn", "Invalid Arn: 'Invalid ARN prefix: foo'".to_owned()),
        (
            json!({ "stateMachineArn": format!("{ARN}:1") }),
            "StateMachineDoesNotExist",
            format!("State Machine Does Not Exist: '{ARN}:1'"),
        ),
        (
            json!({ "stateMachineArn": ARN, "revisionId": "other" }),
            "ConflictException",
            "Failed to publish the State Machine version for revision other. The current State Machine revision is INITIAL.".to_owned(),
        ),
    ];
    for (request, code, message) in cases {
        assert_eq!(world.refusal(PublishStateMachineVersion, request), (code.to_owned(), message));
    }
}

#[test]
fn creation_with_a_version_is_idempotent_on_its_description() {
    let world = World::new();
    let first = world.call(CreateStateMachine, creation(Some("v")));
    assert_eq!(world.call(CreateStateMachine, creation(Some("v"))), first);
    let refusal = world.refusal(CreateStateMachine, creation(None));
    assert_eq!(
        refusal,
        ("StateMachineAlreadyExists".to_owned(), format!("State Machine Already Exists: '{ARN}'"))
    );
    let mut unpublished = creation(None);
    unpublished["publish"] = json!(false);
    assert_eq!(world.refusal(CreateStateMachine, unpublished), refusal);
    assert_eq!(versions(&world), [":1"]);
    let plain = json!({ "name": "plain", "definition": pass().to_string(), "roleArn": ROLE });
    let created = world.call(CreateStateMachine, plain.clone());
    world.call(PublishStateMachineVersion, json!({ "stateMachineArn": created["stateMachineArn"] }));
    assert_eq!(
        world.call(CreateStateMachine, plain.clone()),
        created,
        "what was published since does not matter"
    );
    let mut published = plain;
    published["publish"] = json!(true);
    assert_eq!(world.refusal(CreateStateMachine, published).0, "StateMachineAlreadyExists");
    let express = json!({ "name": "x", "definition": pass().to_string(), "roleArn": ROLE, "type": "EXPRESS", "publish": true });
    let express = world.call(CreateStateMachine, express);
    let run = world.call(StartSyncExecution, json!({ "stateMachineArn": express["stateMachineVersionArn"] }));
    assert_eq!(run["status"], "SUCCEEDED");
}

#[test]
fn a_version_keeps_its_definition() {
    let world = with_versions();
    let first = world.call(DescribeStateMachine, json!({ "stateMachineArn": format!("{ARN}:1") }));
    assert_eq!(first["stateMachineArn"], format!("{ARN}:1"));
    assert_eq!((&first["name"], &first["description"]), (&json!("m"), &json!("first")));
    assert_eq!(first["definition"], pass().to_string());
    let current = world.call(DescribeStateMachine, json!({ "stateMachineArn": ARN }));
    assert_eq!((current.get("description"), &current["definition"]), (None, &json!(wait().to_string())));
    let same = json!({ "stateMachineArn": ARN, "definition": wait().to_string(), "publish": true });
    assert_eq!(world.call(UpdateStateMachine, same)["stateMachineVersionArn"], format!("{ARN}:2"));

    let execution = world.start(&format!("{ARN}:1"), "{}");
    let described = world.call(DescribeExecution, json!({ "executionArn": execution }));
    assert_eq!((&described["status"], &described["stateMachineArn"]), (&json!("SUCCEEDED"), &json!(ARN)));
    assert_eq!(described["stateMachineVersionArn"], format!("{ARN}:1"));
    assert_eq!(described.get("stateMachineAliasArn"), None);
    let history = world.call(GetExecutionHistory, json!({ "executionArn": execution }));
    let started = &history["events"][0]["executionStartedEventDetails"];
    assert_eq!(started["stateMachineVersionArn"], format!("{ARN}:1"));
    let machine = world.call(DescribeStateMachineForExecution, json!({ "executionArn": execution }));
    assert_eq!(
        (&machine["stateMachineArn"], &machine["definition"]),
        (&json!(ARN), &json!(pass().to_string()))
    );
}

#[test]
fn versions_are_listed_in_pages() {
    let world = with_versions();
    let first = world.call(ListStateMachineVersions, json!({ "stateMachineArn": ARN, "maxResults": 1 }));
    assert_eq!(first["stateMachineVersions"][0]["stateMachineVersionArn"], format!("{ARN}:2"));
    let next = json!({ "stateMachineArn": ARN, "nextToken": first["nextToken"] });
    let rest = world.call(ListStateMachineVersions, next);
    let want = json!({ "stateMachineVersionArn": format!("{ARN}:1"), "creationDate": 1_700_000_000.0 });
    assert_eq!(rest, json!({ "stateMachineVersions": [want] }));
    let wrong = json!({ "stateMachineArn": ARN, "nextToken": "made-up" });
    let refusal = world.refusal(ListStateMachineVersions, wrong);
    assert_eq!(refusal, ("InvalidToken".to_owned(), "Invalid Token: 'Invalid token'".to_owned()));
}

#[test]
fn an_alias_lives() {
    let world = with_versions();
    let arn = format!("{ARN}:live");
    let created = world.call(CreateStateMachineAlias, alias("live", &[(":1", 100)]));
    assert_eq!(created, json!({ "stateMachineAliasArn": arn, "creationDate": 1_700_000_000.0 }));
    assert_eq!(world.call(CreateStateMachineAlias, alias("live", &[(":1", 100)])), created);
    let update = json!({ "stateMachineAliasArn": arn, "description": "d" });
    assert_eq!(world.call(UpdateStateMachineAlias, update), json!({ "updateDate": 1_700_000_000.0 }));
    let update =
        json!({ "stateMachineAliasArn": arn, "routingConfiguration": routes(&[(":2", 40), (":1", 60)]) });
    world.call(UpdateStateMachineAlias, update);
    let described = world.call(DescribeStateMachineAlias, json!({ "stateMachineAliasArn": arn }));
    let want = json!({
        "stateMachineAliasArn": arn, "name": "live", "description": "d",
        "routingConfiguration": routes(&[(":2", 40), (":1", 60)]),
        "creationDate": 1_700_000_000.0, "updateDate": 1_700_000_000.0,
    });
    assert_eq!(described, want);
    let refusal =
        world.refusal(DeleteStateMachineVersion, json!({ "stateMachineVersionArn": format!("{ARN}:1") }));
    let message = "Version to be deleted must not be referenced by an alias. Current list of aliases referencing this version: [live]";
    assert_eq!(refusal, ("ConflictException".to_owned(), message.to_owned()));
    for _ in 0..2 {
        assert_eq!(world.call(DeleteStateMachineAlias, json!({ "stateMachineAliasArn": arn })), json!({}));
    }
    for (operation, request) in [
        (DescribeStateMachineAlias, json!({ "stateMachineAliasArn": arn })),
        (UpdateStateMachineAlias, json!({ "stateMachineAliasArn": arn, "description": "d" })),
    ] {
        let message = "Request references a resource that does not exist.".to_owned();
        assert_eq!(world.refusal(operation, request), ("ResourceNotFound".to_owned(), message));
    }
    let refusal = world.refusal(StartExecution, json!({ "stateMachineArn": arn }));
    assert_eq!(refusal.0, "StateMachineDoesNotExist");
    world.call(DeleteStateMachineVersion, json!({ "stateMachineVersionArn": format!("{ARN}:1") }));
}

#[test]
fn aliases_are_refused_in_the_words_of_aws() {
    let world = with_versions();
    world.call(CreateStateMachineAlias, alias("live", &[(":1", 100)]));
    let constraint = |value: &str, member: &str, must: &str| {
        format!(
            "1 validation error detected: Value '{value}' at '{member}' failed to satisfy constraint: Member must {must}"
        )
    };
    let pattern = r"satisfy regular expression pattern: ^(?=.*[a-zA-Z_\-\.])[a-zA-Z0-9_\-\.]+$";
    let three = format!(
        "[RoutingConfigurationListItem(stateMachineVersionArn={ARN}:1, weight=50), RoutingConfigurationListItem(stateMachineVersionArn={ARN}:2, weight=30), RoutingConfigurationListItem(stateMachineVersionArn={ARN}:3, weight=20)]"
    );
    let invalid = "ValidationException";
    let cases = [
        (alias("123", &[(":1", 100)]), invalid, constraint("123", "name", pattern)),
        (alias("a b", &[(":1", 100)]), invalid, constraint("a b", "name", pattern)),
        (
            alias("a", &[(":1", 50), (":2", 30), (":3", 20)]),
            invalid,
            constraint(&three, "routingConfiguration", "have length less than or equal to 2"),
        ),
        (
            alias("a", &[(":1", 101)]),
            invalid,
            constraint("101", "routingConfiguration.1.member.weight", "have value less than or equal to 100"),
        ),
        (
            alias("a", &[(":1", 50), (":1", 50)]),
            invalid,
            format!("Routing configuration must contain distinct state machine version ARNs. Received: [{ARN}:1, {ARN}:1]"),
        ),
        (
            alias("a", &[("", 50), (":2", 50)]),
            invalid,
            format!("Routing configuration must contain state machine version ARNs. Received: [{ARN}, {ARN}:2]"),
        ),
        (
            alias("a", &[(":1", 70), (":2", 29)]),
            invalid,
            "Sum of routing configuration weights must equal 100. Received: [70, 29]".to_owned(),
        ),
        (
            alias("a", &[(":9", 100)]),
            "ResourceNotFound",
            "Request references a resource that does not exist.".to_owned(),
        ),
        (
            alias("live", &[(":2", 100)]),
            "ConflictException",
            "Failed to create alias because an alias with the same name and a different routing configuration already exists.".to_owned(),
        ),
    ];
    for (request, code, message) in cases {
        let refusal = world.refusal(CreateStateMachineAlias, request.clone());
        assert_eq!(refusal, (code.to_owned(), message), "{request}");
    }
}

#[test]
fn aliases_are_listed_by_name_in_pages() {
    let world = with_versions();
    for (name, version) in [("c", ":1"), ("a", ":1"), ("b", ":2")] {
        world.call(CreateStateMachineAlias, alias(name, &[(version, 100)]));
    }
    let listed = |request: Value| {
        let list = world.call(ListStateMachineAliases, request);
        let aliases = list["stateMachineAliases"].as_array().unwrap();
        let names: Vec<_> =
            aliases.iter().map(|alias| text(alias, "stateMachineAliasArn").replace(ARN, "")).collect();
        (names.concat(), list["nextToken"].clone())
    };
    let (names, token) = listed(json!({ "stateMachineArn": ARN, "maxResults": 2 }));
    assert_eq!(names, ":a:b");
    assert_eq!(listed(json!({ "stateMachineArn": ARN, "nextToken": token })), (":c".to_owned(), Value::Null));
    assert_eq!(listed(json!({ "stateMachineArn": format!("{ARN}:1") })).0, ":a:c");
    let foreign = json!({ "stateMachineArn": format!("{ARN}:1"), "nextToken": token });
    assert_eq!(world.refusal(ListStateMachineAliases, foreign).0, "InvalidToken");
}

#[test]
fn an_alias_shares_out_executions_by_weight() {
    let world = with_versions();
    world.call(CreateStateMachineAlias, alias("live", &[(":1", 75), (":2", 25)]));
    let live = format!("{ARN}:live");
    let started = 200;
    for _ in 0..started {
        world.start(&live, "{}");
    }
    world.start(ARN, "{}");
    let listed = |arn: &str| {
        let list = world.call(ListExecutions, json!({ "stateMachineArn": arn, "maxResults": 1000 }));
        list["executions"].as_array().unwrap().clone()
    };
    let by_alias = listed(&live);
    assert_eq!(by_alias.len(), started);
    assert!(by_alias.iter().all(|execution| execution["stateMachineAliasArn"] == live));
    let (first, second) = (listed(&format!("{ARN}:1")).len(), listed(&format!("{ARN}:2")).len());
    assert_eq!(first + second, started);
    assert!((130..=170).contains(&first), "three quarters of {started} draws, found {first}");
    let all = listed(ARN);
    assert_eq!(all.len(), started + 1);
    assert_eq!(all[0].get("stateMachineVersionArn"), None);
}
