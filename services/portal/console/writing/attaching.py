"""Files that a form sends beside its fields: each becomes evidence, which the field then names."""

from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from starlette.datastructures import UploadFile

from services.portal.console.describing.fields import EVIDENCE, EVIDENCE_FIELD, Field
from services.portal.console.forms.inputs import Input, all_of, inputs_of
from services.portal.console.forms.reading import Fault
from services.portal.console.forms.texts import Texts
from services.portal.console.frame.files import UPLOAD_SECONDS, SentFile, as_form, read_file
from services.portal.console.session.caller import Caller
from shared.kernel.ids import is_id
from shared.reading.api import Reply

FILE = ".file"
"""Ends the name of the input of a file, after the path of the reference to it."""
_CENTRES = "/centres/v1/centres/"
_OF_SCOPE = ("centre_id", "host_institution_id", "institution_id")
"""Members of a record that name the centre or institution whose officials may use its files."""


async def may_attach(caller: Caller, made: Sequence[Input]) -> bool:
    """Whether the form has references to evidence, and the caller may send files."""
    if not any(_takes_file(one) for each in made for one in all_of(each)):
        return False
    reply = await caller.get(EVIDENCE, {"limit": "1", "fields": "id", "include": "permitted"})
    return "create" in (reply.document.get("permitted") or ()) if reply.status_code == 200 else False


async def attached(
    caller: Caller, fields: Sequence[Field], sent: Texts, files: Mapping[str, UploadFile], about: Mapping[str, Any]
) -> tuple[Texts, list[Fault]]:
    """Sends the files of a form, about a record or what is said of a new one. Returns the id of each at the path of its
    reference, with its name as the title of a document that has none; and what is wrong."""
    texts: Texts = {}
    faults: list[Fault] = []
    entered = {**sent, **{name: [file.filename or ""] for name, file in files.items()}}
    for one in (one for each in inputs_of(fields, entered) for one in all_of(each) if _takes_file(one)):
        chosen = files.get(f"{one.path}{FILE}")
        file = await read_file(chosen) if chosen is not None else None
        if file is None:
            continue
        titled = f"{one.path.rpartition('.')[0]}.title"
        title = next(iter(sent.get(titled, [])), "").strip() or file.name
        said = {"title": title, "country": about.get("country"), "scope_id": _scope_of(about)}
        reply = await send_evidence(caller, {name: value for name, value in said.items() if value}, file)
        if reply.status_code == 201:
            texts |= {one.path: [str(reply.document["id"])], **({titled: [title]} if titled in sent else {})}
        else:
            faults.append(Fault(one.path, str(reply.document.get("code")), str(reply.document.get("detail") or "")))
    return texts, faults


def _scope_of(about: Mapping[str, Any]) -> str:
    """The centre or institution whose officials may use the file; empty for a record of a country alone."""
    if str((about.get("links") or {}).get("self", "")).startswith(_CENTRES):
        return str(about["id"])
    return next((str(about[name]) for name in _OF_SCOPE if is_id(str(about.get(name)))), "")


async def send_evidence(caller: Caller, said: Mapping[str, Any], file: SentFile) -> Reply:
    """The response to a file with what is said about it."""
    texts = {name: value if isinstance(value, str) else orjson.dumps(value).decode() for name, value in said.items()}
    media, content = as_form(texts, file)
    return await caller.send("POST", EVIDENCE, None, {"Content-Type": media}, content=content, seconds=UPLOAD_SECONDS)


def _takes_file(one: Input) -> bool:
    return one.field.name == EVIDENCE_FIELD
