"""The HTML of the pages: Jinja templates, whose values are escaped, in the frame that all pages have."""

from functools import cache, partial
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from services.portal.pages.texts import OWN_NAMES, best, code_text, country_name, text
from shared.web.catalogue import LANGUAGES, PROBLEMS

_TEMPLATES = Environment(
    loader=PackageLoader("services.portal.pages", "static"),
    undefined=StrictUndefined,
    autoescape=True,
    trim_blocks=True,
    lstrip_blocks=True,
)


def page(name: str, language: str, **values: Any) -> bytes:
    """A page of a template in one of the six languages.

    `tail` is what follows the language in the address of a page that is there in all six; `here` is the part of the
    site that the page belongs to.
    """
    said = {
        "language": language,
        "languages": OWN_NAMES,
        "tail": None,
        "here": "",
        "t": partial(text, language),
        "code": partial(code_text, language),
        "best": partial(best, language=language),
        "country": partial(country_name, language=language),
    }
    return _TEMPLATES.get_template(name).render({**said, **values}).encode()


@cache
def front(language: str) -> bytes:
    """The front page."""
    return page("front.html", language, tail="/")


@cache
def people(language: str) -> bytes:
    """What is published, and how to take part."""
    return page("people.html", language, tail="/people")


@cache
def account(language: str) -> bytes:
    """Registering, and using the token of a mail."""
    return page("account.html", language, tail="/account")


@cache
def reference() -> bytes:
    """The page in which the browser draws the reference."""
    return page("docs.html", "en", here="reference")


@cache
def problems(language: str) -> bytes:
    """The list of all problems, titled in a language, in the order of their statuses."""
    ordered = sorted(PROBLEMS.values(), key=lambda problem: problem.status)
    return page("problems.html", "en", shown=language, problems=ordered)


@cache
def problem(code: str, language: str) -> bytes:
    """The page of a catalogued problem, headed in a language, with its titles in all six."""
    found = PROBLEMS[code]
    return page("problem.html", "en", shown=language, problem=found, meaning=_coded(found.meaning), titled=LANGUAGES)


def _coded(sentence: str) -> Markup:
    """The sentence with what stands between backticks as code."""
    parts = (escape(part) for part in sentence.split("`"))
    return Markup("").join(Markup("<code>{}</code>").format(p) if n % 2 else p for n, p in enumerate(parts))
