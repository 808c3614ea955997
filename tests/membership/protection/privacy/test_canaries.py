"""Promise 40, second half: rows with a canary in every column of every part, all in the person's export, and none of
another person's."""

import io
from collections.abc import AsyncIterator, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import orjson
import pytest

from services.access import personal as access
from services.actions import personal as actions
from services.centres import personal as centres
from services.membership.protection.privacy import catalogue as membership
from services.membership.protection.privacy.operations import write
from shared.database.context import SYSTEM_CONTEXT
from shared.database.pool import Database
from shared.database.snapshot import snapshot
from shared.kernel.clock import to_text

PARTS = {**membership.PARTS, **centres.PARTS, **actions.PARTS, **access.PARTS}
_SECRETS = ("sort_name", "search_key", "password_hash", "digest")
_NUMBER = count(1)
_USED = datetime(2026, 11, 1, tzinfo=UTC)
_LAST = UUID(int=2**128 - 1)
_COLUMNS = """
SELECT a.attname AS name, format_type(a.atttypid, NULL) AS type FROM pg_attribute a
WHERE a.attrelid = $1::regclass AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
    AND a.attidentity <> 'a' ORDER BY a.attnum
"""


class Person:
    """An expert with an account, another expert who was merged into them, and a row about them in every table."""

    def __init__(self) -> None:
        self.word = f"canary{next(_NUMBER)}x{uuid4().hex[:8]}"
        self.expert, self.loser, self.account, self.merge, self.import_, self.certificate = (uuid4() for _ in range(6))
        self.rows: dict[str, list[dict[str, Any]]] = {}

    def _given(self) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """Columns whose value must be valid or identifies the person; all others are canaries."""
        record = {"version": 1, "country": "XA", "visibility": "restricted"}
        yield "expert", {**record, "id": self.expert, "status": "active", "gender": "woman", "category": "fellow",
                         "merged_into": None, "previous_status": "active", "account_id": self.account}  # fmt: skip
        yield "expert", {**record, "id": self.loser, "status": "active", "gender": None, "category": "expert",
                         "merged_into": self.expert, "previous_status": None, "account_id": None}  # fmt: skip
        yield "affiliations", {**record, "expert_id": self.loser, "match_status": "linked", "asserted_by": "self"}
        yield "declarations", {**record, "expert_id": self.expert, "status": "signed"}
        yield "consents", {**record, "expert_id": self.expert, "status": "given"}
        yield "participations", {**record, "expert_id": self.loser, "status": "attended", "role": "chair",
                                 "mode": "online", "status_before": None}  # fmt: skip
        yield "certificates", {**record, "id": self.certificate, "expert_id": self.expert, "holder_key": self.expert,
                               "status": "issued", "kind": "support", "institution_id": None, "centre_id": None,
                               "subject_year": None}  # fmt: skip
        yield "certificate_files", {"certificate_id": self.certificate}
        yield "supports", {**record, "expert_id": self.expert, "status": "accepted", "capacity": "personal"}
        yield "broadcasts", {"expert_id": self.loser, "outcome": "sent"}
        for audience in ("file", "internal"):
            yield "messages", {**record, "expert_id": self.loser, "status": "sent", "audience": audience}
        about_call = {**record, "expert_id": self.loser, "call_id": uuid4(), "conflicts": []}
        nomination = uuid4()
        yield "nominations", {**about_call, "id": nomination, "status": "nominated"}
        given = {"nomination_id": nomination, "recommendation": "select"}
        yield "scores", {**about_call, **given, "status": "recorded"}
        panel = [{"expert_id": str(self.loser), "office": "chair"}]
        yield "panels", {**record, "status": "open", "kind": "committee", "seats": 1, "panel": panel}
        yield "erasures", {**record, "expert_id": self.expert, "status": "held"}
        yield "duplicates", {**record, "resource": "experts", "a": self.expert, "b": _LAST, "status": "dismissed",
                             "found_by": "job", "country_a": "XA", "country_b": "XA", "score": 0.5}  # fmt: skip
        yield "merges", {**record, "resource": "experts", "id": self.merge, "status": "merged",
                         "winner_id": self.expert, "loser_id": self.loser, "loser_country": "XA"}  # fmt: skip
        yield "kept_by_merges", {"merge_id": self.merge, "part": "field", "detail_key": None}
        yield "imports", {**record, "id": self.import_, "service": "membership", "resource": "experts",
                          "status": "done", "mode": "commit", "on_error": "skip", "media": "csv"}  # fmt: skip
        yield "import_rows", {"resource": "membership.experts", "record": self.loser, "import": self.import_}
        yield "changed_by_imports", {"import": self.import_, "owner": self.expert, "part": "record"}
        yield "history", {"subject": self.loser, "visibility": "restricted", "country": "XA", "detail_key": None,
                          "actor_kind": "account"}  # fmt: skip
        yield "accounts", {**record, "id": self.account, "status": "active", "suspended_by": None}
        yield "sessions", {**record, "account_id": self.account, "status": "active", "bound_to": None}
        consent = {**record, "country": None, "account_id": self.account, "client": uuid4(), "status": "active"}
        yield "authorizations", consent
        identity = {**record, "country": None, "account_id": self.account, "provider": uuid4(), "status": "linked"}
        yield "identities", identity
        yield "factors", {**record, "country": None, "account_id": self.account, "kind": "totp", "status": "active"}
        yield "notifications", {"account_id": self.account, "mail": "none"}
        yield "grants", {**record, "principal_kind": "account", "principal_id": self.account, "status": "active",
                        "scope_kind": "self", "place": "XA", "proof": "letter"}  # fmt: skip
        yield "api_keys", {**record, "owner_kind": "account", "owner_id": self.account, "status": "active"}
        yield (
            "seats",
            {
                **record,
                "expert_id": self.expert,
                "status": "appointed",
                "office": "member",
                "person_name": None,
                "starts": "1950-01",
                "ends": "1951",
            },
        )
        yield "reviews", {**record, "reviewer_id": self.loser, "status": "recorded", "recommendation": "decline"}
        evaluation = {**record, "status": "planned", "kind": "special", "recommendation": "renew", "panel": panel}
        yield "evaluation_panels", {**evaluation, "completed_on": None}
        score = {"expert_id": self.loser, "status": "recorded", "recommendation": "renew"}
        yield "evaluation_scores", {**record, **score}
        yield "reviewers", {**record, "expert_id": self.loser, "status": "invited"}
        directed = {**record, "director_id": self.expert, "status": "draft"}
        yield "directed_centres", {**directed, "clock_holder": "applicant", "closure_cause": None}
        former = {"director_id": self.expert, "changed": "director", "country": "XA", "visibility": "restricted"}
        yield "former_directors", former
        yield "offers", {**record, "expert_id": self.expert, "status": "offered"}
        yield "calendars", {**record, "owner_kind": "account", "owner_id": self.account, "status": "active"}
        assessed = {"status": "draft", "subject_kind": "programme", "completion": "limited"}
        yield "assessments", {**record, **assessed, "expert_id": self.expert}
        yield "delegations", {**record, "account_id": self.account, "status": "active"}
        contributor = {"person": {"expert_id": str(self.expert), "name": None}, "canary": self.word}
        reported = {"status": "draft", "prefill": "none", "announced": None, "contributors": [contributor]}
        yield "reports", {**record, **reported, "expert_ids": [self.expert]}
        shown = {"director_id": str(self.expert), "canary": self.word}
        entry = {"country": "XA", "visibility": "public", "status": "active", "shown": shown, "changes": []}
        yield "register_entries", entry
        coordinated = {**record, "country": None, "coordinator_id": self.expert, "status": "active"}
        yield "coordinated_networks", coordinated
        file = {"category": "A01", "size": 1, "media_type": "text/plain", "sha256": "0" * 64, "status": "available"}
        yield "evidence", {**record, **file, "country": None, "scope_id": self.expert}
        texts = {
            "status": "draft",
            "published_version": None,
            "authors": [{"expert_id": str(self.expert), "canary": self.word}],
        }
        yield "contributions", {**record, **texts, "expert_ids": [self.expert]}
        yield "contribution_reviewers", {**record, "expert_id": self.expert, "status": "invited"}
        comment = {**record, "visibility": "public", "by_id": self.account, "status": "open"}
        yield "contribution_comments", comment
        yield "naming_consents", {"account_id": self.account}
        yield "focal_points", {**record, "expert_id": self.expert, "status": "active"}

    async def enter(self, superuser: asyncpg.Connection) -> None:
        """Inserts the rows, without triggers and foreign keys."""
        for part, given in self._given():
            table = PARTS[part]
            columns = {row["name"]: row["type"] for row in await superuser.fetch(_COLUMNS, f"escm.{table.name}")}
            row = {name: given[name] if name in given else self._canary(kind, name) for name, kind in columns.items()}
            names, places = ", ".join(f'"{n}"' for n in row), ", ".join(f"${n}" for n in range(1, len(row) + 1))
            await superuser.execute(f"INSERT INTO escm.{table.name} ({names}) VALUES ({places})", *row.values())
            self.rows.setdefault(part, []).append(row)
        used = "INSERT INTO escm.access_last_use (kind, id, used_at) VALUES ('key', $1, $2)"
        await superuser.execute(used, self.rows["api_keys"][0]["id"], _USED)

    def _canary(self, kind: str, name: str) -> Any:
        number = next(_NUMBER)
        text = f"{self.word}-{name}-{number}"
        day = date(1950, 1, 1) + timedelta(days=number)
        values: dict[str, Any] = {
            "uuid": uuid4(),
            "text": text,
            "text[]": [text],
            "uuid[]": [uuid4()],
            "bytea[]": [text.encode()],
            "jsonb": {"canary": text},
            "bytea": orjson.dumps({"canary": text}),
            "boolean": True,
            "date": day,
            "daterange": asyncpg.Range(day, day + timedelta(days=1)),
            "timestamp with time zone": datetime(1950, 1, 1, tzinfo=UTC) + timedelta(hours=number, microseconds=number),
        }
        return values.get(kind, number)


