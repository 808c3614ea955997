"""The HTML of the portal's pages."""

from decimal import Decimal
from functools import cache
from typing import Any

from markupsafe import Markup, escape

from services.portal.pages.classifications import term_name
from services.portal.pages.texts import TEXTS, best, code_text, country_name
from shared.kernel.text import LANGUAGES
from shared.pages.charts.chart import number_text
from shared.pages.templates import Pages, in_languages
from shared.web.contract.catalogue import PROBLEMS
from shared.web.contract.vocabularies import NAMES, VOCABULARIES, terms_of


def _code(kind: str, code: str, *, language: str) -> str:
    return code_text(language, kind, code)


def _written(value: str, *, language: str) -> str:
    """An exact value of the API, which is a decimal number, as it is written in a language."""
    return number_text(Decimal(value), language, is_exact=True)


def _mark(name: str, *, language: str) -> str:
    """A mark between values, with its spaces: `comma`, `semicolon` or `colon`."""
    return TEXTS[f"mark.{name}"][language].format(before="", after="")


PAGES = Pages(
    "services.portal.pages",
    code=_code,
    best=best,
    country=country_name,
    term=term_name,
    number=number_text,
    written=_written,
    mark=_mark,
)


def page(name: str, language: str, *, tail: str | None = None, **values: Any) -> bytes:
    """Renders a template in one of the six languages. `tail` is the part of the address after the language, if the page
    exists in all six."""
    return PAGES.page(name, language, addresses=None if tail is None else in_languages(tail), **values)


@cache
def people(language: str, origin: str, has_console: bool) -> bytes:
    """What is published, and how to take part."""
    return page("people.html", language, tail="/people", origin=origin, has_console=has_console)


@cache
def account(language: str, origin: str, has_console: bool) -> bytes:
    """Registration, and use of the token of a mail."""
    return page("account.html", language, tail="/account", origin=origin, has_console=has_console)


@cache
def problems(language: str) -> bytes:
    """The list of all problems in one language, in the order of their statuses."""
    ordered = sorted(PROBLEMS.values(), key=lambda problem: problem.status)
    return page("problems.html", "en", shown=language, problems=ordered)


@cache
def problem(code: str, language: str) -> bytes:
    """The page of one problem of the catalogue, headed in one language, with its titles in all six."""
    found = PROBLEMS[code]
    return page("problem.html", "en", shown=language, problem=found, meaning=_coded(found.meaning), titled=LANGUAGES)


@cache
def vocabularies(language: str) -> bytes:
    """All vocabularies, and the terms of each in one language."""
    return page("vocabularies.html", "en", shown=language, about=NAMES, vocabularies=VOCABULARIES, coded=_coded)


def term(name: str, code: str, language: str) -> bytes:
    """The page of a code, headed in one language: what it means everywhere, and for single resources."""
    meant = [(term, _coded(term.meaning)) for term in terms_of(name, code)]
    return page("term.html", "en", shown=language, meant=meant, titled=LANGUAGES)


def _coded(sentence: str) -> Markup:
    """The sentence with text between backticks as code."""
    parts = (escape(part) for part in sentence.split("`"))
    return Markup("").join(Markup("<code>{}</code>").format(p) if n % 2 else p for n, p in enumerate(parts))
