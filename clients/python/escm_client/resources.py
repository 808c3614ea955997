"""Resources, which all have the same operations."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any, BinaryIO, Generic, TypeVar, cast

import httpx

from .errors import VersionConflict
from .jobs import Job
from .transport import Transport

Item = TypeVar("Item")
Create = TypeVar("Create")
Patch = TypeVar("Patch")
_PATCH = {"Content-Type": "application/merge-patch+json"}
_TIMES = 5  # that a change is tried on newer and newer versions


class Collection(Generic[Item, Create, Patch]):
    """A list of records, such as `/membership/v1/experts`. A record is named by its ref, its id or its address, or is
    given as it was read: then a change is for its `version`."""

    def __init__(self, transport: Transport, path: str) -> None:
        self.transport, self.path = transport, path

    def list(self, **query: Any) -> Iterator[Item]:
        """All records that the filters leave, read page by page as they are used. `limit` is the size of a page."""
        for page in self.pages(**query):
            yield from page["items"]

    def pages(self, **query: Any) -> Iterator[dict[str, Any]]:
        """The pages of a list, each with `items` and `next`."""
        page = self.read(**query)
        yield page
        while page.get("next") or (page.get("next_after") and page["items"]):
            if page.get("next"):
                page = self.transport.send("GET", page["next"]).json()
            else:
                page = self.read(**{**query, "after": page["next_after"]})
            yield page

    def rows(self, **query: Any) -> Iterator[Item]:
        """The whole list as it is at one moment, as a stream of one request."""
        with self.transport.stream("GET", self.path, query={**query, "format": "ndjson"}) as response:
            yield from map(json.loads, filter(None, response.iter_lines()))

    def get(self, record: "str | Item", **query: Any) -> Item:
        """The record as it is now, with `allowed_actions`."""
        return cast("Item", self.transport.send("GET", self.address(record), query=query).json())

    def create(self, body: Create, *, key: str | None = None, **query: Any) -> Item:
        """The new record. The same `key` again gives the same record; without one each call makes its own."""
        return cast("Item", self.transport.send("POST", self.path, json=body, key=key, query=query).json())

    def update(self, record: "str | Item", change: Patch, *, reread: bool = False) -> Item:
        """The record after a merge patch: absent fields stay, None removes, lists are replaced.

        Raises VersionConflict if it was changed since it was read; with `reread` the change is made to what it is now.
        """
        changed = self._on_version("PATCH", record, reread=reread, headers=_PATCH, json=change)
        return cast("Item", changed.json())

    def do(
        self,
        record: "str | Item",
        action: str,
        reason: str | None = None,
        fields: Mapping[str, Any] | None = None,
        *,
        key: str | None = None,
        reread: bool = False,
    ) -> Item:
        """The record after a transition, such as `approve`; `transitions` tells which there are."""
        body = {"action": action, "reason": reason, "fields": fields}
        sent = {name: value for name, value in body.items() if value is not None}
        return cast("Item", self._on_version("POST", record, "/transitions", reread=reread, json=sent, key=key).json())

    def delete(self, record: "str | Item") -> None:
        """Ends a record of the few resources that have this."""
        self._on_version("DELETE", record)

    def transitions(self, record: "str | Item") -> dict[str, Any]:
        """The verbs of the present state, whether the caller may do each, and what it needs."""
        return dict(self.transport.send("GET", f"{self.address(record)}/transitions").json())

    def history(self, record: "str | Item") -> Sequence[dict[str, Any]]:
        """The changes of the record, the newest first."""
        return [*self.part(record, "history").list()]

    def part(self, record: "str | Item", name: str) -> "Collection[dict[str, Any], dict[str, Any], dict[str, Any]]":
        """A list that belongs to a record, such as `affiliations` of an expert."""
        return Collection(self.transport, f"{self.address(record)}/{name}")

    def read(self, *parts: str, **query: Any) -> Any:
        """The JSON at an address below, such as `statistics.read()` or `calls.read("CAL-000001", "ranking")`."""
        return self.transport.send("GET", "/".join((self.path, *parts)), query=query).json()

    def address(self, record: "str | Item") -> str:
        """The address of a record."""
        if isinstance(record, str):
            return record if record.startswith("/") else f"{self.path}/{record}"
        found = cast("Mapping[str, Any]", record)
        return str(found["links"]["self"]) if "links" in found else f"{self.path}/{found['id']}"

    def _on_version(
        self, method: str, record: "str | Item", below: str = "", *, reread: bool = False, **send: Any
    ) -> httpx.Response:
        address, left = self.address(record), _TIMES if reread else 1
        etag = None if isinstance(record, str) else f'"{cast("Mapping[str, Any]", record)["version"]}"'
        headers = send.pop("headers", {})
        while True:
            left -= 1
            match = {"If-Match": etag or self.transport.send("GET", address).headers["etag"]}
            try:
                return self.transport.send(method, address + below, headers={**headers, **match}, **send)
            except VersionConflict as conflict:
                if left == 0:
                    raise
                etag = str(conflict.problem.get("current_etag") or "") or None


class Service:
    """The resources of a service by their names, such as `api.membership.experts`."""

    def __init__(self, name: str, transport: Transport) -> None:
        self._root, self._transport = f"/{name}/v1", transport

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        return Collection(self._transport, f"{self._root}/{name}")

    def job(self, job: str) -> Job:
        """A job by its id or address."""
        address = job if job.startswith("/") else f"{self._root}/jobs/{job}"
        return Job(self._transport, address, self._transport.send("GET", address).json())

    def import_file(
        self,
        resource: str,
        file: str | Path | BinaryIO,
        *,
        dry_run: bool = False,
        key: str | None = None,
        **fields: Any,
    ) -> Job:
        """The job that imports a CSV, NDJSON or XLSX file. `fields` are the others of `POST …/imports`, such as
        `on_error="abort"` or `mapping={"Nom": "full_name"}`."""
        given = {"resource": resource, "mode": "dry_run" if dry_run else "commit", **fields}
        data = {name: value if isinstance(value, str) else json.dumps(value) for name, value in given.items()}
        with ExitStack() as stack:
            content = stack.enter_context(Path(file).open("rb")) if isinstance(file, str | Path) else file
            name = Path(str(getattr(content, "name", resource))).name
            return self._started("imports", files={"file": (name, content)}, data=data, key=key)

    def export(self, resource: str, format: str = "csv", *, key: str | None = None, **body: Any) -> Job:  # noqa: A002
        """The job that exports records; `body` has `filters`, `fields`, `safe`. Its `download` stores the file."""
        return self._started("exports", json={"resource": resource, "format": format, **body}, key=key)

    def _started(self, jobs: str, **content: Any) -> Job:
        return Job.of(self._transport, self._transport.send("POST", f"{self._root}/{jobs}", **content))
