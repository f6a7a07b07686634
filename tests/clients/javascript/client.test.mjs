// State machines, executions, activities and their errors through the
// JavaScript client, version 3. Address and credentials are where the client
// looks for them by itself: AWS_ENDPOINT_URL_SFN and its like.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import test from "node:test";

import * as sdk from "@aws-sdk/client-sfn";

const ROLE = "arn:aws:iam::123456789012:role/any";
const DEFINITION = { StartAt: "A", States: { A: { Type: "Pass", Next: "B" }, B: { Type: "Succeed" } } };

const sfn = new sdk.SFN({ disableHostPrefix: true, maxAttempts: 1 });

async function create(definition = DEFINITION, more = {}) {
    const name = `machine-${randomUUID()}`;
    const request = { name, roleArn: ROLE, definition: JSON.stringify(definition), ...more };
    return (await sfn.createStateMachine(request)).stateMachineArn;
}

async function ended(executionArn) {
    for (const giveUp = Date.now() + 20_000; ; await sleep(20)) {
        const seen = await sfn.describeExecution({ executionArn });
        if (seen.status !== "RUNNING") return seen;
        assert.ok(Date.now() < giveUp, "the execution did not end");
    }
}

/** All that the pages of a paginator hold, and how many pages there were. */
async function paged(pages, member) {
    const items = [];
    let count = 0;
    for await (const page of pages) {
        items.push(...page[member]);
        count += 1;
    }
    return { items, count };
}

test("a state machine and its executions", async () => {
    const stateMachineArn = await create(DEFINITION, { tags: [{ key: "team", value: "blue" }] });
    const described = await sfn.describeStateMachine({ stateMachineArn });
    assert.equal(described.status, "ACTIVE");
    assert.deepEqual(JSON.parse(described.definition), DEFINITION);
    assert.ok(described.creationDate instanceof Date);
    await sfn.updateStateMachine({ stateMachineArn, roleArn: `${ROLE}/2` });

    const started = await sfn.startExecution({ stateMachineArn, name: "one", input: '{"a": 1}' });
    const seen = await ended(started.executionArn);
    assert.deepEqual([seen.status, seen.output, seen.redriveStatus], ["SUCCEEDED", '{"a": 1}', "NOT_REDRIVABLE"]);
    assert.equal(seen.startDate.getTime(), started.startDate.getTime());
    const of = await sfn.describeStateMachineForExecution({ executionArn: started.executionArn });
    assert.equal(of.roleArn, `${ROLE}/2`);
    await assert.rejects(sfn.startExecution({ stateMachineArn, name: "one", input: "{}" }), (error) => {
        assert.ok(error instanceof sdk.ExecutionAlreadyExists);
        assert.equal(error.message, `Execution Already Exists: '${started.executionArn}'`);
        return true;
    });

    await sfn.tagResource({ resourceArn: stateMachineArn, tags: [{ key: "stage", value: "test" }] });
    await sfn.untagResource({ resourceArn: stateMachineArn, tagKeys: ["team"] });
    const { tags } = await sfn.listTagsForResource({ resourceArn: stateMachineArn });
    assert.deepEqual(tags, [{ key: "stage", value: "test" }]);
    await sfn.deleteStateMachine({ stateMachineArn });
    await assert.rejects(sfn.describeStateMachine({ stateMachineArn }), sdk.StateMachineDoesNotExist);
});

test("versions and aliases", async () => {
    const stateMachineArn = await create();
    const { stateMachineVersionArn } = await sfn.publishStateMachineVersion({ stateMachineArn, description: "one" });
    const routingConfiguration = [{ stateMachineVersionArn, weight: 100 }];
    const { stateMachineAliasArn } = await sfn.createStateMachineAlias({ name: "live", routingConfiguration });
    const alias = await sfn.describeStateMachineAlias({ stateMachineAliasArn });
    assert.deepEqual(alias.routingConfiguration, routingConfiguration);
    const { executionArn } = await sfn.startExecution({ stateMachineArn: stateMachineAliasArn });
    const seen = await ended(executionArn);
    assert.deepEqual(
        [seen.stateMachineVersionArn, seen.stateMachineAliasArn],
        [stateMachineVersionArn, stateMachineAliasArn],
    );
    await assert.rejects(sfn.deleteStateMachineVersion({ stateMachineVersionArn }), sdk.ConflictException);
    const { stateMachineAliases } = await sfn.listStateMachineAliases({ stateMachineArn });
    assert.deepEqual(stateMachineAliases.map((one) => one.stateMachineAliasArn), [stateMachineAliasArn]);
    await sfn.updateStateMachineAlias({ stateMachineAliasArn, description: "of one" });
    await sfn.deleteStateMachineAlias({ stateMachineAliasArn });
    await sfn.deleteStateMachineVersion({ stateMachineVersionArn });
    const { stateMachineVersions } = await sfn.listStateMachineVersions({ stateMachineArn });
    assert.deepEqual(stateMachineVersions, []);
    await assert.rejects(sfn.describeStateMachineAlias({ stateMachineAliasArn }), sdk.ResourceNotFound);
});

