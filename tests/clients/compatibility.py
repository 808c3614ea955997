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
_DEEPEST = 12


def breaks(old: Json, new: Json) -> list[str]:
    """What breaks clients of the old description, sorted; empty if it is compatible."""
    return sorted(set(_of_operations(_Side(old), _Side(new))))


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

    def options(self, schema: Json) -> list[Json]:
        """The alternatives of a schema, or the schema alone; the parts of `allOf` are merged."""
        if alternatives := schema.get("anyOf") or schema.get("oneOf"):
            return [self.open(alternative) for alternative in alternatives]
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


def _of_operations(old: _Side, new: _Side) -> Iterator[str]:
    present = new.operations()
    for name, before in old.operations().items():
        after = present.get(name)
        if after is None:
            yield f"{name}: is gone"
            continue
        if before["operationId"] != after["operationId"]:
            yield f"{name}: its operationId was {before['operationId']}"
        if {} in old.security(before) and {} not in new.security(after):
            yield f"{name}: asks for a token"
        yield from _of_parameters(name, old, before, new, after)
        yield from _of_bodies(name, old, before, new, after)
        yield from _of_responses(name, old, before, new, after)


def _of_parameters(name: str, old: _Side, before: Json, new: _Side, after: Json) -> Iterator[str]:
    had, has = old.parameters(before), new.parameters(after)
    for key, parameter in had.items():
        where = f"{name}: {key[0]} {parameter['name']}"
        if key not in has:
            yield f"{where} is gone"
            continue
        if has[key].get("required") and not parameter.get("required"):
            yield f"{where} is required now"
        yield from _narrower(where, old, parameter.get("schema"), new, has[key].get("schema"), "request")
    for key in has.keys() - had.keys():
        if has[key].get("required"):
            yield f"{name}: {key[0]} {has[key]['name']} is new and required"


def _of_bodies(name: str, old: _Side, before: Json, new: _Side, after: Json) -> Iterator[str]:
    had, has = old.open(before.get("requestBody")), new.open(after.get("requestBody"))
    if has.get("required") and not had.get("required"):
        yield f"{name}: a body is required now"
    for media, content in had.get("content", {}).items():
        if media not in has.get("content", {}):
            yield f"{name}: takes no {media} any more"
            continue
        schema = has["content"][media].get("schema")
        yield from _narrower(f"{name}: body", old, content.get("schema"), new, schema, "request")


def _of_responses(name: str, old: _Side, before: Json, new: _Side, after: Json) -> Iterator[str]:
    for status, response in before["responses"].items():
        if not status.startswith(("2", "3")):
            continue
        if status not in after["responses"]:
            yield f"{name}: answers no {status} any more"
            continue
        had, has = old.open(response), new.open(after["responses"][status])
        for header in had.get("headers", {}).keys() - has.get("headers", {}).keys():
            yield f"{name}: {status} has no header {header} any more"
        for media, content in had.get("content", {}).items():
            if media not in has.get("content", {}):
                yield f"{name}: {status} is no {media} any more"
                continue
            schema = has["content"][media].get("schema")
            yield from _narrower(f"{name}: {status}", new, schema, old, content.get("schema"), "answer")


def _narrower(
    where: str, wide: _Side, was: Json | None, narrow: _Side, now: Json | None, way: Way, depth: int = 0
) -> Iterator[str]:
    """Where `now` forbids what `was` allows. For responses the caller swaps the arguments: the old one must allow all
    that the new one may contain."""
    was, now = wide.open(was), narrow.open(now)
    if was == now or not now or depth > _DEEPEST:
        return
    asked, options = wide.options(was), narrow.options(now)
    if len(options) > 1 or len(asked) > 1:
        for option in asked:
            faults = [list(_narrower(where, wide, option, narrow, other, way, depth + 1)) for other in options]
            if not any(not fault for fault in faults):
                yield from min(faults, key=len)
        return
    was, now = asked[0], options[0]
    kinds, others = _kinds(was), _kinds(now)
    if others and not (kinds and kinds <= others | ({"integer"} if "number" in others else set())):
        yield f"{where}: {_words(kinds, way)} {_words(others, way, other=True)}"
        return
    yield from _bounds(where, was, now, way)
    yield from _members(where, wide, was, narrow, now, way, depth)
    if "items" in now and ("array" in kinds or "items" in was):
        yield from _narrower(f"{where}[]", wide, was.get("items"), narrow, now["items"], way, depth + 1)


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


def _members(where: str, wide: _Side, was: Json, narrow: _Side, now: Json, way: Way, depth: int) -> Iterator[str]:
    had, has = was.get("properties", {}), now.get("properties", {})
    word = "is required now" if way == "request" else "is not always there any more"
    for member in sorted(set(now.get("required", ())) - set(was.get("required", ()))):
        yield f"{where}.{member}: {word}"
    for member in sorted(had.keys() - has.keys()):
        if way == "request" and now.get("additionalProperties") is False:
            yield f"{where}.{member}: is not taken any more"
    for member in sorted(has.keys() - had.keys()):
        if way == "answer" and member not in now.get("required", ()):
            yield f"{where}.{member}: is gone"
    for member in sorted(had.keys() & has.keys()):
        yield from _narrower(f"{where}.{member}", wide, had[member], narrow, has[member], way, depth + 1)


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
