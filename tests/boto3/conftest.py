import boto3
import pytest
from moto.server import ThreadedMotoServer

from server import Server
from wire import Recorder


@pytest.fixture(scope="session")
def recorder():
    return Recorder()


@pytest.fixture(scope="session")
def shared_server(tmp_path_factory, recorder):
    server = Server(tmp_path_factory.mktemp("store"), recorder).start()
    yield server
    assert server.stop() == 0, server.log()


@pytest.fixture
def sfn(shared_server):
    return shared_server.client()


@pytest.fixture
def own_server(tmp_path, recorder):
    """A server that a test may kill and start again."""
    server = Server(tmp_path, recorder).start()
    yield server
    server.stop()


@pytest.fixture
def serve(tmp_path, recorder):
    """Starts servers of the test's own, with further arguments."""
    started = []

    def start(*arguments):
        folder = tmp_path / f"server-{len(started)}"
        folder.mkdir()
        started.append(Server(folder, recorder, *arguments).start())
        return started[-1]

    yield start
    for server in started:
        server.stop()


class Aws:
    """Other AWS services, as moto has them."""

    def __init__(self, url):
        self.url = url

    def client(self, service):
        keys = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}
        return boto3.client(service, endpoint_url=self.url, region_name="us-east-1", **keys)


@pytest.fixture(scope="session")
def aws():
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield Aws(f"http://{host}:{port}")
    server.stop()
