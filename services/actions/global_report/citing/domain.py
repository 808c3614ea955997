"""What is cited: an edition or a contribution to it, whatever the format. Plain Python."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from urllib.parse import quote

from services.actions.global_report.contributions.domain import doi_below
from services.actions.global_report.contributions.record import Author, Contribution
from services.actions.global_report.editions.domain import issue_label, number_of
from services.actions.global_report.editions.record import Edition
from shared.contracts.kinds import record_page
from shared.kernel.text import LANGUAGES, text_in
from shared.records.record import Texts

PUBLISHER = "ESCM Plan"
_SPACES = re.compile("[\t-\r\x1c-\x20\x85\u2028\u2029]+")
_NOT_IN_XML = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufdcf\ufdf0-\ufffd\U00010000-\U0010ffff]")
"""What no format may hold: control characters, halves of characters, and what Unicode assigns to nobody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody who wrote a work, with roles of CRediT."""

    name: str
    orcid: str | None = None
    affiliation: str | None = None
    roles: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Issue:
    """What an edition and its parts have in common. `number` is that of the edition with its year, `last` that of the
    last erratum. `retraction` is why it was retracted, `corrections` are errata, `superseded` says which version
    replaced this one. `replaced` and `following` are the DOIs, or addresses, of the versions before and after it."""

    year: int
    number: str
    licence: str
    isbn: str | None = None
    retraction: str | None = None
    last: int = 0
    corrections: Sequence[str] = ()
    superseded: str | None = None
    replaced: str | None = None
    following: str | None = None

    @property
    def label(self) -> str:
        """How the issue is printed."""
        return issue_label(self.number, self.last)

    @property
    def status(self) -> str | None:
        """What whoever cites a retracted edition, or a superseded version, must know."""
        retraction = self.retraction and f"Retracted: {self.retraction}"
        return " ".join(filter(None, (retraction, self.superseded))) or None

    @property
    def note(self) -> str | None:
        """The same, with the errata."""
        return " ".join(filter(None, (self.status, *self.corrections))) or None


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """A work that is cited. `key` names it in files, `whole` is the edition of which it is a part. Without `people` its
    author is the publisher. `abstracts` and `titles` are by language. Texts are one line without control characters."""

    key: str
    titles: Mapping[str, str]
    language: str
    issue: Issue
    address: str
    doi: str | None = None
    people: Sequence[Person] = ()
    abstracts: Mapping[str, str] = field(default_factory=dict)
    keywords: Sequence[str] = ()
    funding: str | None = None
    whole: "Work | None" = None

    @property
    def title(self) -> str:
        """The title in the language of the work."""
        return text_in(self.language, self.titles)

    @property
    def abstract(self) -> str | None:
        """The abstract in the language of the work."""
        return text_in(self.language, self.abstracts) if self.abstracts else None

    @property
    def link(self) -> str:
        """The address of the DOI, or else of the page."""
        return doi_address(self.doi) if self.doi else self.address


def doi_address(doi: str) -> str:
    """The address to which a DOI resolves."""
    return f"https://doi.org/{quote(doi, safe='/:;()._-')}"


def one_line(text: str) -> str:
    """The text as one line, without what formats of text or XML cannot hold."""
    return _NOT_IN_XML.sub("", _SPACES.sub(" ", text)).strip()


def edition_cited(of: Edition, prefix: str, origin: str) -> Work:
    """An edition. `prefix` is that of DOIs, or empty; `origin` that of the installation's address."""
    number = number_of(of)
    retraction = of.retraction and one_line(of.retraction)
    corrections = [f"Corrected in issue {issue_label(number, of.issue)}."] if of.issue else []
    return Work(
        key=f"escm-{of.year}-{of.number}",
        titles=_lines(of.titles),
        language=of.languages[0],
        issue=Issue(of.year, number, of.licence, of.isbn, retraction, of.issue, corrections),
        address=record_page(origin, _page_language(of.languages[0]), Edition.resource_type.name, of.id),
        doi=of.doi or (f"{prefix}/{number}" if prefix else None),
    )


@dataclass(frozen=True, slots=True)
class Erratum:
    """An erratum of a contribution: the issue that it made, what it says, its version and the number of the one
    before."""

    issue: int
    texts: Texts
    version: int
    replaces: int


def contribution_cited(
    of: Contribution,
    whole: Work,
    people: Iterable[Person],
    prefix: str,
    origin: str,
    *,
    is_alone: bool,
    is_blind: bool,
    errata: Sequence[Erratum] = (),
    version: int | None = None,
) -> Work:
    """A contribution to an edition, with its errata in order, as it is now or as the `version` that an erratum
    replaced. One that is not alone at its place has its number at the end of its DOI, one that was replaced that of its
    version. `is_blind`: without what tells who wrote it."""
    number, language = whole.issue.number, _page_language(of.language)
    doi = doi_below(prefix, number, of, is_alone=is_alone)
    end = next((place for place, one in enumerate(errata) if one.replaces == version), len(errata))
    until, following = errata[:end], errata[end] if end < len(errata) else None

    def address_of(one: int | None) -> str:
        if one is None:
            return record_page(origin, language, Contribution.resource_type.name, of.id)
        return f"{origin}/{language}/reports/{of.edition_id}/{of.id}/versions/{one}"

    def named(one: int | None) -> str | None:
        return doi and (doi if one is None else f"{doi}.v{one}")

    before = until[-1].replaces if until else None
    after = following.version if following and end + 1 < len(errata) else None
    this = version if following else None
    superseded = None
    if following is not None:
        in_issue = issue_label(number, following.issue)
        superseded = f"Superseded by version {following.version} in issue {in_issue}."
    return Work(
        key=f"{whole.key}-{of.outline_key}-{of.number}" + (f"-v{this}" if this else ""),
        titles=_lines(of.titles),
        language=of.language,
        issue=replace(
            whole.issue,
            last=until[-1].issue if until else 0,
            corrections=[
                f"Erratum in issue {issue_label(number, one.issue)}: {one_line(text_in(of.language, one.texts))}"
                for one in until
            ],
            superseded=superseded,
            replaced=named(before) or address_of(before) if before is not None else None,
            following=named(after) or address_of(after) if following else None,
        ),
        address=address_of(this),
        doi=named(this),
        people=[*people],
        abstracts=_lines(of.abstract),
        keywords=[line for word in of.keywords if (line := one_line(word))],
        funding=None if is_blind or of.funding is None else one_line(of.funding) or None,
        whole=whole,
    )


def person_of(author: Author, names: Mapping[str, str]) -> Person | None:
    """An author who has confirmed it, as it is printed; None for others and for those without a name. `names` are those
    of experts by their id."""
    name = one_line(author["name"] or names.get(author["expert_id"] or "") or "")
    if not name or author["confirmed_at"] is None:
        return None
    affiliation = one_line(author["affiliation"] or "") or None
    return Person(name=name, orcid=author["orcid"], affiliation=affiliation, roles=author["roles"])


def _lines(texts: Mapping[str, str]) -> dict[str, str]:
    return {language: line for language, text in texts.items() if (line := one_line(text))}


def _page_language(language: str) -> str:
    base = language.partition("-")[0]
    return base if base in LANGUAGES else "en"
