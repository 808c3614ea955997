"""The quality of the search for duplicates: precision and recall over hand-labelled pairs, and over an invented
register of known pairs, by kind of difference. The search is that of the job, without a database."""

import csv
import random
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from services.membership.linkage.record_linkage.institutions import body_of
from services.membership.linkage.record_linkage.persons import person_of
from services.membership.linkage.record_linkage.spellings import forms_of
from services.membership.register.duplicates.search import KINDS, PARTITIONS, PersonSearch, among_bodies

DATA = Path(__file__).parents[1] / "data"
PERSONS = 6_000
_SEED = 20261125
_CYRILLIC = dict(
    zip("abvgdezijklmnoprstufhy", "абвгдезийклмнопрстуфхы", strict=True),
    sh="ш", ch="ч", zh="ж", kh="х", ts="ц", yu="ю", ya="я", shch="щ",
)  # fmt: skip
_MARKED = str.maketrans({"a": "á", "o": "ö", "u": "ü", "e": "é", "n": "ñ", "c": "ç", "i": "í", "s": "š", "z": "ž"})


@dataclass(frozen=True)
class Result:
    """Counts of one set. `found` are pairs above the threshold, `right` those of them that are one."""

    known: int
    found: int
    right: int

    @property
    def precision(self) -> float:
        return self.right / self.found if self.found else 1.0

    @property
    def recall(self) -> float:
        return self.right / self.known if self.known else 1.0


def person(number: int, given: str, family: str, country: str, **more: Any) -> dict[str, Any]:
    """A row as the search reads it."""
    row = {"names": [{"given": given, "family": family}], "country": country, "email_keys": [], "orcid": None}
    return {"id": UUID(int=number), **row, "works": [], **more}


def found_among(rows: list[dict[str, Any]]) -> set[tuple[int, int]]:
    """The numbers of the pairs that the search finds."""
    search = PersonSearch()
    for row in rows:
        search.add(person_of(row))
    found = set()
    for kind in KINDS:
        search.select_kind(kind)
        number = 0
        while number < PARTITIONS:
            hits, number = search.scan(number)
            found |= {(hit.a.int, hit.b.int) for hit in hits}
    return found


def labelled() -> Result:
    """The labelled pairs of the experts' list, among all its rows with a country."""
    with (DATA / "duplicates" / "experts.csv").open() as file:
        rows = [
            person(n, r["given_names"], r["family_name"], r["country"], works=[r["institution"]])
            for n, r in enumerate(csv.DictReader(file), 1)
            if r["country"]
        ]
    found = found_among(rows)
    with (DATA / "duplicates" / "experts-labelled.csv").open() as file:
        labels = {(int(r["row_a"]), int(r["row_b"])): r["same"] == "yes" for r in csv.DictReader(file)}
    same = {pair for pair, is_same in labels.items() if is_same}
    return Result(len(same), len(found & labels.keys()), len(found & same))


