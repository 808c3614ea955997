"""What a person entered when their session was over: kept, sealed, in their browser until they have signed in again."""

import time
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl

import orjson
from fastapi import Request
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException

from services.portal.console.session import cookies
from services.portal.console.session.keys import ConsoleKeys
from shared.kernel.errors import Malformed

FORM = "application/x-www-form-urlencoded"
TOKEN_FIELD, KEY_FIELD, KEPT_FIELD = "form_token", "form_key", "form_kept"
OWN_FIELDS = frozenset((TOKEN_FIELD, KEPT_FIELD))
_WITH_FILES = "multipart/form-data"
MOST_FIELDS, _MOST_FILES, _MOST_PLACES = 10_000, 10, 500
"""Fields and files of a form, and places in it for files, most of which people leave empty. A list of 500 rows has at
most 7,000 fields (the pillars of a framework)."""
LONGEST_PART = (1 << 20) + 1024
"""Bytes of a field of a form with files."""
_LARGEST = 1 << 20
Fields = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class KeptForm:
    """A form that was not sent on: where it goes, and its fields."""

    path: str
    fields: Fields


async def fields_of(request: Request) -> Fields:
    """The fields of a form in the order in which they were sent, without its files. Raises Malformed."""
    if has_files(request):
        return [(name, value) for name, value in (await _parts(request)).multi_items() if isinstance(value, str)]
    if _media(request) != FORM:
        return []
    body = await request.body()
    if body.count(b"&") >= MOST_FIELDS:
        raise Malformed(f"The form has more than {MOST_FIELDS} fields.")
    try:
        return parse_qsl(body.decode("ascii"), keep_blank_values=True, errors="strict")
    except ValueError:
        raise Malformed("The form is not valid.") from None


async def files_of(request: Request) -> Mapping[str, UploadFile]:
    """The files of a form by their fields. Raises Malformed."""
    if not has_files(request):
        return {}
    parts = (await _parts(request)).multi_items()
    found = {name: value for name, value in parts if isinstance(value, UploadFile) and value.filename}
    if len(found) > _MOST_FILES:
        raise Malformed(f"The form has more than {_MOST_FILES} files.")
    return found


def has_files(request: Request) -> bool:
    """Whether the request has a form that may have files."""
    return _media(request) == _WITH_FILES


async def _parts(request: Request) -> FormData:
    """The fields and files, which the request closes at its end."""
    try:
        return await request.form(max_files=_MOST_PLACES, max_fields=MOST_FIELDS, max_part_size=LONGEST_PART)
    except HTTPException as error:
        raise Malformed(str(error.detail)) from None
    except MultiPartException as error:
        raise Malformed(error.message) from None


def _media(request: Request) -> str:
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


def own_address(request: Request) -> str:
    """The address of the request, within the console."""
    query = request.scope["query_string"].decode("latin-1")
    path: str = request.scope["path"]
    return f"{path}?{query}" if query else path


async def kept_form(request: Request) -> KeptForm:
    """The form of a request, without what belongs to the session alone."""
    fields = [(name, value) for name, value in await fields_of(request) if name not in OWN_FIELDS]
    return KeptForm(own_address(request), fields)


def keep(keys: ConsoleKeys, issuer: str, account: str, form: KeptForm) -> list[str] | None:
    """The headers that keep a form for a person, for half an hour; None if it is too long."""
    content = orjson.dumps([int(time.time()), form.path, form.fields])
    return cookies.in_parts(issuer, keys.seal(zlib.compress(content, 9), account))


def kept_for(keys: ConsoleKeys, issuer: str, account: str, given: Mapping[str, str]) -> KeptForm | None:
    """What was kept for this person in this browser; None for another one, or after half an hour."""
    content = keys.open(cookies.from_parts(issuer, given), account)
    if content is None:
        return None
    unpacker = zlib.decompressobj()
    at, path, fields = orjson.loads(unpacker.decompress(content, _LARGEST))
    if time.time() - at > cookies.KEPT_LIFE:
        return None
    return KeptForm(path, [(name, value) for name, value in fields])
