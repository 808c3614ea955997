"""The HTML of the console's pages."""

import re

from markupsafe import Markup

from services.portal.console.describing.labels import (
    code_label,
    fault_label,
    field_label,
    is_named,
    kind_label,
    list_label,
    state_label,
    verb_label,
)
from services.portal.console.frame.naming import place_of
from services.portal.console.session.kept import KEY_FIELD, TOKEN_FIELD
from services.portal.pages.assets import PACKAGE
from services.portal.pages.texts import best, code_text, country_name, words
from shared.database.ids import uuid7
from shared.pages.charts.chart import number_text
from shared.pages.templates import Pages
from shared.web.contract.vocabularies import terms_of

_RECORD = re.compile(r"/([a-z]+)/v1/([a-z_]+)/([A-Za-z0-9-]{1,64})")
_HIDDEN = Markup('<input type="hidden" name="{}" value="{}">')


def named(vocabulary: str, code: str, *, language: str) -> str:
    """What a code of a vocabulary, such as `states`, is called; for an unknown code, the code as words."""
    terms = terms_of(vocabulary, code)
    return terms[0].titles.get(language) or terms[0].titles["en"] if terms else words(code)


def _is_translated(name: str, *, language: str) -> bool:
    return language == "en" or is_named(name)


def _code(kind: str, code: str, *, language: str) -> str:
    return code_text(language, kind, code)


def with_records(said: str) -> Markup:
    """A text, with a link in the place of each line that is the address of a record in the API."""
    lines = [(line, _RECORD.fullmatch(line.strip())) for line in said.split("\n")]
    return Markup("\n").join(_linked(found) if found else line for line, found in lines)


def _linked(found: re.Match[str]) -> Markup:
    return Markup('<a href="{}"><bdi>{}</bdi></a>').format(place_of(*found.groups()), found[3])


PAGES = Pages(
    "services.portal.console.frame",
    has_search=False,
    files_of=PACKAGE,
    best=best,
    code=_code,
    country=country_name,
    number=number_text,
    named=named,
    label=field_label,
    is_translated=_is_translated,
    code_name=code_label,
    kind_name=kind_label,
    list_name=list_label,
    state_name=state_label,
    verb_name=verb_label,
    fault=fault_label,
)


def form_fields(token: str) -> Markup:
    """What a form carries besides its own fields: the token of its session, and a key of its own."""
    return _HIDDEN.format(TOKEN_FIELD, token) + _HIDDEN.format(KEY_FIELD, uuid7().hex)
