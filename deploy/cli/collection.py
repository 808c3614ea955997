"""The collection of requests for Bruno (`docs/bruno`): a folder for each task, made from the committed descriptions.

`tasks.csv` names the operations of each task, in order; everything else follows from the contract.
"""

import csv
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

from deploy.local.folder import PROJECT
from deploy.matrix.contract import Described, described_operations

COLLECTION = PROJECT / "docs" / "bruno"
TASKS = COLLECTION / "tasks.csv"
_BODIES = {
    "application/json": "json",
    "application/merge-patch+json": "json",
    "multipart/form-data": "multipartForm",
    "application/x-www-form-urlencoded": "formUrlEncoded",
}
_BLOCKS = {"json": "body:json", "multipartForm": "body:multipart-form", "formUrlEncoded": "body:form-urlencoded"}
_SIGN_IN = {"grant_type": "password", "username": "{{username}}", "password": "{{password}}"}
_FIXED = {
    "bruno.json": json.dumps({"version": "1", "name": "ESCM", "type": "collection", "ignore": []}, indent=2) + "\n",
    "collection.bru": "auth {\n  mode: bearer\n}\n\nauth:bearer {\n  token: {{token}}\n}\n",
    "environments/laptop.bru": (
        "vars {\n  base: http://127.0.0.1:8000\n  username: admin@demo.example\n  password: demo-admin-password\n}\n"
    ),
}
"""The accounts of the demonstration have public passwords."""


def collection() -> dict[str, str]:
    """The files of the collection by their path in it. Raises KeyError for an operation that the contract lacks."""
    operations = described_operations()
    files = dict(_FIXED)
    with TASKS.open(encoding="utf-8") as lines:
        tasks = groupby(csv.DictReader(lines), lambda row: row["task"])
        for place, (task, rows) in enumerate(tasks, 1):
            folder = _slug(task)
            files[f"{folder}/folder.bru"] = f"meta {{\n  name: {task}\n  seq: {place}\n}}\n"
            for number, row in enumerate(rows, 1):
                name = f"{folder}/{number:02d}-{_slug(row['verb'] or row['operation'])}.bru"
                files[name] = _request(operations[row["operation"]], row["verb"], number)
    return files


def stale(files: Mapping[str, str]) -> list[str]:
    """The paths of the collection that differ from these files."""
    present = {path.relative_to(COLLECTION).as_posix(): path for path in COLLECTION.rglob("*") if path.is_file()}
    present.pop(TASKS.name, None)
    differing = {name for name, text in files.items() if name not in present or present[name].read_text() != text}
    return sorted(differing | (present.keys() - files.keys()))


def write(files: Mapping[str, str]) -> None:
    """Writes the collection, and removes what it no longer has."""
    for name in stale(files):
        path: Path = COLLECTION / name
        if name not in files:
            path.unlink()
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(files[name], encoding="utf-8")


def _request(of: Described, verb: str, number: int) -> str:
    media = next(iter(of.described.get("requestBody", {}).get("content", {})), "")
    kind = _BODIES.get(media, "none")
    name = of.described["summary"] if not verb else f"{of.described['summary']}: {verb}"
    address = "{{base}}" + re.sub(r"\{(\w+)\}", r"{{\1}}", of.path)
    auth = "none" if of.described.get("security") == [] else "inherit"
    parts = [
        _block("meta", [f"name: {name}", "type: http", f"seq: {number}"]),
        _block(of.method, [f"url: {address}", f"body: {kind}", f"auth: {auth}"]),
        _block("params:query", [f"~{one}: " for one in _parameters(of, "query")]),
        _block("headers", list(_headers(of))),
        _block(_BLOCKS.get(kind, ""), _body(of, media, verb)),
        _block("script:post-response", _remembered(of)),
        _block("docs", [of.described.get("description") or name]),
    ]
    return "\n".join(filter(None, parts))


def _block(name: str, lines: Sequence[str]) -> str:
    body = "".join(f"  {line}\n" for text in lines for line in text.splitlines())
    return f"{name} {{\n{body}}}\n" if name and body else ""


def _parameters(of: Described, place: str) -> Iterator[str]:
    for parameter in of.described.get("parameters", ()):
        given = _resolved(of, parameter)
        if given["in"] == place:
            yield given["name"]


def _headers(of: Described) -> Iterator[str]:
    for name in _parameters(of, "header"):
        if name == "If-Match":
            yield "If-Match: {{etag}}"
        elif name == "Idempotency-Key":
            yield "Idempotency-Key: {{$guid}}"


def _body(of: Described, media: str, verb: str) -> list[str]:
    if not media:
        return []
    sample = _sample(of, of.described["requestBody"]["content"][media]["schema"])
    if of.described["operationId"] == "createToken":
        sample = _SIGN_IN
    if verb:
        sample = {"action": verb, "reason": "Why it is done."}
    if _BODIES[media] == "json":
        return [json.dumps(sample, indent=2, ensure_ascii=False)]
    return [f"{name}: {'@file()' if name == 'file' else value}" for name, value in sample.items()]


def _remembered(of: Described) -> list[str]:
    """What later requests of the folder use: the token, the record and its version."""
    if of.described["operationId"] == "createToken":
        return ['bru.setVar("token", res.body.access_token);']
    if of.method == "get" and "{" not in of.path:
        return ['if (res.body.items && res.body.items.length) bru.setVar("record", res.body.items[0].id);']
    return [
        'if (res.headers.etag) bru.setVar("etag", res.headers.etag);',
        *(['if (res.body.id) bru.setVar("record", res.body.id);'] if of.method == "post" else []),
    ]


def _resolved(of: Described, part: Mapping[str, Any]) -> Mapping[str, Any]:
    while "$ref" in part:
        found: Any = of.document
        for name in part["$ref"].removeprefix("#/").split("/"):
            found = found[name]
        part = found
    return part


def _sample(of: Described, schema: Mapping[str, Any]) -> Any:
    """The smallest value of a schema: its required members, with their examples, or those of the recorded response."""
    made = str(schema.get("$ref", "")).rpartition("/")[2].removesuffix("Create")
    recorded = of.document["components"]["schemas"].get(made, {}).get("examples", [{}])[0]
    schema = _resolved(of, schema)
    kind = schema.get("type")
    kind = kind[0] if isinstance(kind, list) else kind
    if kind == "object" and "properties" in schema:
        members = {name: schema["properties"][name] for name in schema.get("required", ())}
        return {name: recorded.get(name) or _sample(of, member) for name, member in members.items()}
    given = [*schema.get("examples", ()), *schema.get("enum", ()), schema.get("const")]
    several = [*schema.get("anyOf", ()), *schema.get("oneOf", ()), *schema.get("allOf", ())]
    if given[0] is None and several:
        return _sample(of, several[0])
    if given[0] is None and kind == "array":
        return [_sample(of, schema["items"])]
    plain = {"integer": 1, "number": 1, "boolean": False, "object": {}}.get(str(kind), "")
    return plain if given[0] is None else given[0]


def _slug(text: str) -> str:
    return re.sub(r"[^a-z]+", "-", re.sub(r"(?<=[a-z])(?=[A-Z])", "-", text).lower()).strip("-")
