"""An edition of the Global Report from its call until its texts are cleared, by roles alone."""

import json
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import xlsxwriter
from python_calamine import CalamineWorkbook

from services.actions.global_report.versions.domain import DOCX
from tests.actions.global_report.test_versions import docx
from tests.journeys.global_report.figures import ASKED, STATISTICS
from tests.journeys.global_report.files import trap
from tests.journeys.global_report.people import (
    ACTIONS,
    Record,
    appointed,
    events,
    key_of,
    new_edition,
    new_expert,
    read,
    waits,
)
from tests.journeys.paths.path import day
from tests.journeys.paths.world import World
from tests.support.mailbox import text_of
from tests.support.running import Person, eventually

COUNTRY, ABROAD = "TV", "PW"
_OUTLINE = [
    {"key": "soils", "titles": {"en": "Soils", "ar": "التربة"}, "kind": "section"},
    {"key": "peat", "titles": {"en": "Peat", "ar": "الخث"}, "parent": "soils"},
    {"key": "fens", "titles": {"en": "Fens", "ar": "السبخات"}, "parent": "soils"},
    {"key": "tuvalu", "titles": {"en": "Tuvalu", "ar": "توفالو"}, "kind": "country", "country": COUNTRY},
]
_TEXT = ("Peat stores carbon.", "Bogs.", "See {figure:experts}.")
_ARABIC = "يخزن الخث الكربون.\n\nسبخات.\n\nانظر {figure:experts}."
_HOSTILE = """First.

<script src="{address}"></script>![x]({address}) ![y](/etc/passwd)

[z](javascript:alert(1)) `#image("/etc/passwd")`{{=typst}}
"""
_INVITED = "You are invited to review a contribution to the Global Report."
_NEAR = "The last day of a contribution to the Global Report is near."