test("an activity and its worker", async () => {
    const { activityArn } = await sfn.createActivity({ name: `activity-${randomUUID()}` });
    const A = { Type: "Task", Resource: activityArn, End: true };
    const stateMachineArn = await create({ StartAt: "A", States: { A } });
    const { executionArn } = await sfn.startExecution({ stateMachineArn, input: '{"a": 1}' });
    const { taskToken, input } = await sfn.getActivityTask({ activityArn, workerName: "worker" });
    assert.deepEqual(JSON.parse(input), { a: 1 });
    await sfn.sendTaskHeartbeat({ taskToken });
    await assert.rejects(sfn.sendTaskSuccess({ taskToken, output: "no JSON" }), sdk.InvalidOutput);
    await sfn.sendTaskSuccess({ taskToken, output: "[2]" });
    assert.equal((await ended(executionArn)).output, "[2]");

    const failing = await sfn.startExecution({ stateMachineArn });
    const task = await sfn.getActivityTask({ activityArn });
    await sfn.sendTaskFailure({ taskToken: task.taskToken, error: "Oops", cause: "on purpose" });
    const failed = await ended(failing.executionArn);
    assert.deepEqual([failed.status, failed.error, failed.cause], ["FAILED", "Oops", "on purpose"]);
    await sfn.deleteActivity({ activityArn });
    await assert.rejects(sfn.describeActivity({ activityArn }), sdk.ActivityDoesNotExist);
    await assert.rejects(sfn.sendTaskHeartbeat({ taskToken: "no token" }), sdk.InvalidToken);
});

test("stopped and redriven", async () => {
    const stateMachineArn = await create({ StartAt: "A", States: { A: { Type: "Wait", Seconds: 3600, End: true } } });
    const { executionArn } = await sfn.startExecution({ stateMachineArn });
    const { stopDate } = await sfn.stopExecution({ executionArn, error: "Stopped", cause: "by hand" });
    assert.ok(stopDate instanceof Date);
    const seen = await ended(executionArn);
    assert.deepEqual([seen.status, seen.error, seen.redriveStatus], ["ABORTED", "Stopped", "REDRIVABLE"]);
    await sfn.redriveExecution({ executionArn });
    assert.equal((await sfn.describeExecution({ executionArn })).redriveCount, 1);
    await sfn.stopExecution({ executionArn });
});

test("every paginator", async () => {
    const stateMachineArn = await create();
    const started = [];
    for (let number = 0; number < 5; number += 1) {
        const { executionArn } = await sfn.startExecution({ stateMachineArn, name: `e${number}` });
        await ended(executionArn);
        started.push(executionArn);
        await sfn.createActivity({ name: `paged-${randomUUID()}` });
        await create();
    }
    const options = { client: sfn, pageSize: 2 };
    const [executionArn] = started;
    const lists = {
        paginateGetExecutionHistory: [{ executionArn }, "events", 6],
        paginateListActivities: [{}, "activities", 5],
        paginateListExecutions: [{ stateMachineArn }, "executions", 5],
        paginateListMapRuns: [{ executionArn }, "mapRuns", 0],
        paginateListStateMachines: [{}, "stateMachines", 6],
    };
    const known = Object.keys(sdk).filter((name) => name.startsWith("paginate"));
    assert.deepEqual(Object.keys(lists).sort(), known.sort());
    for (const [name, [request, member, atLeast]] of Object.entries(lists)) {
        const { items, count } = await paged(sdk[name](options, request), member);
        assert.ok(items.length >= atLeast, `${name}: ${items.length} items`);
        assert.ok(count >= items.length / 2, `${name}: ${count} pages`);
        assert.equal(new Set(items.map((item) => JSON.stringify(item))).size, items.length, name);
    }
    const { items } = await paged(sdk.paginateListExecutions(options, { stateMachineArn }), "executions");
    assert.deepEqual(items.map((one) => one.executionArn).sort(), started.sort());
    await assert.rejects(sfn.listExecutions({ stateMachineArn, nextToken: "no token" }), sdk.InvalidToken);
});

test("an Express execution answers at once", async () => {
    const stateMachineArn = await create(DEFINITION, { type: "EXPRESS" });
    const answer = await sfn.startSyncExecution({ stateMachineArn, input: '{"a": 1}' });
    assert.deepEqual([answer.status, answer.output], ["SUCCEEDED", '{"a": 1}']);
    assert.ok(answer.billingDetails.billedMemoryUsedInMB > 0);
    await assert.rejects(sfn.listExecutions({ stateMachineArn }), sdk.StateMachineTypeNotSupported);
});

test("a state is tested and a definition validated", async () => {
    const definition = JSON.stringify({ Type: "Pass", Result: { a: 1 }, Next: "B" });
    const tested = await sfn.testState({ definition, roleArn: ROLE, inspectionLevel: "DEBUG" });
    assert.deepEqual([tested.status, tested.nextState, JSON.parse(tested.output)], ["SUCCEEDED", "B", { a: 1 }]);
    const good = await sfn.validateStateMachineDefinition({ definition: JSON.stringify(DEFINITION) });
    assert.deepEqual([good.result, good.diagnostics], ["OK", []]);
    const bad = await sfn.validateStateMachineDefinition({ definition: '{"StartAt": "A", "States": {}}' });
    assert.equal(bad.result, "FAIL");
    assert.notEqual(bad.diagnostics.length, 0);
});

test("errors are typed and have words", async () => {
    await assert.rejects(sfn.describeExecution({ executionArn: "nonsense" }), (error) => {
        assert.ok(error instanceof sdk.InvalidArn && error instanceof sdk.SFNServiceException);
        assert.equal(error.message, "Invalid Arn: 'Invalid ARN prefix: nonsense'");
        assert.equal(error.$metadata.httpStatusCode, 400);
        assert.match(error.$metadata.requestId, /^[0-9a-f-]{36}$/);
        return true;
    });
    await assert.rejects(create({}), sdk.InvalidDefinition);
    await assert.rejects(sfn.listActivities({ maxResults: 1001 }), (error) => {
        assert.ok(error instanceof sdk.ValidationException);
        assert.match(error.message, /^1 validation error detected: Value '1001' at 'maxResults'/);
        return true;
    });
});
