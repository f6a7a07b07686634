"""The AWS command line as its users have it: arguments, an environment, what it prints."""

import contextlib
import io
import json
import os
import pathlib
import subprocess
import sys

import pytest
from awscli import clidriver

AWS = pathlib.Path(sys.executable).parent / "aws"


class AwsError(Exception):
    """What the command line printed of an error: its code and its message."""

    def __init__(self, code, text):
        super().__init__(text)
        self.code = code


def as_program(arguments, environment):
    """Runs the program: exit code, output, errors."""
    done = subprocess.run([AWS, *arguments], env=environment, capture_output=True, text=True, timeout=100)
    return done.returncode, done.stdout, done.stderr


def in_process(arguments, _environment):
    """What the program does, without a new process, whose start costs a second each time."""
    output, errors = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(output), contextlib.redirect_stderr(errors):
        code = clidriver.create_clidriver().main(arguments)
    return code, output.getvalue(), errors.getvalue()


class Cli:
    """`aws stepfunctions COMMAND`, and what it printed."""

    def __init__(self, call, environment, *options):
        self.call = call
        self.environment = environment
        self.options = options

    def run(self, command, *flags, **members):
        """Each keyword is an option; a value that is no string travels as JSON."""
        line = [*self.options, "stepfunctions", command, *flags]
        for name, value in members.items():
            line += [f"--{name.replace('_', '-')}", value if isinstance(value, str) else json.dumps(value)]
        code, output, errors = self.call(line, self.environment)
        if code:
            text = errors.strip()
            raise AwsError(text.partition("(")[2].partition(")")[0], text)
        return json.loads(output) if output.strip() else {}


@pytest.fixture(scope="session")
def environment():
    return dict(os.environ)


@pytest.fixture(scope="session")
def aws(environment):
    return Cli(in_process, environment)


@pytest.fixture(scope="session")
def program(environment):
    return Cli(as_program, environment)
