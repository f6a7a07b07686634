"""A client in its plainest set-up: environment variables, and no line of code that knows of this server."""

import re
import socket

import boto3

from machines import chain, create


def printed(log):
    """The settings that the server prints for a shell."""
    return dict(re.findall(r"^ +export (\w+)=(\S+)", log, re.MULTILINE))


def test_what_the_server_prints_is_enough(own_server, monkeypatch):
    settings = printed(own_server.log())
    assert settings == {"AWS_ENDPOINT_URL_SFN": own_server.address.replace("://", "://stepwell@")}
    credentials = {"AWS_DEFAULT_REGION": "us-east-1", "AWS_ACCESS_KEY_ID": "any", "AWS_SECRET_ACCESS_KEY": "any"}
    for name, value in {**settings, **credentials}.items():
        monkeypatch.setenv(name, value)
    sfn = boto3.session.Session().client("stepfunctions")
    machine = create(sfn, chain(1), type="EXPRESS")
    assert sfn.start_sync_execution(stateMachineArn=machine)["status"] == "SUCCEEDED"
    state = '{"Type": "Pass", "Next": "B"}'
    assert sfn.test_state(definition=state)["nextState"] == "B"


def test_the_prefix_can_be_switched_off(shared_server, monkeypatch):
    monkeypatch.setenv("AWS_DISABLE_HOST_PREFIX_INJECTION", "true")
    credentials = {"aws_access_key_id": "any", "aws_secret_access_key": "any"}
    sfn = boto3.client("stepfunctions", endpoint_url=shared_server.address, region_name="us-east-1", **credentials)
    machine = create(sfn, chain(1), type="EXPRESS")
    assert sfn.start_sync_execution(stateMachineArn=machine)["status"] == "SUCCEEDED"


def test_a_profile_is_enough(shared_server, monkeypatch, tmp_path):
    settings = tmp_path / "config"
    settings.write_text(
        "[profile stepwell]\n"
        f"endpoint_url = {shared_server.address.replace('://', '://stepwell@')}\n"
        "region = us-east-1\n"
        "aws_access_key_id = any\n"
        "aws_secret_access_key = any\n"
    )
    monkeypatch.setenv("AWS_CONFIG_FILE", str(settings))
    sfn = boto3.session.Session(profile_name="stepwell").client("stepfunctions")
    machine = create(sfn, chain(1), type="EXPRESS")
    assert sfn.start_sync_execution(stateMachineArn=machine)["status"] == "SUCCEEDED"


def test_a_name_for_the_prefixed_host_is_enough(shared_server, monkeypatch):
    """As if /etc/hosts had `127.0.0.1 sync-localhost`: then no client needs any setting."""
    resolve = socket.getaddrinfo
    monkeypatch.setattr(
        socket, "getaddrinfo", lambda host, *more, **options: resolve(host.removeprefix("sync-"), *more, **options)
    )
    address = shared_server.address.replace("127.0.0.1", "localhost")
    credentials = {"aws_access_key_id": "any", "aws_secret_access_key": "any"}
    sfn = boto3.client("stepfunctions", endpoint_url=address, region_name="us-east-1", **credentials)
    machine = create(sfn, chain(1), type="EXPRESS")
    assert sfn.start_sync_execution(stateMachineArn=machine)["status"] == "SUCCEEDED"
