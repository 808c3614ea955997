"""The life of an institution, what its names say, and how a row of a list becomes one."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from services.membership.institutions.matching.names import labels, match_key, name_key, short_forms
from shared.kernel.identifiers import ror_id
from shared.kernel.lifecycle import Lifecycle, transition
from shared.kernel.text import fold, nfc, search_key

PUBLISHED = frozenset({"verified", "inactive"})
MATCHED = ("submitted", "verified", "inactive")
"""The states in which an affiliation may mean an institution."""
TYPES = ("archive", "company", "education", "facility", "funder", "government", "healthcare", "nonprofit", "other")
NAME_TYPES = ("acronym", "alias", "former", "label", "ror_display")
"""Both vocabularies are those of ROR schema 2.1, with `former` for a name that is borne no longer: ROR keeps those as
aliases."""

_DOMAIN = re.compile(r"(?=.{3,253}$)(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.)+[^\W\d_][\w-]{0,61}[^\W_]")
_BETWEEN = re.compile(r"[\s;]+")


LinkFault: TypeAlias = Literal["institution_missing", "institution_unknown"]


@dataclass(frozen=True, slots=True)
class InstitutionGuardContext:
    """What the guards look at. `link_fault`: why the institution to link to does not count, or None."""

    link_fault: LinkFault | None = None


def _linkable(guard_context: InstitutionGuardContext) -> LinkFault | None:
    return guard_context.link_fault


LIFECYCLE: Lifecycle[InstitutionGuardContext] = Lifecycle(
    ("submitted", "verified", "linked", "out_of_scope", "inactive", "withdrawn"),
    (
        transition("verify", "submitted", "verified"),
        transition("link", "submitted", "linked", guard=_linkable, fields=("institution_id",)),
        transition("reject", "submitted", "out_of_scope"),
        transition("deactivate", "verified", "inactive", fact="inactivated"),
        transition("reactivate", "inactive", "verified"),
        transition("withdraw", "submitted|verified|inactive", "withdrawn"),
    ),
)


def display_name(names: Sequence[Mapping[str, Any]]) -> str:
    """The name of type `ror_display`, else the first label, else the first name."""
    for wanted in ("ror_display", "label"):
        for name in names:
            if wanted in name["types"]:
                return str(name["value"])
    return str(names[0]["value"])


def derived(values: Mapping[str, Any]) -> dict[str, Any]:
    """The columns that follow from the written ones."""
    names = values["names"]
    shown = display_name(names)
    return {
        "display_name": shown,
        "sort_name": fold(shown)[:500],
        "search_key": search_key(*(name["value"] for name in names)),
        "match_key": match_key(names),
    }


def values_of(row: Mapping[str, Any]) -> list[tuple[str, str]]:
    """(kind, value) of all by which an institution is filtered or looked up: type, domain, name, short form, word."""
    names = row["names"]
    return sorted(
        {("type", value) for value in row["types"]}
        | {("domain", value) for value in row["domains"]}
        | {("name", key) for name in names if (key := name_key(name["value"]))}
        | {("short", short) for name in names for short in short_forms(name)}
        | {("short", label) for label in labels(row["domains"])}
        | {("word", word) for word in match_key(names).split()}
    )


def normal_domain(text: str) -> str | None:
    """The host of a domain, e-mail domain or web address in lower case without `www.`; None where it is none."""
    host = nfc(text).strip().lower().rpartition("://")[2]
    host = re.split(r"[/?#]", host, maxsplit=1)[0].rpartition("@")[2]
    host = re.sub(r":\d+$", "", host).rstrip(".").removeprefix("www.")
    return host if _DOMAIN.fullmatch(host) else None


def institution_from_row(row: Mapping[str, str]) -> dict[str, Any]:
    """The fields of a row of an institution list, as a body takes them; they still have to be validated.

    Headings: name, country, state_province, domains and web_pages (several separated by spaces or `;`), types (the
    same), ror. An absent or empty heading leaves its field out. What is not a domain stays as it is, to be refused.
    """
    cells = {heading: cell.strip() for heading, cell in row.items() if cell and cell.strip()}
    values: dict[str, Any] = {}
    if name := cells.get("name"):
        values["names"] = [{"value": name, "language": None, "types": ["ror_display"]}]
    if province := cells.get("state_province"):
        values["locations"] = [{"subdivision": province}]
    if domains := cells.get("domains"):
        values["domains"] = unique_domains(_BETWEEN.split(domains))
    for heading, field in (("web_pages", "links"), ("types", "types")):
        if cell := cells.get(heading):
            values[field] = [part for part in dict.fromkeys(_BETWEEN.split(cell)) if part]
    return values | {heading: cells[heading] for heading in ("country", "ror") if heading in cells}


def unique_domains(texts: Sequence[str]) -> list[str]:
    """Domains in normal form, each once, in their order."""
    return list(dict.fromkeys(normal_domain(text) or text for text in texts if text))


def identity(values: Mapping[str, Any]) -> str:
    """The key under which the same institution comes again from a list: its ROR id, else a digest of the folded
    display name, the country and the set of domains."""
    if ror := values.get("ror"):
        return ror_id(ror) or str(ror)
    parts = [fold(display_name(values["names"])), values["country"], *sorted(set(values.get("domains") or ()))]
    return f"name:{hashlib.sha256(chr(0).join(parts).encode()).hexdigest()}"
