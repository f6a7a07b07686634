"""The metrics page: what happened to the executions of each state machine."""

from machines import chain, create, ended, until


def counts(server, machine):
    """The samples with this state machine's label alone, by their names."""
    label = f'{{state_machine_arn="{machine}"}}'
    metrics = server.metrics().items()
    return {name.removesuffix(label): value for name, value in metrics if name.endswith(label)}


def test_ends_are_counted_by_state_machine(serve):
    server = serve()
    sfn = server.client()
    succeeds = create(sfn, chain(1))
    fails = create(sfn, {"First": {"Type": "Fail", "Error": "Broken"}})
    waits = create(sfn, {"First": {"Type": "Wait", "Seconds": 60, "End": True}})
    for machine in (succeeds, succeeds, fails):
        ended(sfn, sfn.start_execution(stateMachineArn=machine)["executionArn"])
    sfn.stop_execution(executionArn=sfn.start_execution(stateMachineArn=waits)["executionArn"])
    zeros = dict.fromkeys(f"stepwell_executions_{name}_total" for name in ("redriven", "succeeded", "failed", "timed_out", "aborted"))
    zeros = dict.fromkeys(zeros, 0)
    for machine, started, name, count in [(succeeds, 2, "succeeded", 2), (fails, 1, "failed", 1), (waits, 1, "aborted", 1)]:
        seen = until(lambda: counts(server, machine), lambda seen: seen["stepwell_execution_time_seconds_count"] == count)
        took = seen.pop("stepwell_execution_time_seconds_sum")
        assert 0 <= took < 60
        assert seen == {
            **zeros,
            "stepwell_executions_started_total": started,
            f"stepwell_executions_{name}_total": count,
            "stepwell_execution_time_seconds_count": count,
        }


def test_express_executions_are_counted(serve):
    server = serve()
    sfn = server.client()
    machine = create(sfn, {"First": {"Type": "Wait", "Seconds": 1, "End": True}}, type="EXPRESS")
    sfn.start_sync_execution(stateMachineArn=machine)
    seen = counts(server, machine)
    assert (seen["stepwell_executions_started_total"], seen["stepwell_executions_succeeded_total"]) == (1, 1)
    assert 1 <= seen["stepwell_execution_time_seconds_sum"] < 10
    bucket = f'stepwell_execution_time_seconds_bucket{{state_machine_arn="{machine}",le="%s"}}'
    metrics = server.metrics()
    assert (metrics[bucket % "0.500"], metrics[bucket % "+Inf"]) == (0, 1)


def test_a_deleted_machine_leaves(serve):
    server = serve()
    sfn = server.client()
    kept, gone = create(sfn, chain(1)), create(sfn, chain(1))
    for machine in (kept, gone):
        ended(sfn, sfn.start_execution(stateMachineArn=machine)["executionArn"])
    sfn.delete_state_machine(stateMachineArn=gone)
    # The first look at the page is when it is looked up what is gone.
    assert counts(server, kept)
    assert not counts(server, gone)
