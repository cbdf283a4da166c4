"""Serving says where it listens, and declines politely what it cannot do."""

import socket

import pytest
from django.core.management import CommandError, call_command

from portal import serving
from portal.serving import Address, AddressTaken


@pytest.fixture
def taken():
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield Address(port=server.getsockname()[1])


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


def test_a_taken_port_is_declined_with_a_way_out(taken):
    with pytest.raises(AddressTaken) as declined:
        serving.refuse_if_taken(taken)

    assert declined.value.params == {"address": f"http://127.0.0.1:{taken.port}"}
    assert "--port" in str(declined.value)


def test_the_command_ends_before_it_starts_anything(taken, monkeypatch):
    started = []
    monkeypatch.setattr(serving, "serve", lambda *lines, **more: started.append(lines))

    with pytest.raises(CommandError, match="the port is taken"):
        call_command("serve", "--port", str(taken.port))

    assert started == []


def test_a_demonstration_is_not_played_for_a_port_that_is_taken(taken, monkeypatch, tmp_path):
    monkeypatch.setattr("os.execve", lambda *_: None)

    with pytest.raises(CommandError, match="the port is taken"):
        call_command("demo", "--port", str(taken.port))


def test_a_free_port_stays_free_after_the_look():
    address = Address(port=free_port())

    serving.refuse_if_taken(address)

    with socket.create_server((address.host, address.port)) as bound:
        assert bound.getsockname()[1] == address.port


def test_the_web_server_gets_the_address_and_the_number_of_its_processes():
    web, worker = serving.commands(Address("0.0.0.0", 8080), workers=3)  # noqa: S104

    text = " ".join(web)
    assert "--host 0.0.0.0 --port 8080 --workers 3" in text
    assert worker[-1] == "worker"
