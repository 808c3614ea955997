"""The mail server of the tests ends whatever its clients left open."""

import gc
import socket
from urllib.parse import urlsplit

import pytest

from tests.support.mailbox import Mailbox


def test_it_stops_while_clients_are_connected() -> None:
    mailbox = Mailbox()
    mailbox.start()
    address = urlsplit(mailbox.url)
    assert address.hostname is not None
    place = (address.hostname, address.port or 0)
    with socket.create_connection(place) as greeted, socket.create_connection(place):
        assert greeted.recv(3) == b"220"
        mailbox.stop()
        gc.collect()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(place)
