"""What the contract states about a model beyond its types: descriptions, references, states, patches, transitions.

A string in a field's `Annotated` describes it. A body or response that is declared `of` a record inherits the
descriptions and references of the record's fields with the same names:

    class Visit(RecordResponse, of=record.Visit, lifecycle=domain.LIFECYCLE): ...
"""

from collections.abc import Iterable, Sequence
from functools import cache
from types import UnionType
from typing import Annotated, Any, ClassVar, TypeAlias, Union, get_args, get_origin

from pydantic import BaseModel, ConfigDict, Field, GetJsonSchemaHandler, create_model
from pydantic.fields import FieldInfo
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

from shared.kernel.lifecycle import Lifecycle
from shared.records.record import Record, Refers, fields_of

JsonSchema: TypeAlias = dict[str, Any]
"""A JSON Schema."""
STATES = "x-extensible-enum"
"""The present values of a text; adding values does not break the contract."""


class Described(BaseModel):
    """The base of bodies and responses. `of` is the record whose fields it shares, `lifecycle` that of its `status`."""

    described_by: ClassVar[type[Record] | None] = None
    shown_lifecycle: ClassVar[Lifecycle[Any] | None] = None

    def __init_subclass__(
        cls, of: type[Record] | None = None, lifecycle: Lifecycle[Any] | None = None, **more: Any
    ) -> None:
        super().__init_subclass__(**more)
        cls.described_by = of or cls.described_by
        cls.shown_lifecycle = lifecycle or cls.shown_lifecycle

    @classmethod
    def __get_pydantic_json_schema__(cls, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        schema = handler(core)
        properties = handler.resolve_ref_schema(schema)["properties"] if cls.model_fields else {}
        for name, field in cls.model_fields.items():
            properties[field.alias or name].update(cls._said_of(name, field))
        return schema

    @classmethod
    def _said_of(cls, name: str, field: FieldInfo) -> JsonSchema:
        own = fields_of(cls.described_by).get(name) if cls.described_by else None
        refers = _first(field.metadata, Refers) or (own and own.refers)
        said = {
            "description": _first(field.metadata, str) or (own and own.description),
            "x-escm-reference": refers and refers.path,
            STATES: [*cls.shown_lifecycle.states] if cls.shown_lifecycle and name == "status" else None,
        }
        return {key: value for key, value in said.items() if value}


class ShownAs:
    """Makes the contract show another model for a type, as in `Annotated[dict[str, Any], ShownAs(Model)]`."""

    def __init__(self, model: type[BaseModel]) -> None:
        self.model = model

    def __get_pydantic_json_schema__(self, _core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return handler(core_schema.definitions_schema(self.model.__pydantic_core_schema__, []))


class _Patch(Described):
    """A merge patch (RFC 7396): an absent field is unchanged, null removes the value, lists are replaced as a whole."""

    model_config = ConfigDict(extra="forbid")

    @classmethod
    def __get_pydantic_json_schema__(cls, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        schema = super().__get_pydantic_json_schema__(core, handler)
        for shown in handler.resolve_ref_schema(schema)["properties"].values():
            shown.pop("default", None)
        return schema


@cache
def patch_of(name: str, body: type[BaseModel]) -> type[BaseModel]:
    """The merge patch of a body, `ExpertPatch` for the name `Expert`: all its fields, optional and nullable."""
    fields: dict[str, Any] = {field: _optional(info) for field, info in body.model_fields.items()}
    more = {"of": body.described_by if issubclass(body, Described) else None}
    return create_model(f"{name}Patch", __base__=_Patch, __doc__=_Patch.__doc__, __cls_kwargs__=more, **fields)


@cache
def create_of(name: str, body: type[BaseModel]) -> type[BaseModel]:
    """The body of a creation, `ExpertCreate` for the name `Expert`, whatever its class is called."""
    wanted = f"{name}Create"
    return body if body.__name__ == wanted else create_model(wanted, __base__=body, __doc__=body.__doc__)


def _optional(field: FieldInfo) -> tuple[Any, Any]:
    said = [mark for mark in (*field.metadata, field.description) if isinstance(mark, str | Refers)]
    annotation: Any = _patched(field.rebuild_annotation()) | None
    shown: Any = Field(None, alias=field.alias)
    return (Annotated[annotation, *said] if said else annotation), shown


def _patched(annotation: Any) -> Any:
    """The type within a patch: parts of objects may be absent or null too."""
    origin, parts = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        inner = _patched(parts[0])
        return annotation if inner == parts[0] else inner
    if origin in (Union, UnionType):
        return Union[tuple(_patched(part) for part in parts)]  # noqa: UP007
    if origin is dict:
        return dict.__class_getitem__((parts[0], parts[1] | None))
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return patch_of(annotation.__name__, annotation)
    return annotation


def fields_schema(model: type[BaseModel] | None, names: Iterable[str], required: Sequence[str] = ()) -> JsonSchema:
    """The JSON Schema of these `fields` of a transition: an object with no other names, and with those `required`."""
    whole = model.model_json_schema() if model else {}
    known = whole.get("properties", {})
    schema: JsonSchema = {"type": "object", "properties": {name: known[name] for name in names}}
    if required:
        schema["required"] = list(required)
    if "$defs" in whole and "#/$defs/" in str(schema):
        schema["$defs"] = whole["$defs"]
    return schema | {"additionalProperties": False}


def _first(metadata: Iterable[Any], kind: type[Any]) -> Any:
    return next((mark for mark in metadata if isinstance(mark, kind)), None)
