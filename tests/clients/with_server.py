"""Runs a command beside `stepwell serve`, and ends as the command does.

The server keeps everything in a file of its own and takes a free port. The
command finds its address, and any credentials, where every AWS client looks
for them; nothing else of the caller's own AWS settings is left. The address is
as docs/clients.md has it, with a name before the host. The server's program is
STEPWELL_BIN."""

import os
import pathlib
import signal
import subprocess
import sys
import tempfile

GREETING = "stepwell listening on "


def environment_of_clients(address):
    """The caller's environment with the AWS settings of docs/clients.md and no others."""
    mine = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    return {
        **mine,
        "AWS_ENDPOINT_URL_SFN": address.replace("://", "://stepwell@"),
        "AWS_REGION": "us-east-1",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "any",
        "AWS_SECRET_ACCESS_KEY": "any",
        "AWS_DEFAULT_OUTPUT": "json",
        # Neither files of the caller's nor a metadata service may say otherwise.
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
    }


def main(command):
    with tempfile.TemporaryDirectory() as folder:
        store = pathlib.Path(folder) / "stepwell.db"
        serve = [os.environ["STEPWELL_BIN"], "serve", "--listen", "127.0.0.1:0", "--store", f"sqlite:{store}"]
        log_path = pathlib.Path(folder) / "server.log"
        with open(log_path, "wb") as log:
            server = subprocess.Popen(serve, stdout=subprocess.PIPE, stderr=log, stdin=subprocess.DEVNULL, text=True)
        try:
            line = server.stdout.readline().strip()
            if not line.startswith(GREETING):
                print(f"the server's first line is {line!r}", log_path.read_text(errors="replace"), file=sys.stderr)
                return 1
            address = line.removeprefix(GREETING)
            code = subprocess.run(command, env=environment_of_clients(address)).returncode
        finally:
            server.send_signal(signal.SIGTERM)
            server_code = server.wait(timeout=60)
        if server_code != 0:
            print(f"the server ended with {server_code}", log_path.read_text(errors="replace"), file=sys.stderr)
            return 1
        return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
