"""An edition of the Global Report, from its call to its retraction: the twelve points on which it is accepted, on the
whole system, each step by the role that takes it in practice.

Two things are not done over the API. A stored number is altered in the database, since no operation does that. And the
days of reminders pass by a worker whose clock is set ahead: each reminder is one notification however often the worker
runs, and the first of them one mail. Mails of a quarter of an hour are gathered, as the tests of notifications show;
`tests/actions/global_report/test_contributions.py` has twelve days with four workers, and
`test_hostile_manuscripts.py` the whole corpus of which this takes a sample.
"""

from pathlib import Path
from typing import Any

from tests.journeys.global_report.publishing import Publishing
from tests.journeys.global_report.writing import Writing
from tests.journeys.paths.world import World


def test_an_edition_is_written_reviewed_published_corrected_and_retracted(
    world: World, running: dict[str, Any], tmp_path: Path
) -> None:
    written = Writing(world)
    written.opens_a_call()
    written.proposes()
    written.sends_what_is_hostile()
    written.uploads()
    written.comments(tmp_path)
    written.answers(tmp_path)
    written.consents()
    written.reminds()
    published = Publishing(written, running["database_url"])
    published.freezes()
    published.publishes()
    published.is_cited()
    published.is_corrected()
    published.is_retracted()
