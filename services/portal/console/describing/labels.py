"""What fields, codes and kinds are called in the reader's language. Where `fields.csv` or `codes.csv` has no text, the
name of the contract stands for it, in English."""

import csv
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Literal

from services.portal.pages.classifications import term_name, term_names
from services.portal.pages.texts import TEXTS, text, words
from shared.contracts.kinds import kind_names
from shared.kernel.text import LANGUAGES
from shared.pages.texts import OWN_NAMES, Texts
from shared.web.contract.catalogue import PROBLEMS
from shared.web.contract.vocabularies import Term, terms_of

_OF_STATES = ("state", "stage", "status")
_OF_TERMS = frozenset(
    ("field", "fields", "planetary_boundary", "planetary_boundaries", "ecosystem", "ecosystems", "theme", "themes")
)
_UNLISTED = frozenset(("decision", "outcome", "state"))
"""Members that hold a code which the contract does not list."""
_CODES = Texts("services.portal.console.frame")
"""The texts of the console, with those of codes: `visibility.public`."""


@cache
def texts_of(table: Literal["fields", "codes"]) -> Mapping[str, Mapping[str, str]]:
    """The names of fields or codes by language."""
    with files("services.portal.console.describing").joinpath(f"{table}.csv").open(encoding="utf-8") as lines:
        return {row["name"]: {tag: row[tag] for tag in LANGUAGES} for row in csv.DictReader(lines)}


def field_label(name: str, language: str) -> str:
    """The name of a field."""
    if name in OWN_NAMES:
        return OWN_NAMES[name]
    plain = name.removesuffix("_id").removesuffix("_ids")
    found = texts_of("fields").get(name) or texts_of("fields").get(plain)
    return found[language] if found else words(plain)


def is_named(name: str) -> bool:
    """Whether a field has a name in all languages."""
    known = texts_of("fields")
    return name in OWN_NAMES or name in known or name.removesuffix("_id").removesuffix("_ids") in known


def verb_label(verb: str, kind: str, language: str) -> str:
    """What a verb does, such as `Approve`."""
    term = _term("verbs", verb, kind)
    return term.titles[language] if term else words(verb)


def verb_meaning(verb: str, kind: str) -> str:
    """What a verb does, in a sentence in English; empty for an unknown one."""
    term = _term("verbs", verb, kind)
    return term.meaning if term else ""


def state_label(state: str, kind: str, language: str) -> str:
    """The name of a state."""
    term = _term("states", state, kind)
    return term.titles[language] if term else words(state)


def reason_label(code: str, kind: str, language: str) -> str:
    """Why a step is blocked."""
    term = _term("reasons", code, kind)
    return term.titles[language] if term else words(code)


def is_code(name: str, text: str) -> bool:
    """Whether the text of a field is a code that has a name, although the contract does not list it."""
    if name in _UNLISTED and text in texts_of("codes"):
        return True
    return f"{name}.{text}" in _CODES.rows or (name in _OF_TERMS and text in term_names())


def code_label(name: str, code: str, language: str) -> str:
    """A code of a field, such as a category."""
    if name in _OF_TERMS and code in term_names():
        return term_name(code, language)
    if name in _OF_STATES and (term := _term("states", code, "")):
        return term.titles[language]
    key = f"{name}.{code}"
    if key in _CODES.rows:
        return _CODES.text(language, key)
    if key in TEXTS:
        return text(language, key)
    found = texts_of("codes").get(code)
    return found[language] if found else list_label(code, language)


def kind_label(kind: str, language: str) -> str:
    """The name of one record of a kind, such as `Expert`."""
    return _name_of(kind_names(), kind, language)


def list_label(kind: str, language: str) -> str:
    """The name of the records of a kind, such as `Experts`."""
    return _name_of(kind_names("many"), kind, language)


def _name_of(names: Mapping[str, Mapping[str, str]], kind: str, language: str) -> str:
    return names[kind][language] if kind in names else words(kind.rpartition(".")[2])


def fault_label(code: str, language: str) -> str:
    """What is wrong with a field."""
    found = PROBLEMS.get(code)
    return found.titles[language] if found else words(code)


def _term(vocabulary: str, code: str, kind: str) -> Term | None:
    terms = terms_of(vocabulary, code)
    return next((term for term in terms if term.resource == kind), None) or next(iter(terms), None)