class Writing:
    """An edition and those who write and review it. Each method takes steps of the points on which it is accepted."""

    def __init__(self, world: World) -> None:
        self.world, self.everybody, self.admin = world, world.everybody, world.caller("admin")
        self.chief, self.editor = world.person("Chi Chief"), world.person("Edi Editor")
        self.amina, self.of_amina = new_expert(world, "Amina Author", COUNTRY)
        self.sione, self.of_sione = new_expert(world, "Sione Author", COUNTRY)
        self.reviewers = [new_expert(world, name, COUNTRY) for name in ("Rae Reviewer", "Rob Reviewer")]
        self.bo = f"{uuid4().hex}@example.org"
        self.path = self.text = self.chapter = self.figure = ""
        self.record: Record = {}
        self.said: list[Record] = []

    def opens_a_call(self) -> None:
        """Point 1: an administrator enters the edition, whose editor-in-chief opens the call."""
        more = {"languages": ["en", "ar"], "review": {"blind": "double", "publish_comments": True}}
        self.record = new_edition(self.admin, 2196, _OUTLINE, visibility="public", **more)
        self.path = str(self.record["links"]["self"])
        appointed(self.admin, self.chief, "editor_in_chief", self.record)
        appointed(self.chief, self.editor, "editor", self.record)
        assert self.everybody.get(self.path).status_code == 404
        self.chief.step(self.path, "open_call")
        body = {
            "edition_id": self.record["id"],
            "key": "experts",
            "kind": "bars",
            "titles": {"en": "Experts by region", "ar": "الخبراء بحسب المنطقة"},
            "alternatives": {"en": "Most experts are in Oceania."},
            "query": {"path": STATISTICS, "parameters": ASKED},
        }
        self.figure = str(self.editor.create(f"{ACTIONS}/figures", body)["links"]["self"])

    def proposed(self, author: Person, expert: str, place: str, *more: Record) -> str:
        """The address of a proposal that the editor has accepted."""
        me = {"expert_id": key_of(expert), "roles": ["writing-original-draft"], "corresponding": True}
        titles = {"en": f"{place.title()} and carbon"}
        said = {"titles": titles, "abstract": {"en": "How much."}, "conflicts": "None.", "authors": [me, *more]}
        made = author.create(
            f"{ACTIONS}/contributions", {"edition_id": self.record["id"], "outline_key": place, **said}
        )
        path = str(made["links"]["self"])
        waits(self.editor, "contributions", made["ref"], "accept")
        self.editor.step(path, "accept")
        author.step(path, "confirm_authorship")
        return path

    def proposes(self) -> None:
        """Point 1: a person proposes; a co-author without an account confirms by the mailed link."""
        other = {"name": "Bo Example", "email": self.bo, "roles": ["data-curation"]}
        self.text = self.proposed(self.amina, self.of_amina, "peat", other)
        token = {"token": self.world.token_for(self.bo, purpose="authorship")}
        assert self.everybody.post(f"{ACTIONS}/contributions/authorship", json=token).status_code == 200

    def sends_what_is_hostile(self) -> None:
        """Point 12, a sample of the corpus: the author reads which block is at fault; nothing is opened or read."""
        with trap() as (address, opened):
            job = read(self.amina, self.text, json={"body": _HOSTILE.format(address=address)})
            found = {(one["block"], one["code"]) for one in job["result"]["warnings"]}
            assert found == {(2, "unresolved_reference"), (3, "unsafe_link")}
            nested = read(self.amina, self.text, json={"body": "First.\n\n" + "- " * 5_000 + "x"})
            assert nested["problem"]["code"] == "unreadable_manuscript"
            assert "Line 3" in json.dumps(nested["problem"])
            entity = f'<!DOCTYPE d [<!ENTITY x SYSTEM "{address}">]>'
            outside = read(self.amina, self.text, files={"file": ("x.docx", docx("a&x;b", head=entity), DOCX)})
            assert outside["problem"]["code"] == "unreadable_manuscript"
            assert "root:" not in self.amina.text(f"{self.text}/versions/1")
            assert opened == []

    def uploads(self) -> None:
        """Point 1: a document becomes a version with numbered blocks, beside which stands a translation."""
        job = read(self.amina, self.text, files={"file": ("peat.docx", docx(*_TEXT), DOCX)})
        assert (job["status"], job["result"]["number"], job["result"]["warnings"]) == ("succeeded", 2, [])
        blocks = self.amina.get(f"{self.text}/versions/2")["blocks"]
        assert [(one["number"], one["text"]) for one in blocks] == [*enumerate(_TEXT, 1)]
        job = read(self.amina, self.text, json={"body": _ARABIC, "language": "ar", "of": 2})
        assert job["status"] == "succeeded", job
        self.amina.step(self.text, "submit")
        self.editor.step(self.text, "take")

    def round(self, audience: str, text: str) -> Record:
        """An open round of review."""
        now = datetime.now(UTC)
        instants = {"opens": now.isoformat(), "closes": (now + timedelta(days=9)).isoformat()}
        body = {**instants, "audience": audience, "contributions": [key_of(text)]}
        made = self.editor.create(f"{self.path}/review_rounds", body)
        return self.editor.step(made["links"]["self"], "open")

    def refuses_a_colleague(self, number: int) -> None:
        """Point 3: who is at an author's institution does not review."""
        colleague, of_colleague = new_expert(self.world, "Col League", COUNTRY)
        host = self.world.institution(COUNTRY, f"Institute of Peat {uuid4().hex}")
        for person, expert in ((self.amina, self.of_amina), (colleague, of_colleague)):
            person.create(f"{expert}/affiliations", {"institution_id": host["id"], "role": "Reader"})

        body = {"expert_id": key_of(of_colleague), "round": number}
        refused = self.editor.send("POST", f"{self.text}/reviewers", json=body)
        assert (refused.status_code, refused.json()["code"]) == (409, "same_institution")

    def comments(self, folder: Path) -> None:
        """Points 2, 3 and 10: two reviewers, who do not learn who wrote it, make twelve comments, six of them in a
        workbook; the authors do not learn who made them."""
        of_round = self.round("experts", self.text)
        self.refuses_a_colleague(of_round["number"])
        for person, expert in self.reviewers:
            invited = self.editor.create(f"{self.text}/reviewers", {"expert_id": key_of(expert), "round": 1})
            waits(person, "reviewers", invited["ref"], "accept")
            assert person.look(self.text).status_code == 404
            person.step(invited["links"]["self"], "accept", fields={"conflict_of_interest": False})
            eventually(lambda person=person: person.look(f"{self.text}/versions/2").status_code == 200)  # type: ignore[misc]
        (first, _), (second, _) = self.reviewers
        for number in range(6):
            body = {"round": 1, "from": 1, "quote": "stores carbon", "text": f"How much in {1990 + number}?"}
            first.create(f"{self.text}/comments", body)
        rows = [("chapter", "from", "to", "comment"), *(("peat", 2, 3, f"Which bogs of {n}?") for n in range(6))]
        with xlsxwriter.Workbook(str(folder / "comments.xlsx")) as book:
            sheet = book.add_worksheet()
            for place, row in enumerate(rows):
                sheet.write_row(place, 0, row)
        counts = second.upload(f"{ACTIONS}/imports", folder / "comments.xlsx", resource="comments")["result"]["counts"]
        assert (counts["created"], counts["failed"]) == (6, 0)

        self.said = self.amina.get(f"{self.text}/comments", sort="number")["items"]
        places = [(one["number"], one["from"], one["to"]) for one in self.said]
        assert places == [(n, 1, 1) if n <= 6 else (n, 2, 3) for n in range(1, 13)]
        names = [(self.amina, [person.account for person, _ in self.reviewers], f"{self.text}/comments")]
        names += [
            (person, [self.amina.account, key_of(self.of_amina), "Bo Example"], self.text)
            for person, _ in self.reviewers
        ]
        for reader, hidden, path in names:
            seen, shown = self.editor.text(path), reader.text(path)
            assert [(one in seen, one in shown) for one in hidden] == [(True, False)] * len(hidden)
        self.editor.step(of_round["links"]["self"], "close")

    def answers(self, folder: Path) -> None:
        """Points 2 and 10: nothing is cleared with an open comment; what the workbook says survives its way out and
        in."""
        *most, last = [str(one["links"]["self"]) for one in self.said]
        for one in most:
            self.amina.step(one, "answer", reason="The text says so now.", fields={"decision": "accepted"})
        refused = self.editor.try_step(self.text, "clear")
        assert (refused.status_code, refused.json()["reason"]) == (409, "comments_open")
        self.amina.step(last, "answer", reason="Nobody knows.", fields={"decision": "noted"})

        path = f"{self.path}/comments"
        before = self.editor.get(path, sort="number")["items"]
        book = folder / "answered.xlsx"
        book.write_bytes(self.editor.look(f"{path}?format=xlsx&sort=number").content)
        head, *rows = CalamineWorkbook.from_path(str(book)).get_sheet_by_index(0).to_python()
        lines = [dict(zip(map(str, head), row, strict=True)) for row in rows]
        assert [(int(line["number"]), int(line["from"]), line["decision"]) for line in lines] == [
            (one["number"], one["from"], one["decision"]) for one in before
        ]
        counts = self.editor.upload(f"{ACTIONS}/imports", book, resource="comments")["result"]["counts"]
        assert (counts["unchanged"], counts["created"], counts["failed"]) == (12, 0, 0)
        assert self.editor.get(path, sort="number")["items"] == before

        (of_round,) = self.editor.get(f"{self.path}/review_rounds")["items"]
        self.editor.step(of_round["links"]["self"], "complete")
        assert self.editor.step(self.text, "clear")["status"] == "cleared"

    def consents(self) -> None:
        """Point 9: a government comments on the chapter of a country, which is cleared with its consent alone."""
        self.chapter = self.proposed(self.sione, self.of_sione, "tuvalu")
        for more in ({"body": "Reefs protect it."}, {"body": "تحميها الشعاب.", "language": "ar", "of": 1}):
            assert read(self.sione, self.chapter, json=more)["status"] == "succeeded"
        self.sione.step(self.chapter, "submit")
        self.editor.step(self.chapter, "take")
        of_round = self.round("governments", self.chapter)
        focal = self.world.caller("government_focal_point", ABROAD)
        body = {"round": of_round["number"], "from": 1, "kind": "fact", "text": "From storms."}
        comment = focal.create(f"{self.chapter}/comments", body)
        assert (comment["number"], comment["government"]) == (13, ABROAD)
        self.sione.step(comment["links"]["self"], "answer", reason="Yes.", fields={"decision": "partly"})
        self.editor.step(of_round["links"]["self"], "close")
        self.editor.step(of_round["links"]["self"], "complete")
        refused = self.editor.try_step(self.chapter, "clear")
        assert (refused.status_code, refused.json()["reason"]) == (409, "national_consent_missing")
        self.world.caller("national_publisher", COUNTRY).step(self.chapter, "consent")
        self.editor.step(self.chapter, "clear")

    def reminds(self) -> None:
        """Point 11: an author is reminded 14, 3 and 0 days before the last day and a week after it, once each, and is
        late by two days; in the end nobody writes the text."""
        lea, of_lea = new_expert(self.world, "Lea Late", COUNTRY)
        me = {"expert_id": key_of(of_lea), "roles": ["writing-original-draft"], "corresponding": True}
        body = {"edition_id": self.record["id"], "outline_key": "fens", "titles": {"en": "Fens"}, "authors": [me]}
        made = self.editor.create(f"{ACTIONS}/contributions", {**body, "due": day(14)})
        path, ref = str(made["links"]["self"]), str(made["ref"])
        for ahead in (0, 11, 14, 21):
            for _ in range(2):
                self.world.time_passes("actions.remind_of_contributions", ahead)
            eventually(lambda: self.mails(lea, _NEAR))
        reminders = {"contribution.deadline_near": 3, "contribution.deadline_passed": 1}
        eventually(lambda: len(events(lea, ref)) >= sum(reminders.values()))
        assert (Counter(events(lea, ref)), self.mails(lea, _NEAR)) == (reminders, 1)
        for person, _ in self.reviewers:
            assert eventually(lambda person=person: self.mails(person, _INVITED)) == 1  # type: ignore[misc]
        assert len(self.world.mails(self.bo)) == 1

        self.editor.change(path, {"due": day(-2)})
        late = self.chief.get(f"{self.path}/progress")["overdue"]
        assert [(one["ref"], one["days"]) for one in late] == [(ref, 2)]
        self.editor.step(path, "drop", reason="Nobody writes it.")

    def mails(self, person: Person, part: str) -> int:
        """How many mails to a person say this."""
        return sum(part in " ".join(text_of(mail).split()) for mail in self.world.mails(person.email))
