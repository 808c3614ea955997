"""Jobs: work that outlives its request."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx

from .errors import JobFailed, TryLater, retry_after
from .transport import Transport

_OPEN = ("queued", "running")


class Job:
    """A job. `state` is what was last read of it."""

    def __init__(self, transport: Transport, address: str, state: dict[str, Any]) -> None:
        self._transport, self.address, self.state = transport, address, state

    @classmethod
    def of(cls, transport: Transport, accepted: httpx.Response) -> "Job":
        """The job that a request has started."""
        return cls(transport, accepted.headers["location"], accepted.json())

    @property
    def result(self) -> dict[str, Any]:
        """The result, as the operation that made the job describes it; empty until it has ended."""
        return self.state.get("result") or {}

    def wait(self, timeout: float = 3600, progress: Callable[[int, int], object] | None = None) -> dict[str, Any]:
        """The result, as soon as the job has succeeded. `progress` gets how much is done, and of how much.

        Raises JobFailed, and TryLater after `timeout` seconds: the job goes on.
        """
        until = time.monotonic() + timeout
        while True:
            response = self._transport.send("GET", self.address)
            self.state = response.json()
            if progress and (done := self.state.get("progress")):
                progress(done.get("done") or 0, done.get("total") or 0)
            if self.state["status"] not in _OPEN:
                break
            if time.monotonic() > until:
                raise TryLater({"status": 0, "code": "job_open", "title": f"The job is {self.state['status']}"})
            self._transport.sleep(min(retry_after(response) or 1, 5))
        if self.state["status"] != "succeeded":
            raise JobFailed(self.state.get("problem") or {"code": self.state["status"], "title": "The job has ended"})
        return self.result

    def cancel(self) -> None:
        """Asks that the job ends."""
        self._transport.send("DELETE", self.address)

    def download(self, to: str | Path) -> Path:
        """Waits for the job, and stores the file at `result_url`."""
        self.wait()
        return self.store(self.state["result_url"], to)

    def store(self, address: str, to: str | Path, progress: Callable[[int, int], object] | None = None) -> Path:
        """Stores a file that the result names, such as `failures_url`. `progress` gets the bytes, and of how many."""
        target = Path(to)
        with self._transport.stream("GET", address) as response, target.open("wb") as file:
            for chunk in response.iter_bytes():
                file.write(chunk)
                if progress:
                    progress(response.num_bytes_downloaded, int(response.headers.get("content-length") or 0))
        return target
