"""An edition of the Global Report whose texts are cleared, from its freeze to its retraction, by roles alone."""

import asyncio
import json
from datetime import timedelta

import rispy
from bibtexparser.entrypoint import parse_string
from citeproc.source.json import CiteProcJSON
from datacite import schema45
from lxml import etree

from shared.kernel.clock import today
from tests.actions.global_report.test_citations import elements_of
from tests.journeys.global_report.figures import ASKED, STATISTICS, alter, experts_live, experts_today
from tests.journeys.global_report.files import (
    build_of,
    built,
    digests,
    fetched,
    language_of,
    starts,
)
from tests.journeys.global_report.people import Record, key_of, new_expert, read
from tests.journeys.global_report.writing import COUNTRY, Writing
from tests.support.published_files import jats_faults, pdf_faults

_DOI = "10.5555/escm.2196.1"
_REASON = "A number is wrong."
_ERRATUM = {"version": 4, "severity": "major", "texts": {"en": "The number was missing."}}
_NEW = "Peat stores 600 Gt of carbon.\n\nBogs.\n\nSee {figure:experts}."


class Publishing:
    """What follows from the edition that others wrote."""

    def __init__(self, of: Writing, database_url: str) -> None:
        self.of, self.world, self.everybody, self.database_url = of, of.world, of.everybody, database_url
        self.build: Record = {}

    def freezes(self) -> None:
        """Points 4 and 5: a frozen number stays whoever comes or leaves, and verifies; an altered one is named."""
        of, (leaving, leaver) = self.of, new_expert(self.world, "Ama Leaver", COUNTRY)
        before = experts_today(self.world)
        assert experts_live(of.editor, of.figure) == before
        of.chief.step(of.path, "close_call")
        of.chief.step(of.path, "record_doi", fields={"doi": _DOI})
        assert of.editor.try_step(of.path, "freeze").status_code == 403
        frozen = of.chief.step(of.path, "freeze")
        kept = of.editor.get(f"{of.figure}/data")
        asked = self.everybody.get(STATISTICS, params={**ASKED, "as_of": frozen["as_of"]}).json()
        assert (frozen["as_of"], kept["frozen"]) == (str(today() - timedelta(days=1)), True)
        assert json.loads(kept["content"])["total"] == asked["total"]

        new_expert(self.world, "Joe Joiner", COUNTRY)
        assert experts_today(self.world) == before + 1
        assert (of.editor.get(f"{of.figure}/data"), self._verification()["match"]) == (kept, True)
        leaving.step(leaver, "resign")
        assert experts_today(self.world) == before
        assert (of.editor.get(f"{of.figure}/data"), self._verification()["match"]) == (kept, True)

        asyncio.run(alter(self.database_url, key_of(of.figure)))
        named = {"key": "total", "then": asked["total"] + 7, "now": asked["total"]}
        assert named in self._verification()["differences"]
        of.chief.step(of.path, "thaw", reason="The stored number was altered.")
        of.chief.step(of.path, "freeze")
        assert self._verification()["match"] is True

    def _verification(self) -> Record:
        return dict(self.of.editor.get(f"{self.of.figure}/verification"))

    def publishes(self) -> None:
        """Point 6: two builds are equal; everybody reads pages, PDF, JATS and archive, in Arabic from the right."""
        of, first = self.of, built(self.of.editor, self.of.path)
        assert first["warnings"] == []
        self.build = built(of.editor, of.path)
        assert digests(self.build) == digests(first)
        page = f"/ar/reports/{of.record['ref']}"
        assert self.everybody.get(page).status_code == 404
        assert of.editor.try_step(of.path, "publish").status_code == 403
        of.chief.step(of.path, "publish")

        files = fetched(self.everybody, self.build)
        assert [language_of(files[f"{name}.pdf"]) for name in ("en", "ar")] == [("en", "/L2R"), ("ar", "/R2L")]
        assert starts(files["en.pdf"], "Bogs.") < 0.5 < starts(files["ar.pdf"], "سبخات")
        for language in ("en", "ar"):
            assert jats_faults(files[f"{language}.jats.xml"]) == []
            assert pdf_faults(files[f"{language}.pdf"], "3a") == []
            assert len(etree.fromstring(files[f"{language}.jats.xml"]).findall("sub-article")) == 2
        chapter = self.everybody.get(f"{page}/{self.text()['ref']}")
        assert chapter.status_code == 200
        assert '<html lang="ar" dir="rtl">' in chapter.text
        assert "يخزن الخث الكربون." in " ".join(chapter.text.split())
        comments = self.everybody.get(f"{of.text}/comments", params={"limit": 50}).json()["items"]
        assert [len(comments), {one["created_by"] for one in comments}] == [12, {None}]

    def text(self) -> Record:
        """The text as everybody reads it."""
        return dict(self.everybody.get(self.of.text).json())

    def is_cited(self) -> None:
        """Point 7: the metadata of the edition and of the text pass the schema and the parsers of others."""
        given = json.loads(self.cited(self.of.path, "datacite_json"))
        assert [fault.message for fault in schema45.validator.iter_errors(given)] == []
        ours = etree.fromstring(self.cited(self.of.path, "datacite_xml"))
        assert elements_of(ours) == elements_of(etree.fromstring(schema45.tostring(given).encode()))
        for path, kind in ((self.of.path, "RPRT"), (self.of.text, "CHAP")):
            title = self.everybody.get(path).json()["titles"]["en"]
            library = parse_string(self.cited(path, "bibtex").decode())
            assert (len(library.failed_blocks), len(library.entries)) == (0, 1)
            (reference,) = rispy.loads(self.cited(path, "ris").decode())
            assert (reference["type_of_reference"], reference["title"]) == (kind, title)
            items = json.loads(self.cited(path, "csl"))
            assert [str(one["title"]) for one in CiteProcJSON(items).values()] == [title]
        assert sorted(reference["authors"])[1] == "Bo Example"

    def cited(self, path: str, form: str) -> bytes:
        """How a record is cited, as everybody reads it."""
        found = self.everybody.get(f"{path}/citation", params={"format": form})
        assert found.status_code == 200, found.text
        return found.content

    def is_corrected(self) -> None:
        """Point 8: an erratum makes issue 1, beside which the version and the files of before stay."""
        of = self.of
        files, old = fetched(self.everybody, self.build), self.everybody.get(f"{of.text}/versions/2").json()
        for more in ({"body": _NEW}, {"body": "يخزن الخث 600 Gt.", "language": "ar", "of": 4}):
            assert read(of.amina, of.text, json=more)["status"] == "succeeded"
        assert self.everybody.get(f"{of.text}/versions/4").status_code == 404
        erratum = of.editor.create(f"{of.text}/errata", _ERRATUM)
        assert erratum["issue"] == self.everybody.get(of.path).json()["issue"] == 1
        again = build_of(self.everybody, of.path, erratum["build"])
        assert "The number was missing." in fetched(self.everybody, again)["en.html"].decode()
        assert fetched(self.everybody, self.build) == files
        assert self.everybody.get(f"{of.text}/versions/2").json() == old
        assert "600 Gt" in self.everybody.get(f"{of.text}/versions/4").text
        assert self.text()["published_version"] == 4

    def is_retracted(self) -> None:
        """Point 8: with a second person the editor-in-chief retracts the edition, whose pages stay, marked."""
        of = self.of
        waiting = of.chief.try_step(of.path, "retract", reason=_REASON)
        assert waiting.status_code == 202, waiting.text
        (pending,) = of.admin.get(f"{of.path}/transitions/pending")["items"]
        decided = of.admin.send("POST", pending["links"]["self"], json={"decision": "confirm"})
        assert decided.status_code == 200, decided.text
        assert self.everybody.get(of.path).json()["retraction"] == _REASON
        for tail in ("", f"/{self.text()['ref']}"):
            page = self.everybody.get(f"/en/reports/{of.record['ref']}{tail}")
            assert page.status_code == 200
            assert ("This edition is retracted." in page.text, _REASON in page.text) == (True, True)
        last = max(one["number"] for one in of.editor.get(f"{of.path}/builds")["items"])
        assert (
            f"Retracted: {_REASON}"
            in fetched(self.everybody, build_of(self.everybody, of.path, last))["en.html"].decode()
        )
