"""The HTML of the pages: files with `$names`, filled with escaped text."""

import re
from functools import cache
from html import escape
from importlib.resources import files
from string import Template

from shared.web.catalogue import LANGUAGES, PROBLEMS

_STATIC = files("services.portal.pages").joinpath("static")
_CODE = re.compile(r"`([^`]+)`")


@cache
def asset(name: str) -> bytes:
    """A file of the pages as it is."""
    return _STATIC.joinpath(name).read_bytes()


@cache
def front() -> str:
    """The front page."""
    return _page("front.html", "en", "ESCM")


@cache
def problems(language: str) -> str:
    """The list of all problems, titled in a language, in the order of their statuses."""
    rows = "\n".join(
        f'<tr><td>{problem.status}</td><td><a href="{problem.type}"><code>{problem.code}</code></a></td>'
        f"<td{_in(language)}>{escape(problem.titles[language])}</td></tr>"
        for problem in sorted(PROBLEMS.values(), key=lambda problem: problem.status)
    )
    return _page("problems.html", "en", "Problems", rows=rows)


@cache
def problem(code: str, language: str) -> str:
    """The page of a catalogued problem, headed in a language, with its titles in all six."""
    problem = PROBLEMS[code]
    titles = "\n".join(f"<dt>{other}</dt><dd{_in(other)}>{escape(problem.titles[other])}</dd>" for other in LANGUAGES)
    return _page(
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


def _page(name: str, language: str, title: str, **parts: str) -> str:
    body = Template(asset(name).decode()).substitute(parts)
    frame = Template(asset("frame.html").decode())
    return frame.substitute(language=language, title=escape(title), body=body)
