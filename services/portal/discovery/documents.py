"""The documents for programs: `llms.txt`, the catalogue of APIs (RFC 9727), and the changes as a feed (RFC 4287)."""

import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any, NamedTuple
from xml.sax.saxutils import escape

from services.portal.guides.library import contents, guides
from services.portal.guides.rendering import as_markdown
from services.portal.pages.feeds import Entry, feed

SERVICES = ("access", "membership", "centres", "actions")
CHANGES = "/docs/changes.atom"
_PROFILE = "https://www.rfc-editor.org/info/rfc9727"
LINKSET = f'application/linkset+json; profile="{_PROFILE}"'
_RELEASE = re.compile(r"^## (\S+) - (\d{4}-\d{2}-\d{2})$", re.MULTILINE)
_LLMS = """\
# ESCM secretariat

> The API of the secretariat of the ESCM Plan: people, institutions and initiatives (membership), committees and
> research centres (centres), country programmes, results and reports (actions), and who may do what (access). JSON over
> HTTP, one contract in OpenAPI 3.1. Public reads need no token.

## The API

- [The whole contract]({origin}/openapi.json): OpenAPI 3.1
{services}
- [Problems]({origin}/problems): what each code of a failure means; as JSON by `Accept`
- [Vocabularies]({origin}/access/v1/vocabularies): verbs, states and reasons of refusals
- [Open data]({origin}/data/catalog.jsonld): the catalogue of datasets, as DCAT
- [Changes]({origin}{changes}): of each release, as a feed
- [Clients]({origin}/sdk/): of this version, for Python and TypeScript

{guides}"""


class Release(NamedTuple):
    """A release: its version, its day, and its changes by heading."""

    version: str
    day: str
    changes: Sequence[tuple[str, Sequence[str]]]


def llms(origin: str) -> str:
    """What a language model reads first (llmstxt.org): the contract, and the guides by reader."""
    services = "\n".join(f"- [{name}]({origin}/{name}/v1/openapi.json): OpenAPI 3.1" for name in SERVICES)
    _, *sections = as_markdown(contents(), origin).split("\n## ")
    listed = "\n".join(f"## {section.rstrip()}\n" for section in sections[:-1])
    return _LLMS.format(origin=origin, services=services, changes=CHANGES, guides=listed)


def api_catalog(origin: str) -> dict[str, Any]:
    """The APIs of the installation: the contract, the reference and the health of each."""
    described = [
        {
            "anchor": f"{origin}/{name}/v1",
            "service-desc": [{"href": f"{origin}/{name}/v1/openapi.json", "type": "application/json"}],
            "service-doc": [{"href": f"{origin}/docs", "type": "text/html"}],
            "status": [{"href": f"{origin}/{name}/v1/readyz", "type": "application/json"}],
        }
        for name in SERVICES
    ]
    items = [{"href": one["anchor"]} for one in described]
    return {"linkset": [{"anchor": f"{origin}/.well-known/api-catalog", "item": items}, *described]}


@cache
def releases() -> Sequence[Release]:
    """The releases with their changes, newest first."""
    _, *parts = _RELEASE.split(guides()["changes"].text)
    each = zip(parts[::3], parts[1::3], parts[2::3], strict=True)
    return [Release(version, day, list(_sections(text))) for version, day, text in each]


def _sections(text: str) -> Iterator[tuple[str, Sequence[str]]]:
    _, *sections = re.split(r"^### (.+)$", text, flags=re.MULTILINE)
    for heading, body in zip(sections[::2], sections[1::2], strict=True):
        lines = re.findall(r"^- (.+(?:\n  .+)*)", body, re.MULTILINE)
        yield heading, [" ".join(line.split()) for line in lines]


def changes(origin: str) -> str:
    """The releases as a feed, newest first, with their changes."""
    entries = [
        Entry(f"{origin}{CHANGES}#{one.version}", one.version, f"{origin}/guides/changes", one.day, _html(one))
        for one in releases()
    ]
    return feed("Changes of the ESCM API", f"{origin}{CHANGES}", f"{origin}/guides/changes", entries)


def _html(of: Release) -> str:
    return "".join(
        f"<h2>{escape(heading)}</h2><ul>{''.join(f'<li>{escape(line)}</li>' for line in lines)}</ul>"
        for heading, lines in of.changes
    )
