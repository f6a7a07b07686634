"""Every paginator that the client has, over lists of several pages."""

import json
import uuid

import pytest
from botocore import xform_name

from machines import chain, create, ended, history

ITEMS = 5


def distributed(child, **more):
    """A Map state whose executions have a map run."""
    processor = {
        "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
        "StartAt": child,
        "States": {child: {"Type": "Pass", "End": True}},
    }
    return {"Type": "Map", "ItemProcessor": processor, **more}


@pytest.fixture(scope="module")
def populated(shared_server):
    """Enough of everything that has a list: what each paginator asks for."""
    sfn = shared_server.client()
    machine = create(sfn, chain(3))
    for number in range(ITEMS):
        ended(sfn, sfn.start_execution(stateMachineArn=machine, name=f"e{number}")["executionArn"])
        create(sfn, chain(1))
        sfn.create_activity(name=f"listed-{uuid.uuid4()}")
    execution = sfn.list_executions(stateMachineArn=machine)["executions"][0]["executionArn"]
    mapped = create(sfn, {"First": distributed("A", Next="Again"), "Again": distributed("B", End=True)})
    parent = sfn.start_execution(stateMachineArn=mapped, input=json.dumps([1]))["executionArn"]
    assert ended(sfn, parent)["status"] == "SUCCEEDED", history(sfn, parent)
    return {
        # Operation: its request, the member that holds the items, how many there are at least.
        "GetExecutionHistory": ({"executionArn": execution}, "events", 8),
        "ListActivities": ({}, "activities", ITEMS),
        "ListExecutions": ({"stateMachineArn": machine}, "executions", ITEMS),
        "ListMapRuns": ({"executionArn": parent}, "mapRuns", 2),
        "ListStateMachines": ({}, "stateMachines", ITEMS + 2),
    }


def paginated(sfn):
    operations = sfn.meta.service_model.operation_names
    return [name for name in operations if sfn.can_paginate(xform_name(name))]


def test_none_is_forgotten(sfn, populated):
    assert sorted(populated) == sorted(paginated(sfn))


@pytest.mark.parametrize("page_size", [1, 2, 1000])
def test_pages_hold_everything_once(sfn, populated, page_size):
    for operation, (request, member, at_least) in populated.items():
        paginator = sfn.get_paginator(xform_name(operation))
        pages = list(paginator.paginate(**request, PaginationConfig={"PageSize": page_size}))
        items = [item for page in pages for item in page[member]]
        seen = {json.dumps(item, default=str, sort_keys=True) for item in items}
        assert len(items) == len(seen) >= at_least, (operation, page_size)
        assert all(len(page[member]) <= page_size for page in pages), operation
        assert len(pages) == max(1, -(-len(items) // page_size)), (operation, page_size)
        assert all(page.get("nextToken") for page in pages[:-1]) and "nextToken" not in pages[-1], operation


def test_a_paginator_goes_on_where_it_stopped(sfn, populated):
    for operation, (request, member, _) in populated.items():
        paginator = sfn.get_paginator(xform_name(operation))
        whole = paginator.paginate(**request).build_full_result()[member]
        first = paginator.paginate(**request, PaginationConfig={"MaxItems": 1}).build_full_result()
        config = {"StartingToken": first["NextToken"]}
        rest = paginator.paginate(**request, PaginationConfig=config).build_full_result()
        assert first[member] + rest[member] == whole, operation


def test_lists_without_a_paginator_have_pages_too(sfn):
    """`nextToken` by hand, for the two operations whose pages the client does not turn itself."""
    machine = create(sfn, chain(1))
    versions = []
    for number in range(ITEMS):
        definition = json.dumps({"StartAt": "A", "States": {"A": {"Type": "Pass", "Result": number, "End": True}}})
        updated = sfn.update_state_machine(stateMachineArn=machine, definition=definition, publish=True)
        versions.append(updated["stateMachineVersionArn"])
        route = {"stateMachineVersionArn": versions[-1], "weight": 100}
        sfn.create_state_machine_alias(name=f"alias-{number}", routingConfiguration=[route])
    for call, member, key, want in (
        (sfn.list_state_machine_versions, "stateMachineVersions", "stateMachineVersionArn", set(versions)),
        (
            sfn.list_state_machine_aliases, "stateMachineAliases", "stateMachineAliasArn",
            {f"{machine}:alias-{number}" for number in range(ITEMS)},
        ),
    ):
        listed, token = [], {}
        while True:
            page = call(stateMachineArn=machine, maxResults=2, **token)
            listed += [item[key] for item in page[member]]
            if "nextToken" not in page:
                break
            token = {"nextToken": page["nextToken"]}
        assert len(listed) == ITEMS and set(listed) == want
        with pytest.raises(sfn.exceptions.InvalidToken):
            call(stateMachineArn=machine, nextToken="no token")


def test_a_token_belongs_to_its_request(sfn, populated):
    """Each token is refused by every other list, and by the same one with other arguments."""
    tokens = {}
    for operation, (request, _, _) in populated.items():
        answer = getattr(sfn, xform_name(operation))(**request, maxResults=1)
        tokens[operation] = answer["nextToken"]
    for operation, (request, _, _) in populated.items():
        call = getattr(sfn, xform_name(operation))
        for owner, token in tokens.items():
            if owner == operation:
                call(**request, nextToken=token)
                continue
            with pytest.raises(sfn.exceptions.InvalidToken):
                call(**request, nextToken=token)
    machine = populated["ListExecutions"][0]["stateMachineArn"]
    with pytest.raises(sfn.exceptions.InvalidToken):
        sfn.list_executions(stateMachineArn=machine, statusFilter="SUCCEEDED", nextToken=tokens["ListExecutions"])
    with pytest.raises(sfn.exceptions.InvalidToken):
        sfn.get_execution_history(
            **populated["GetExecutionHistory"][0], reverseOrder=True, nextToken=tokens["GetExecutionHistory"]
        )
