"""The HTML of the pages: files with `$names`, filled with escaped text."""

import re
from functools import cache
from html import escape
from string import Template

from services.portal.pages.assets import template
from shared.web.catalogue import LANGUAGES, PROBLEMS

_CODE = re.compile(r"`([^`]+)`")


@cache
def front() -> str:
    """The front page."""
    return page("front.html", "en", "ESCM")


@cache
def people() -> str:
    """What is published, and how to take part."""
    return page("people.html", "en", "For everybody")


@cache
def problems(language: str) -> str:
    """The list of all problems, titled in a language, in the order of their statuses."""
    rows = "\n".join(
        f'<tr><td>{problem.status}</td><td><a href="{problem.type}"><code>{problem.code}</code></a></td>'
        f"<td{_in(language)}>{escape(problem.titles[language])}</td></tr>"
        for problem in sorted(PROBLEMS.values(), key=lambda problem: problem.status)
    )
    return page("problems.html", "en", "Problems", rows=rows)


@cache
def problem(code: str, language: str) -> str:
    """The page of a catalogued problem, headed in a language, with its titles in all six."""
    problem = PROBLEMS[code]
    titles = "\n".join(f"<dt>{other}</dt><dd{_in(other)}>{escape(problem.titles[other])}</dd>" for other in LANGUAGES)
    return page(
        "problem.html",
        "en",
        problem.titles[language],
        heading=f"<h1{_in(language)}>{escape(problem.titles[language])}</h1>",
        code=problem.code,
        status=str(problem.status),
        meaning=_CODE.sub(r"<code>\1</code>", escape(problem.meaning)),
        titles=titles,
    )


def _in(language: str) -> str:
    return f' lang="{language}" dir="{"rtl" if language == "ar" else "ltr"}"'


def page(name: str, language: str, title: str, **parts: str) -> str:
    """A page: its file with the parts, which are HTML, in the frame that all pages have."""
    body = Template(template(name)).substitute(parts)
    frame = Template(template("frame.html"))
    return frame.substitute(language=language, title=escape(title), body=body)
