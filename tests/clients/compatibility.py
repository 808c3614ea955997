"""Whether clients of one description of a service work with another one.

Requests may only widen, responses may only grow: what clients send must remain valid, what they read must remain.
Enumerations in responses may get values, since they are open (clients ignore unknown values); a body without a field
breaks, since unknown fields are rejected.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Literal

from shared.web.contract.sharing import whole_of

Json = Mapping[str, Any]
Way = Literal["request", "answer"]
_METHODS = ("get", "post", "put", "patch", "delete")
_LOWER = ("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties")
_UPPER = ("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties")


def breaks(old: Json, new: Json) -> list[str]:
    """What breaks clients of the old description, sorted; empty if it is compatible."""
    return sorted(set(_Comparison(_Side(old), _Side(new)).of_operations()))


class _Side:
    """A description that resolves references."""

    def __init__(self, document: Json) -> None:
        self.document = document

    def open(self, part: Json | None) -> Json:
        while part is not None and "$ref" in part:
            found: Any = self.document
            for name in part["$ref"].removeprefix("#/").split("/"):
                found = found[name.replace("~1", "/").replace("~0", "~")]
            part = found
        part = part or {}
        return whole_of(self.document, part) if "allOf" in part else part

    def alternatives(self, schema: Json) -> list[Json]:
        """The alternatives of a schema, or the schema alone."""
        if alternatives := schema.get("anyOf") or schema.get("oneOf"):
            return list(alternatives)
        if isinstance(kinds := schema.get("type"), list):
            return [{**schema, "type": kind} if kind != "null" else {"type": kind} for kind in kinds]
        return [schema]

    def security(self, operation: Json) -> list[Json]:
        return list(operation.get("security", self.document.get("security", [{}])))

    def operations(self) -> dict[str, Json]:
        return {
            f"{method.upper()} {path}": item[method]
            for path, item in self.document["paths"].items()
            for method in _METHODS
            if method in item
        }

    def parameters(self, operation: Json) -> dict[tuple[str, str], Json]:
        opened = [self.open(parameter) for parameter in operation.get("parameters", ())]
        return {(parameter["in"], parameter["name"].lower()): parameter for parameter in opened}


class _Comparison:
    """Compares two descriptions."""

    def __init__(self, old: _Side, new: _Side) -> None:
        self._old, self._new = old, new
        self._requests = _Narrowing(old, new, "request")
        self._responses = _Narrowing(new, old, "answer")

    def of_operations(self) -> Iterator[str]:
        present = self._new.operations()
        for name, before in self._old.operations().items():
            after = present.get(name)
            if after is None:
                yield f"{name}: is gone"
                continue
            if before["operationId"] != after["operationId"]:
                yield f"{name}: its operationId was {before['operationId']}"
            if {} in self._old.security(before) and {} not in self._new.security(after):
                yield f"{name}: asks for a token"
            yield from self._of_parameters(name, before, after)
            yield from self._of_bodies(name, before, after)
            yield from self._of_responses(name, before, after)

    def _of_parameters(self, name: str, before: Json, after: Json) -> Iterator[str]:
        had, has = self._old.parameters(before), self._new.parameters(after)
        for key, parameter in had.items():
            where = f"{name}: {key[0]} {parameter['name']}"
            if key not in has:
                yield f"{where} is gone"
                continue
            if has[key].get("required") and not parameter.get("required"):
                yield f"{where} is required now"
            yield from self._requests.faults(where, parameter.get("schema"), has[key].get("schema"))
        for key in has.keys() - had.keys():
            if has[key].get("required"):
                yield f"{name}: {key[0]} {has[key]['name']} is new and required"

    def _of_bodies(self, name: str, before: Json, after: Json) -> Iterator[str]:
        had, has = self._old.open(before.get("requestBody")), self._new.open(after.get("requestBody"))
        if has.get("required") and not had.get("required"):
            yield f"{name}: a body is required now"
        for media, content in had.get("content", {}).items():
            if media not in has.get("content", {}):
                yield f"{name}: takes no {media} any more"
                continue
            schema = has["content"][media].get("schema")
            yield from self._requests.faults(f"{name}: body", content.get("schema"), schema)

    def _of_responses(self, name: str, before: Json, after: Json) -> Iterator[str]:
        for status, response in before["responses"].items():
            if not status.startswith(("2", "3")):
                continue
            if status not in after["responses"]:
                yield f"{name}: answers no {status} any more"
                continue
            had, has = self._old.open(response), self._new.open(after["responses"][status])
            for header in had.get("headers", {}).keys() - has.get("headers", {}).keys():
                yield f"{name}: {status} has no header {header} any more"
            for media, content in had.get("content", {}).items():
                if media not in has.get("content", {}):
                    yield f"{name}: {status} is no {media} any more"
                    continue
                schema = has["content"][media].get("schema")
                yield from self._responses.faults(f"{name}: {status}", schema, content.get("schema"))


class _Narrowing:
    """Where a schema of `narrow` forbids what one of `wide` allows. For responses the old description is the narrow
    one: it must allow all that the new one may contain."""

    def __init__(self, wide: _Side, narrow: _Side, way: Way) -> None:
        self._wide, self._narrow, self._way = wide, narrow, way
        self._known: dict[tuple[str, str], list[str]] = {}
        """The faults of pairs of named schemas. A pair that is being compared has none of its own within itself."""

    def faults(self, where: str, was: Json | None, now: Json | None) -> Iterator[str]:
        pair = str((was or {}).get("$ref", "")), str((now or {}).get("$ref", ""))
        if not all(pair):
            yield from self._of_schemas(where, self._wide.open(was), self._narrow.open(now))
            return
        if pair not in self._known:
            self._known[pair] = []
            self._known[pair] = list(self._of_schemas("", self._wide.open(was), self._narrow.open(now)))
        yield from (f"{where}{fault}" for fault in self._known[pair])

    def _of_schemas(self, where: str, was: Json, now: Json) -> Iterator[str]:
        if not now:
            return
        asked, options = self._wide.alternatives(was), self._narrow.alternatives(now)
        if len(options) > 1 or len(asked) > 1:
            for option in asked:
                faults = [list(self.faults(where, option, other)) for other in options]
                if all(faults):
                    yield from min(faults, key=len)
            return
        was, now = self._wide.open(asked[0]), self._narrow.open(options[0])
        kinds, others = _kinds(was), _kinds(now)
        if others and not (kinds and kinds <= others | ({"integer"} if "number" in others else set())):
            yield f"{where}: {_words(kinds, self._way)} {_words(others, self._way, other=True)}"
            return
        yield from _bounds(where, was, now, self._way)
        yield from self._of_members(where, was, now)
        if "items" in now and ("array" in kinds or "items" in was):
            yield from self.faults(f"{where}[]", was.get("items"), now["items"])

    def _of_members(self, where: str, was: Json, now: Json) -> Iterator[str]:
        had, has = was.get("properties", {}), now.get("properties", {})
        word = "is required now" if self._way == "request" else "is not always there any more"
        for member in sorted(set(now.get("required", ())) - set(was.get("required", ()))):
            yield f"{where}.{member}: {word}"
        for member in sorted(had.keys() - has.keys()):
            if self._way == "request" and now.get("additionalProperties") is False:
                yield f"{where}.{member}: is not taken any more"
        for member in sorted(has.keys() - had.keys()):
            if self._way == "answer" and member not in now.get("required", ()):
                yield f"{where}.{member}: is gone"
        for member in sorted(had.keys() & has.keys()):
            yield from self.faults(f"{where}.{member}", had[member], has[member])


def _bounds(where: str, was: Json, now: Json, way: Way) -> Iterator[str]:
    sent, allowed = _values(was), _values(now)
    if way == "request" and allowed is not None and (sent is None or not sent <= allowed):
        yield f"{where}: takes only {', '.join(sorted(map(str, allowed)))}"
    if way == "answer" and allowed is not None and sent is None:
        yield f"{where}: is no enumeration any more"
    if way == "answer":
        return
    for word in _LOWER:
        if word in now and was.get(word, float("-inf")) < now[word]:
            yield f"{where}: {word} is {now[word]} now"
    for word in _UPPER:
        if word in now and was.get(word, float("inf")) > now[word]:
            yield f"{where}: {word} is {now[word]} now"
    for word in ("pattern", "format"):
        if word in now and was.get(word) != now[word]:
            yield f"{where}: {word} is {now[word]} now"


def _kinds(schema: Json) -> set[str]:
    kind = schema.get("type", ())
    if kind:
        return {kind} if isinstance(kind, str) else set(kind)
    return {"object"} if "properties" in schema else set()


def _values(schema: Json) -> set[Any] | None:
    if "const" in schema:
        return {schema["const"]}
    return set(schema["enum"]) if "enum" in schema else None


def _words(kinds: set[str], way: Way, *, other: bool = False) -> str:
    names = " or ".join(sorted(kinds)) or "anything"
    if way == "request":
        return f"takes only {names}" if other else f"took {names},"
    return f"was {names}" if other else f"may be {names},"
