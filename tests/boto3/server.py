"""A server process on a store file of its own, and clients of it."""

import os
import pathlib
import signal
import subprocess
import urllib.request

import boto3
from botocore.config import Config

ROOT = pathlib.Path(__file__).resolve().parents[2]


def program():
    """The server's program: STEPWELL_BIN, else what cargo built last."""
    if "STEPWELL_BIN" in os.environ:
        return pathlib.Path(os.environ["STEPWELL_BIN"])
    target = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
    built = [target / profile / "stepwell" for profile in ("release", "debug")]
    built = [path for path in built if path.exists()]
    assert built, "build the server first: cargo build -p stepwell"
    return max(built, key=lambda path: path.stat().st_mtime)


class Server:
    """`stepwell serve` with SQLite in `directory`, whose folders are buckets."""

    def __init__(self, directory, recorder, *arguments):
        self.store = pathlib.Path(directory) / "stepwell.db"
        self.recorder = recorder
        self.arguments = arguments
        self.process = None
        self.address = None

    def start(self):
        command = [program(), "serve", "--listen", "127.0.0.1:0", "--store", f"sqlite:{self.store}"]
        command += ["--files", self.store.parent, *self.arguments]
        with open(self.store.with_suffix(".log"), "ab") as log:
            self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, stdin=subprocess.DEVNULL, text=True, env=self.environment())
        line = self.process.stdout.readline().strip()
        greeting = "stepwell listening on "
        assert line.startswith(greeting), f"first line {line!r}; {self.log()}"
        self.address = line.removeprefix(greeting)
        return self

    def environment(self):
        """Calls of other services are signed, whoever checks that."""
        return {**os.environ, "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}

    def client(self):
        client = boto3.client(
            "stepfunctions",
            endpoint_url=self.address,
            region_name="us-east-1",
            aws_access_key_id="test",
            aws_secret_access_key="test",
            config=Config(inject_host_prefix=False, retries={"total_max_attempts": 1}, read_timeout=75),
        )
        self.recorder.watch(client)
        return client

    def kill(self):
        """kill -9: no chance to tidy up."""
        self.process.kill()
        self.process.wait(timeout=10)

    def stop(self):
        """SIGTERM, as an operator would; the exit code."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=30)

    def metrics(self):
        """The samples of the metrics page."""
        with urllib.request.urlopen(f"{self.address}/metrics") as page:
            lines = page.read().decode().splitlines()
        samples = (line.rsplit(" ", 1) for line in lines if not line.startswith("#"))
        return {name: float(value) for name, value in samples}

    def log(self):
        return self.store.with_suffix(".log").read_text(errors="replace")[-2000:]
