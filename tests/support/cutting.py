"""A line to the system that is cut: the request arrives, its response does not."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

_CHUNK = 65_536


@dataclass
class CutLine:
    """Passes bytes to a port, and drops the next `left` responses to requests that begin with `request`."""

    target: int
    request: bytes
    left: int = 1
    port: int = 0
    cuts: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def serve(self, listening: socket.socket) -> None:
        """Accepts connections until the socket is closed."""
        with suppress(OSError):
            while True:
                client, _ = listening.accept()
                server = socket.create_connection(("127.0.0.1", self.target))
                asked: list[bool] = []
                for way in (self._up, self._down):
                    threading.Thread(target=way, args=(client, server, asked), daemon=True).start()

    def _up(self, client: socket.socket, server: socket.socket, asked: list[bool]) -> None:
        with suppress(OSError):
            while chunk := client.recv(_CHUNK):
                if chunk.startswith(self.request):
                    asked.append(True)
                server.sendall(chunk)
        self._end(client, server)

    def _down(self, client: socket.socket, server: socket.socket, asked: list[bool]) -> None:
        with suppress(OSError):
            while chunk := server.recv(_CHUNK):
                if asked and self._cuts():
                    break
                client.sendall(chunk)
        self._end(client, server)

    def _cuts(self) -> bool:
        with self._lock:
            if not self.left:
                return False
            self.left, self.cuts = self.left - 1, self.cuts + 1
            return True

    @staticmethod
    def _end(*sockets: socket.socket) -> None:
        for one in sockets:
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()


@contextmanager
def cut_line(target: int, request: bytes, times: int = 1) -> Iterator[CutLine]:
    """A line to a port of this machine."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        line = CutLine(target, request, times, port=listening.getsockname()[1])
        threading.Thread(target=line.serve, args=(listening,), daemon=True).start()
        yield line
        listening.shutdown(socket.SHUT_RDWR)
