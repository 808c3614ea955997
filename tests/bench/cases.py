"""The measured cases: each is one request in two forms, ours and the bound's."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from shared.kernel.expertise import BOUNDARIES
from tests.support.membership import expert

EXPERTS = "/membership/v1/experts"


@dataclass(frozen=True)
class Case:
    """A case: wrk scripts against our service and against the bound. `target` is the promised ratio."""

    name: str
    what: str
    ours: str
    bound: str
    target: float


@dataclass(frozen=True)
class Sample:
    """The values of the requests, read from the loaded database. `names`: given and family names that others have
    too."""

    ids: list[str]
    countries: list[str]
    fragments: list[str]
    names: list[tuple[str, str]]
    deep_path: str
    deep_id: str
    token: str


def gets(paths: Iterable[str], headers: dict[str, str] | None = None) -> str:
    """A script that requests the paths in turn."""
    listed = ",".join(json.dumps(path) for path in paths)
    set_headers = "".join(f"wrk.headers[{json.dumps(k)}]={json.dumps(v)}\n" for k, v in (headers or {}).items())
    return (
        f"local paths={{{listed}}}\nlocal n=0\n{set_headers}"
        "request=function() n=n%#paths+1; return wrk.format('GET', paths[n]) end\n"
    )


def posts(path: str, bodies: Iterable[dict[str, Any]], headers: dict[str, str], *, keyed: bool) -> str:
    """A script that posts the bodies in turn, with a new idempotency key each time if `keyed`."""
    set_headers = "".join(
        f"wrk.headers[{json.dumps(k)}]={json.dumps(v)}\n"
        for k, v in {**headers, "Content-Type": "application/json"}.items()
    )
    key = "wrk.headers['Idempotency-Key']=run..'-'..n;" if keyed else ""
    listed = ",".join(json.dumps(json.dumps(body)) for body in bodies)
    return (
        f"wrk.method='POST'\nlocal n=0\nlocal run=tostring(os.time())..tostring({{}})\n"
        f"local bodies={{{listed}}}\n{set_headers}"
        f"request=function() n=n+1; {key}"
        f" return wrk.format('POST', {json.dumps(path)}, nil, bodies[n%#bodies+1]) end\n"
    )


def cases(sample: Sample) -> dict[str, Case]:
    """All cases by name."""
    bearer = {"Authorization": f"Bearer {sample.token}"}
    ours_item = [f"{EXPERTS}/{identity}" for identity in sample.ids]
    bare_item = [f"/experts/{identity}" for identity in sample.ids]
    ours_page = [f"{EXPERTS}?country={country}&status=active" for country in sample.countries]
    bare_page = [f"/experts?country={country}&status=active" for country in sample.countries]
    asked = [
        f"country={country}&field={n % 6 + 1}.{n % 5 + 1}&planetary_boundary={BOUNDARIES[n % len(BOUNDARIES)]}"
        for n, country in enumerate(sample.countries)
    ]
    written = [_written("Bench", "Mark")]
    shared = [_written(*name) for name in sample.names]
    return {
        case.name: case
        for case in (
            Case("W1", "expert by id", gets(ours_item), gets(bare_item), 1.0),
            Case("W1_token", "expert by id with a token", gets(ours_item, bearer), gets(bare_item), 0.85),
            Case("W2", "list of 50 by country and status", gets(ours_page), gets(bare_page), 1.3),
            Case("W3", "the page at row 100,000", gets([sample.deep_path]), gets([f"/deep?after={sample.deep_id}"]), 0),
            Case(
                "W4",
                "name fragment",
                gets(f"{EXPERTS}?q={fragment}" for fragment in sample.fragments),
                gets(f"/named?q={fragment}" for fragment in sample.fragments),
                0.6,
            ),
            Case(
                "directory",
                "three filters: country, field, boundary",
                gets(f"{EXPERTS}?{query}" for query in asked),
                gets(f"/directory?{query}" for query in asked),
                0.5,
            ),
            Case(
                "W5",
                "create, validated, with audit entry, fact and key",
                posts(EXPERTS, written, bearer, keyed=True),
                posts("/experts", [_bare()], {}, keyed=False),
                0.4,
            ),
            Case(
                "W5_names",
                "the same, names that some twenty others may have",
                posts(EXPERTS, shared, bearer, keyed=True),
                posts("/experts", [_bare()], {}, keyed=False),
                0.3,
            ),
        )
    }


def _written(given: str, family: str) -> dict[str, Any]:
    return expert(country="PK", names=[{"given": given, "family": family}], keywords=["soil"])


def _bare() -> dict[str, Any]:
    empty: list[str] = []
    return {
        "version": 1, "status": "prospect", "country": "PK", "visibility": "network", "created_by": "bench",
        "updated_by": "bench", "names": [{"given": "Bench", "family": "Mark"}], "display_name": "Bench Mark",
        "sort_name": "bench mark", "search_key": " bench mark ", "name_key": "mrk b", "emails": [], "email_keys": empty,
        "languages": empty, "fields": empty, "planetary_boundaries": empty, "ecosystems": empty,
        "keywords": ["soil"], "biography": {}, "category": "expert",
    }  # fmt: skip
