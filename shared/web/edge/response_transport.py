"""The transport of one response, which sends its head together with the beginning of its body."""

import asyncio


class ResponseTransport(asyncio.Transport):
    """Buffers the first bytes until more follow, so that both are one system call and one packet. If nothing follows in
    the same iteration of the event loop, as with an idle stream, they are sent alone."""

    __slots__ = ("_held", "_is_begun", "_loop", "_transport")

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self._transport = transport
        self._loop = loop
        self._held = b""
        self._is_begun = False

    def write(self, data: bytes) -> None:  # type: ignore[override]
        if not self._is_begun:
            self._is_begun = True
            self._held = data
            self._loop.call_soon(self._send_held)
        elif self._held:
            if not self._transport.is_closing():  # asyncio's own loop fails in writelines of a closed socket
                self._transport.writelines((self._held, data))
            self._held = b""
        else:
            self._transport.write(data)

    def _send_held(self) -> None:
        if self._held and not self._transport.is_closing():
            self._transport.write(self._held)
        self._held = b""

    def is_closing(self) -> bool:
        return self._transport.is_closing()

    def close(self) -> None:
        self._send_held()
        self._transport.close()
