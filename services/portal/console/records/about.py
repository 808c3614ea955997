"""What a record without a title of its own is called: by the records that it is about."""

from itertools import islice

from services.portal.console.describing.resources import Kind
from services.portal.console.frame.naming import TITLES, title_of
from services.portal.console.records.reading import Found, Names, Record, names_of
from services.portal.console.records.shown import references_in
from services.portal.console.session.caller import Caller

_ABOUT = (
    *("expert_id", "institution_id", "a", "b", "indicator_id", "action_id", "centre_id", "programme_id", "period_id"),
    *("call_id", "congress_id", "initiative_id", "request_id", "report_id", "contribution_id", "edition_id", "body_id"),
    "account_id",
)
"""Members that name what a record without a title is about, the most telling first."""
_MOST = 2


def has_title(kind: Kind) -> bool:
    """Whether records of this kind have a title of their own."""
    return any(field.name in (*TITLES, "framework") for field in kind.members)


def about(kind: Kind, record: Record) -> list[tuple[str, str]]:
    """The records that one is about which has no title of its own."""
    if has_title(kind):
        return []
    by_name = {field.name: field for field in kind.members}
    chosen = [by_name[name] for name in _ABOUT if name in by_name]
    return list(islice(references_in(chosen, record), _MOST))


def title_by(record: Record, subjects: list[tuple[str, str]], names: Names, language: str) -> str:
    """What a record is called: by its own title, or by those of the records that it is about, without one that another
    begins with."""
    named = [name.title for pair in subjects if (name := names.get(pair))]
    kept = [one for one in named if not any(other.startswith(f"{one} ") for other in named)]
    return " · ".join(kept) or title_of(record, language)


async def title_read(caller: Caller, found: Found) -> str:
    """What a record is called, after reading what it is about."""
    subjects = about(found.kind, found.record)
    return title_by(found.record, subjects, await names_of(caller, subjects), caller.language)
