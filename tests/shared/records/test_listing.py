"""Statements of lists: what PostgreSQL knows of a page's bound when it plans."""

from services.membership.register.institutions.queries import LISTING
from shared.database.statements import Statement
from shared.records.access_scope import AccessKind
from shared.records.listing import LARGEST_PAGE


def _text(*names: tuple[str, bool], searched: bool = False) -> str:
    return Statement(LISTING.select(AccessKind.ANONYMOUS, names, "id", False, True, "", searched)).sql


def test_only_a_list_without_filters_has_its_largest_page_in_its_text() -> None:
    bound = f"LIMIT {LARGEST_PAGE + 1}"
    assert bound in _text()
    assert bound not in _text(("country", True))
    assert bound not in _text(("q", True), searched=True)
