import pytest

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
