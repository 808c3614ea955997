"""The API of one installation."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

import httpx

from .contract import VERSION, Services
from .credentials import Credentials
from .dpop import DPoP
from .feed import EVENTS, Positions, read
from .jobs import Job
from .transport import Transport

if TYPE_CHECKING:
    from .models.access import CloudEvent


class Api(Services):
    """The API at an origin, such as `https://escm.example.org`, for a caller or, without credentials, for anybody.

    `timeout` is how many seconds a response may take, `attempts` how often a request is sent at most. An `http` client
    of your own has the origin as its `base_url`. With `dpop` tokens are bound to its key.
    """

    def __init__(
        self,
        base_url: str = "",
        credentials: Credentials | None = None,
        *,
        http: httpx.Client | None = None,
        timeout: float = 60,
        attempts: int = 5,
        language: str | None = None,
        sleep: Callable[[float], object] = time.sleep,
        dpop: DPoP | None = None,
    ) -> None:
        limits, agent = httpx.Timeout(timeout, connect=10), {"User-Agent": f"escm-client/{VERSION}"}
        self._http = http or httpx.Client(base_url=base_url, timeout=limits, headers=agent, follow_redirects=True)
        if dpop:
            dpop.watch(self._http)
        if language:
            self._http.headers["Accept-Language"] = language
        super().__init__(Transport(self._http, credentials, attempts, sleep))

    def __enter__(self) -> "Api":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Closes the connections."""
        self._http.close()

    def get(self, path: str, **query: Any) -> Any:
        """The JSON at any address, such as `links.self` of a record."""
        return self.transport.send("GET", path, query=query).json()

    def post(self, path: str, body: Mapping[str, Any] | None = None, *, key: str | None = None) -> Any:
        """The response to any other POST: its JSON, the Job that it started, or None."""
        response = self.transport.send("POST", path, json=body or {}, key=key)
        if response.status_code == httpx.codes.ACCEPTED and "location" in response.headers:
            return Job.of(self.transport, response)
        return response.json() if response.content else None

    def whoami(self) -> dict[str, Any]:
        """The caller, with its grants."""
        return dict(self.get("/access/v1/me"))

    def follow(
        self,
        positions: Positions | None = None,
        *,
        types: Sequence[str] = (),
        countries: Sequence[str] = (),
        start: Literal["oldest", "now"] = "oldest",
        until: Callable[[], bool] = bool,
        pause: float = 2,
    ) -> Iterator["CloudEvent"]:
        """The events of the records that the caller may read, in order, each at least once: a position is saved when
        all before it were used, so after an end of the program those of the last page come again.

        Without a saved position it begins with the `oldest` stored event, or `now`. At the end of the feed it asks
        again after `pause` seconds, or at once where the system itself waited; or ends, if `until` is true. Raises Gone
        if the position is older than the feed: read the lists again, then begin anew.
        """
        after = positions.load() if positions else None
        if after is None and start == "now":
            after = str(self.get(f"{EVENTS}/position")["after"])
            if positions:
                positions.save(after)
        query = {"type": types or None, "country": countries or None, "after": after}
        return read(self.transport, positions, query, until, pause)