def _as_exported(value: Any) -> Any:
    if isinstance(value, datetime):
        return to_text(value)
    if isinstance(value, bytes):
        return orjson.loads(value)
    if isinstance(value, list):
        return [_as_exported(one) for one in value]
    return str(value) if isinstance(value, UUID | date) else value


@pytest.fixture
async def unchecked(superuser: asyncpg.Connection) -> AsyncIterator[asyncpg.Connection]:
    """A connection without triggers, which therefore counts no expert: those that it enters are deleted afterwards."""
    await superuser.execute("SET session_replication_role = replica")
    await superuser.set_type_codec("jsonb", schema="pg_catalog", encoder=lambda v: orjson.dumps(v).decode(),
                                   decoder=orjson.loads)  # fmt: skip
    yield superuser
    await superuser.execute("DELETE FROM member_expert WHERE ref LIKE 'canary%'")


async def _exported(database: Database, person: Person) -> dict[str, Any]:
    file = io.BytesIO()
    async with snapshot(database, SYSTEM_CONTEXT) as connection:
        row = await connection.fetchrow("SELECT id, ref FROM escm.member_expert WHERE id = $1", person.expert)
        rows = await write(connection, row, file)
    exported: dict[str, Any] = orjson.loads(file.getvalue())
    assert rows == sum(map(len, exported["parts"].values()))
    return exported


async def test_a_persons_export_has_the_canary_of_every_column(
    database: Database, unchecked: asyncpg.Connection
) -> None:
    person, other = Person(), Person()
    for one in (person, other):
        await one.enter(unchecked)
    exported = await _exported(database, person)
    assert exported["expert"]["id"] == str(person.expert)
    assert exported["parts"].keys() == PARTS.keys()
    for part, table in PARTS.items():
        expected = [{name: _as_exported(row[name]) for name in table.exported} for row in person.rows[part]]
        if part == "api_keys":
            expected = [{**row, "used_at": to_text(_USED)} for row in expected]
        assert _in_order(exported["parts"][part]) == _in_order(expected), part
    text = orjson.dumps(exported).decode()
    assert other.word not in text
    assert [name for name in _SECRETS if f"{person.word}-{name}-" in text] == []


def _in_order(rows: list[dict[str, Any]]) -> list[bytes]:
    return sorted(orjson.dumps(row, option=orjson.OPT_SORT_KEYS) for row in rows)