def invented() -> tuple[Result, dict[str, Result]]:
    """An invented register: all pairs together, and the recall of each kind of difference."""
    dice = random.Random(_SEED)
    rows, known = [], {}
    for number, base in enumerate(_persons(dice)):
        rows.append(base)
        if number % 3 == 0:
            kind = list(_CHANGES)[number // 3 % len(_CHANGES)]
            copy = {**_CHANGES[kind](base, dice), "id": UUID(int=number + 1_000_000)}
            rows.append(copy)
            known[base["id"].int, copy["id"].int] = kind
    found = found_among(rows)
    right = defaultdict(int)
    total = defaultdict(int)
    for pair, kind in known.items():
        total[kind] += 1
        right[kind] += pair in found
    by_kind = {kind: Result(total[kind], right[kind], right[kind]) for kind in _CHANGES}
    return Result(len(known), len(found), len(found & known.keys())), by_kind


def institutions() -> Result:
    """The sample of universities, each a second time with a noisy name; domains on every other one."""
    dice = random.Random(_SEED)
    with (DATA / "universities.csv").open() as file:
        sample = list(csv.DictReader(file))
    bodies, known = {}, set()
    for number, row in enumerate(sample, 1):
        for copy, name in ((number, row["name"]), (number + 10_000, _noisy(row["name"], dice))):
            names = [{"value": name, "types": ["ror_display"]}]
            domains = row["domains"].split() if copy == number or dice.random() < 0.5 else []
            place = [{"subdivision": row["state_province"] or None}]
            raw = {"names": names, "domains": domains, "locations": place, "country": row["country"], "ror": None}
            bodies[UUID(int=copy)] = body_of({"id": UUID(int=copy), **raw})
        known.add((number, number + 10_000))
    found = {(hit.a.int, hit.b.int) for hit in among_bodies(bodies)}
    return Result(len(known), len(found), len(found & known))


def figures() -> dict[str, dict[str, float]]:
    """All figures by the name of the set; a kind of difference has only a recall."""
    every, by_kind = invented()
    sets = {"pairs labelled by hand": labelled(), "invented persons": every, "institutions": institutions()}
    found = {name: {"known": r.known, "precision": r.precision, "recall": r.recall} for name, r in sets.items()}
    kinds = {f"  {name}": {"known": r.known, "recall": r.recall} for name, r in by_kind.items()}
    return {**found, **kinds}


def _persons(dice: random.Random) -> Iterator[dict[str, Any]]:
    """Persons with names combined from the list's; one in six has the family name and institution of another."""
    with (DATA / "duplicates" / "experts.csv").open() as file:
        listed = list(csv.DictReader(file))
    families = [r["family_name"] for r in listed if len(r["family_name"]) > 3]
    given = sorted(
        {w for r in listed for w in r["given_names"].replace("-", " ").split() if len(w) > 3 and w.isalpha()}
    )
    places = sorted({(r["institution"], r["country"]) for r in listed if r["country"] and r["institution"] != "N/A"})
    previous = ("Nobody", places[0])
    for number in range(1, PERSONS + 1):
        family, (place, country) = dice.choice(families), dice.choice(places)
        if number % 6 == 0:
            family, (place, country) = previous
        previous = (family, (place, country))
        called = dice.choice(given) if dice.random() < 0.7 else f"{dice.choice(given)} {dice.choice(given)}"
        email = [f"{called.split()[0]}.{family}{number}@{country}.example".lower().replace(" ", "")]
        yield person(number, called, family, country, works=[place], email_keys=email if dice.random() < 0.6 else [])


def _named(row: dict[str, Any], given: str, family: str, **more: Any) -> dict[str, Any]:
    return {**row, "names": [{"given": given, "family": family}], "email_keys": [], **more}


def _parts(row: dict[str, Any]) -> tuple[str, str]:
    return row["names"][0]["given"], row["names"][0]["family"]


def _typo(row: dict[str, Any], dice: random.Random) -> dict[str, Any]:
    given, family = _parts(row)
    return _named(row, given, _slip(family, dice))


def _slip(word: str, dice: random.Random) -> str:
    """One letter left out, doubled, exchanged with its neighbour or replaced; not the first."""
    at = dice.randrange(1, len(word) - 1)
    return dice.choice(
        (
            word[:at] + word[at + 1 :],
            word[:at] + word[at] + word[at:],
            word[:at] + word[at + 1] + word[at] + word[at + 2 :],
            word[:at] + dice.choice("aeiourstn") + word[at + 1 :],
        )
    )


def _swapped(row: dict[str, Any], _dice: random.Random) -> dict[str, Any]:
    given, family = _parts(row)
    return _named(row, family, given)


def _full(row: dict[str, Any], _dice: random.Random) -> dict[str, Any]:
    given, family = _parts(row)
    return {**row, "names": [{"full": f"{family.upper()}, {given}"}], "email_keys": []}


def _initials(row: dict[str, Any], dice: random.Random) -> dict[str, Any]:
    given, family = _parts(row)
    letters = [word[0] for word in given.split()]
    return _named(row, dice.choice((". ".join(letters) + ".", "".join(letters), " ".join(letters))), family)


def _marks(row: dict[str, Any], _dice: random.Random) -> dict[str, Any]:
    given, family = _parts(row)
    return _named(row, given.translate(_MARKED), family.translate(_MARKED))


def _script(row: dict[str, Any], _dice: random.Random) -> dict[str, Any]:
    return _named(row, *(_in_cyrillic(part) for part in _parts(row)))


def _in_cyrillic(text: str) -> str:
    text = text.lower().replace("w", "v").replace("q", "k").replace("x", "ks").replace("c", "k").replace("kh", "kh")
    for latin in sorted(_CYRILLIC, key=len, reverse=True):
        text = text.replace(latin, _CYRILLIC[latin])
    return text.title()


def _short(row: dict[str, Any], dice: random.Random) -> dict[str, Any]:
    given, family = _parts(row)
    called = dice.choice(("Robert", "William", "Elizabeth", "Michael", "Katherine", "Alexander", "Margaret"))
    row["names"] = [{"given": " ".join((called, *given.split()[1:])), "family": family}]
    form = dice.choice(sorted(forms_of(called.lower()) - {called.lower()}))
    return _named(row, " ".join((form.title(), *given.split()[1:])), family)


def _middle(row: dict[str, Any], dice: random.Random) -> dict[str, Any]:
    given, family = _parts(row)
    first, *rest = given.split()
    return _named(row, first if rest else f"{first} {dice.choice('ABDEGHJKLMNPRST')}.", family)


def _married(row: dict[str, Any], dice: random.Random) -> dict[str, Any]:
    """With the earlier name in addition to the new one, or with the same address: a new name alone does not identify
    the person."""
    given, family = _parts(row)
    new = dice.choice(("Anderssen", "Okonjo", "Villanueva", "Petridis", "Takeda", "Mbeki", "Lindqvist"))
    if dice.random() < 0.5:
        return _named(row, given, f"{family}-{new}")
    row["email_keys"] = row["email_keys"] or [f"{given.split()[0]}{row['id'].int}@personal.example".lower()]
    return {**_named(row, given, new), "email_keys": row["email_keys"]}


def _address(row: dict[str, Any], _dice: random.Random) -> dict[str, Any]:
    return {**row, "email_keys": [f"new{row['id'].int}@elsewhere.example"]}


def _moved(row: dict[str, Any], dice: random.Random) -> dict[str, Any]:
    given, family = _parts(row)
    return _named(row, given, family, works=[f"Institute {dice.randrange(10**6)}"])


def _abroad(row: dict[str, Any], dice: random.Random) -> dict[str, Any]:
    return {**_moved(row, dice), "country": dice.choice(("PE", "FJ", "MN", "RW", "EE"))}


_CHANGES = {
    "letter wrong": _typo,
    "order": _swapped,
    "one field": _full,
    "initials": _initials,
    "marks": _marks,
    "script": _script,
    "short form": _short,
    "middle name": _middle,
    "married": _married,
    "other address": _address,
    "other institution": _moved,
    "other country": _abroad,
}


def _noisy(name: str, dice: random.Random) -> str:
    words = name.split()
    long = [at for at, word in enumerate(words) if len(word) > 7]
    change = dice.randrange(4)
    if change == 0 and long:
        at = dice.choice(long)
        words[at] = _slip(words[at], dice)
    elif change == 1:
        words = [{"University": "Univ.", "Institute": "Inst.", "of": "of"}.get(word, word) for word in words]
    elif change == 2 and len(words) == 2 and words[1] == "University":
        words = ["University", "of", words[0]]
    else:
        words = [word.upper() for word in words]
    return " ".join(words)
