"""State machines, executions, activities and their errors through `aws stepfunctions`."""

import json
import time
import uuid

import pytest

from conftest import AwsError, Cli, as_program

ROLE = "arn:aws:iam::123456789012:role/any"
DEFINITION = {"StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "B"}, "B": {"Type": "Succeed"}}}


def text(states, start="A"):
    return json.dumps({"StartAt": start, "States": states})


def create(aws, definition=json.dumps(DEFINITION), *flags, **members):
    name = f"machine-{uuid.uuid4()}"
    return aws.run("create-state-machine", *flags, name=name, definition=definition, role_arn=ROLE, **members)


def ended(aws, execution):
    give_up = time.monotonic() + 30
    while True:
        seen = aws.run("describe-execution", execution_arn=execution)
        if seen["status"] != "RUNNING":
            return seen
        assert time.monotonic() < give_up, seen


def refused(code, call, *arguments, **members):
    with pytest.raises(AwsError) as caught:
        call(*arguments, **members)
    assert caught.value.code == code, caught.value
    return str(caught.value)


def test_a_state_machine_and_its_executions(aws):
    machine = create(aws, tags=[{"key": "team", "value": "blue"}])["stateMachineArn"]
    described = aws.run("describe-state-machine", state_machine_arn=machine)
    assert (described["status"], json.loads(described["definition"])) == ("ACTIVE", DEFINITION)
    updated = aws.run("update-state-machine", state_machine_arn=machine, role_arn=ROLE + "/2")
    assert updated["revisionId"]
    started = aws.run("start-execution", state_machine_arn=machine, name="one", input='{"a": 1}')
    seen = ended(aws, started["executionArn"])
    assert (seen["status"], seen["output"]) == ("SUCCEEDED", '{"a": 1}')
    of = aws.run("describe-state-machine-for-execution", execution_arn=started["executionArn"])
    assert of["roleArn"] == ROLE + "/2"
    types = [event["type"] for event in aws.run("get-execution-history", execution_arn=started["executionArn"])["events"]]
    assert types == [
        "ExecutionStarted", "PassStateEntered", "PassStateExited",
        "SucceedStateEntered", "SucceedStateExited", "ExecutionSucceeded",
    ]
    message = refused("ExecutionAlreadyExists", aws.run, "start-execution", state_machine_arn=machine, name="one")
    assert f"Execution Already Exists: '{started['executionArn']}'" in message
    aws.run("tag-resource", resource_arn=machine, tags=[{"key": "stage", "value": "test"}])
    aws.run("untag-resource", resource_arn=machine, tag_keys=["team"])
    assert aws.run("list-tags-for-resource", resource_arn=machine)["tags"] == [{"key": "stage", "value": "test"}]
    assert aws.run("delete-state-machine", state_machine_arn=machine) == {}
    refused("StateMachineDoesNotExist", aws.run, "start-execution", state_machine_arn=machine)


def test_versions_and_aliases(aws):
    created = create(aws, json.dumps(DEFINITION), "--publish", version_description="one")
    machine, version = created["stateMachineArn"], created["stateMachineVersionArn"]
    assert version == f"{machine}:1"
    assert aws.run("describe-state-machine", state_machine_arn=version)["description"] == "one"
    again = aws.run("publish-state-machine-version", state_machine_arn=machine)
    assert again["stateMachineVersionArn"] == version
    routes = [{"stateMachineVersionArn": version, "weight": 100}]
    alias = aws.run("create-state-machine-alias", name="live", routing_configuration=routes)["stateMachineAliasArn"]
    assert aws.run("describe-state-machine-alias", state_machine_alias_arn=alias)["routingConfiguration"] == routes
    execution = aws.run("start-execution", state_machine_arn=alias)["executionArn"]
    seen = ended(aws, execution)
    assert (seen["stateMachineVersionArn"], seen["stateMachineAliasArn"]) == (version, alias)
    refused("ConflictException", aws.run, "delete-state-machine-version", state_machine_version_arn=version)
    listed = aws.run("list-state-machine-aliases", state_machine_arn=machine)["stateMachineAliases"]
    assert [one["stateMachineAliasArn"] for one in listed] == [alias]
    aws.run("update-state-machine-alias", state_machine_alias_arn=alias, description="of one")
    aws.run("delete-state-machine-alias", state_machine_alias_arn=alias)
    aws.run("delete-state-machine-version", state_machine_version_arn=version)
    assert aws.run("list-state-machine-versions", state_machine_arn=machine)["stateMachineVersions"] == []
    refused("ResourceNotFound", aws.run, "describe-state-machine-alias", state_machine_alias_arn=alias)


def test_an_activity_and_its_worker(aws):
    activity = aws.run("create-activity", name=f"activity-{uuid.uuid4()}")["activityArn"]
    machine = create(aws, text({"A": {"Type": "Task", "Resource": activity, "End": True}}))["stateMachineArn"]
    for answer, status in (("success", "SUCCEEDED"), ("failure", "FAILED")):
        execution = aws.run("start-execution", state_machine_arn=machine, input='{"a": 1}')["executionArn"]
        task = aws.run("get-activity-task", activity_arn=activity, worker_name="w")
        assert json.loads(task["input"]) == {"a": 1}
        aws.run("send-task-heartbeat", task_token=task["taskToken"])
        members = {"task_output": "[2]"} if answer == "success" else {"error": "Oops", "cause": "on purpose"}
        aws.run(f"send-task-{answer}", task_token=task["taskToken"], **members)
        assert ended(aws, execution)["status"] == status
    aws.run("delete-activity", activity_arn=activity)
    refused("ActivityDoesNotExist", aws.run, "describe-activity", activity_arn=activity)
    refused("InvalidToken", aws.run, "send-task-heartbeat", task_token="no token")


def test_stopped_and_redriven(aws):
    states = {"A": {"Type": "Wait", "Seconds": 3600, "Next": "B"}, "B": {"Type": "Succeed"}}
    machine = create(aws, text(states))["stateMachineArn"]
    execution = aws.run("start-execution", state_machine_arn=machine)["executionArn"]
    aws.run("stop-execution", execution_arn=execution, error="Stopped", cause="by hand")
    seen = ended(aws, execution)
    assert (seen["status"], seen["error"], seen["redriveStatus"]) == ("ABORTED", "Stopped", "REDRIVABLE")
    aws.run("redrive-execution", execution_arn=execution)
    assert aws.run("describe-execution", execution_arn=execution)["redriveCount"] == 1
    aws.run("stop-execution", execution_arn=execution)


def test_lists_in_pages(aws):
    """The command line pages by itself; `--page-size` makes it ask more often."""
    machine = create(aws)["stateMachineArn"]
    started = {aws.run("start-execution", state_machine_arn=machine, name=f"e{n}")["executionArn"] for n in range(5)}
    for execution in started:
        ended(aws, execution)
    listed = aws.run("list-executions", "--page-size", "2", state_machine_arn=machine)["executions"]
    assert {one["executionArn"] for one in listed} == started and len(listed) == 5
    first = aws.run("list-executions", "--max-items", "3", state_machine_arn=machine)
    rest = aws.run("list-executions", "--starting-token", first["NextToken"], state_machine_arn=machine)
    assert {one["executionArn"] for one in first["executions"] + rest["executions"]} == started
    assert machine in [one["stateMachineArn"] for one in aws.run("list-state-machines", "--page-size", "1")["stateMachines"]]
    history = aws.run("get-execution-history", "--page-size", "2", execution_arn=started.pop())["events"]
    assert [event["id"] for event in history] == list(range(1, 7))
    assert aws.run("list-map-runs", execution_arn=listed[0]["executionArn"]) == {"mapRuns": []}


def test_an_express_execution_answers_at_once(aws):
    machine = create(aws, type="EXPRESS")["stateMachineArn"]
    answer = aws.run("start-sync-execution", state_machine_arn=machine, input='{"a": 1}')
    assert (answer["status"], answer["output"]) == ("SUCCEEDED", '{"a": 1}')
    message = refused("StateMachineTypeNotSupported", aws.run, "list-executions", state_machine_arn=machine)
    assert "This operation is not supported by this type of state machine" in message


def test_a_state_is_tested_and_a_definition_validated(aws):
    state = json.dumps({"Type": "Pass", "Result": {"a": 1}, "Next": "B"})
    tested = aws.run("test-state", definition=state, role_arn=ROLE, inspection_level="DEBUG")
    assert (tested["status"], tested["nextState"], json.loads(tested["output"])) == ("SUCCEEDED", "B", {"a": 1})
    good = aws.run("validate-state-machine-definition", definition=json.dumps(DEFINITION))
    assert (good["result"], good["diagnostics"]) == ("OK", [])
    bad = aws.run("validate-state-machine-definition", definition='{"StartAt": "A", "States": {}}')
    assert bad["result"] == "FAIL" and bad["diagnostics"]


def test_errors_have_codes_and_words(aws):
    message = refused("InvalidArn", aws.run, "describe-execution", execution_arn="nonsense")
    assert "Invalid Arn: 'Invalid ARN prefix: nonsense'" in message
    refused("InvalidDefinition", create, aws, "{}")
    message = refused("ValidationException", aws.run, "list-executions", "--no-paginate", "--max-results", "1001", state_machine_arn=ROLE)
    assert "Value '1001' at 'maxResults'" in message


def switched_off(environment):
    """An address without a name before the host, as users of older notes have it."""
    address = environment["AWS_ENDPOINT_URL_SFN"].replace("stepwell@", "")
    return {**environment, "AWS_ENDPOINT_URL_SFN": address, "AWS_DISABLE_HOST_PREFIX_INJECTION": "true"}


def test_the_prefix_can_be_switched_off_in_the_environment(environment):
    cli = Cli(as_program, switched_off(environment))
    machine = create(cli, type="EXPRESS")["stateMachineArn"]
    assert cli.run("start-sync-execution", state_machine_arn=machine)["status"] == "SUCCEEDED"


def test_the_program_itself(program):
    machine = create(program, type="EXPRESS")["stateMachineArn"]
    answer = program.run("start-sync-execution", state_machine_arn=machine, input='{"a": 1}')
    assert (answer["status"], answer["output"]) == ("SUCCEEDED", '{"a": 1}')
    refused("InvalidArn", program.run, "describe-execution", execution_arn="nonsense")


def test_the_prefix_can_be_switched_off_in_the_configuration_file(environment, tmp_path):
    """The same settings as a profile of ~/.aws/config, with no environment."""
    settings = tmp_path / "config"
    settings.write_text(
        "[profile stepwell]\n"
        f"endpoint_url = {switched_off(environment)['AWS_ENDPOINT_URL_SFN']}\n"
        "region = us-east-1\n"
        "aws_access_key_id = any\n"
        "aws_secret_access_key = any\n"
        "disable_host_prefix_injection = true\n"
    )
    bare = {name: value for name, value in environment.items() if not name.startswith("AWS_")}
    cli = Cli(as_program, {**bare, "AWS_CONFIG_FILE": str(settings)}, "--profile", "stepwell")
    machine = create(cli, type="EXPRESS")["stateMachineArn"]
    assert cli.run("start-sync-execution", state_machine_arn=machine)["status"] == "SUCCEEDED"
