"""The search through all records of a collection in memory: by keys, then among records with the same key. Pure.

A million experts take some 400 MB during the search: each is stored as one text, and the kinds of key are made and
scanned one after the other.
"""

from array import array
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations, groupby
from typing import Any
from uuid import UUID
from zlib import crc32

from services.membership.linkage.record_linkage import institutions, persons
from services.membership.linkage.record_linkage.domain import Body, Person
from services.membership.linkage.record_linkage.institution_words import GENERIC
from services.membership.linkage.record_linkage.names import Name, consonants, initial, significant_words, sound
from services.membership.linkage.record_linkage.persons import Rates
from services.membership.linkage.record_linkage.spellings import groups_of
from services.membership.register.duplicates.domain import THRESHOLD, Found, decided, pair

KINDS = ("name", "consonants", "given", "identifier")
"""The kinds of key: the sound of a family name with an initial; the same without vowels, for other scripts; a given
name with the start or end of a family name, so that one letter may be wrong; an e-mail address or ORCID iD."""
PARTITIONS = 256
"""Partitions of the keys of one kind; each is sorted and scanned at once, in a fraction of a second."""
_KEYS_AT_ONCE = 4_000
"""Keys that one call scans: a change of threads costs more than the keys of a small register."""
_FEW, _LARGE = 6, 60
_LARGEST = 250
_BITS = 24
_MASK = (1 << _BITS) - 1
_SWAPPED = 1 << _BITS
_NOBODY = UUID(int=0)


class HashedCounter:
    """Counts words by country, by digests of 64 bits: some 8 bytes for each occurrence."""

    def __init__(self) -> None:
        self._parts = [array("q") for _ in range(PARTITIONS)]
        self._sorted = [True] * PARTITIONS

    def add(self, country: str, word: str) -> None:
        digest = hash((country, word))
        self._parts[digest % PARTITIONS].append(digest)
        self._sorted[digest % PARTITIONS] = False

    def count(self, country: str, word: str) -> int:
        digest = hash((country, word))
        number = digest % PARTITIONS
        if not self._sorted[number]:
            self._parts[number] = array("q", sorted(self._parts[number]))
            self._sorted[number] = True
        part = self._parts[number]
        return bisect_right(part, digest) - bisect_left(part, digest)


@dataclass(frozen=True, slots=True)
class CountsOf:
    """The counts of words in several countries together."""

    counter: HashedCounter
    countries: frozenset[str]

    def get(self, word: str, _default: int = 0) -> int:
        return sum(self.counter.count(country, word) for country in self.countries)


class PersonSearch:
    """All experts, and the pairs among them. `add` all, then select each kind and scan its partitions."""

    def __init__(self) -> None:
        self._ids = bytearray()
        self._texts: list[bytes] = []
        self._families, self._given = HashedCounter(), HashedCounter()
        self._countries: Counter[str] = Counter()
        self._known_rates: dict[frozenset[str], Rates] = {}
        self._kind = ""
        self._buckets: list[array[int]] = []

    def __len__(self) -> int:
        return len(self._texts)

    def add(self, person: Person) -> None:
        """Adds an expert."""
        self._ids += person.key.bytes
        self._texts.append(_packed(person))
        self._countries[person.country] += 1
        for name in person.names:
            for word in set(significant_words(name.family)):
                self._families.add(person.country, word)
            if name.given:
                self._given.add(person.country, name.given[0])

    def select_kind(self, kind: str) -> None:
        """Makes the keys of one kind and drops those of the previous one."""
        self._kind, self._buckets = kind, [array("Q") for _ in range(PARTITIONS)]
        for place, text in enumerate(self._texts):
            for key, is_swapped in _KEYS[kind](_unpacked(text, _NOBODY)):
                digest = crc32(key.encode())
                bucket = self._buckets[digest % PARTITIONS]
                bucket.append(digest << (_BITS + 1) | (_SWAPPED if is_swapped else 0) | place)

    def scan(self, first: int) -> tuple[list[Found], int]:
        """The pairs that the keys of some partitions find, from the first on, and the partition that is next: as many
        partitions as hold some thousand keys."""
        found: list[Found] = []
        number = first
        keys = 0
        while number < PARTITIONS and keys < _KEYS_AT_ONCE:
            found += self._scan_partition(number)
            keys += len(self._buckets[number])
            number += 1
        return found, number

    def _scan_partition(self, number: int) -> list[Found]:
        keys = sorted(self._buckets[number])
        found: dict[tuple[UUID, UUID], Found] = {}
        for _, block in groupby(keys, _digest):
            for one, other in self._pairs(list(block)):
                match_score = decided(persons.compare(one, other, self._rates(one.country, other.country)))
                if match_score.score >= THRESHOLD:
                    hit = pair(one, other, match_score)
                    found[hit.a, hit.b] = hit
        return list(found.values())

    def _rates(self, *countries: str) -> Rates:
        """How common names are in the two countries of a pair: readers of the pair may know of all their records."""
        both = frozenset(countries)
        if (known := self._known_rates.get(both)) is None:
            members = {country: self._countries[country] for country in both}
            counts = CountsOf(self._families, both), CountsOf(self._given, both)
            known = self._known_rates[both] = Rates(sum(members.values()), *counts, members)
        return known

    def _pairs(self, numbers: list[int]) -> Iterator[tuple[Person, Person]]:
        """The pairs of a block that are worth a comparison; in a large block those of one country and given name, or of
        one institution."""
        if len(numbers) == 1:
            return
        members = {number & _MASK: not number & _SWAPPED for number in sorted(numbers, reverse=True)}
        persons = [(self._person(place), straight) for place, straight in members.items()]
        if self._kind == "consonants" and len(persons) > _FEW:
            yield from _with_foreign(persons)
            return
        if len(persons) <= _LARGE:
            yield from _either_straight(persons)
            return
        parts: dict[Any, list[tuple[Person, bool]]] = {}
        for person, straight in persons:
            called = {name.given[0] for name in person.names if name.given}
            for key in (*((person.country, word) for word in called), *person.works):
                parts.setdefault(key, []).append((person, straight))
        for part in parts.values():
            if len(part) <= _LARGEST:
                yield from _either_straight(part)

    def _person(self, place: int) -> Person:
        return _unpacked(self._texts[place], UUID(bytes=bytes(self._ids[place * 16 : place * 16 + 16])))


def _digest(number: int) -> int:
    return number >> (_BITS + 1)


def _either_straight(persons: list[tuple[Person, bool]]) -> Iterator[tuple[Person, Person]]:
    for (one, straight), (other, also) in combinations(persons, 2):
        if (straight or also) and one.key != other.key:
            yield one, other


def _with_foreign(persons: list[tuple[Person, bool]]) -> Iterator[tuple[Person, Person]]:
    """The pairs with a name from another script; of many, those of one country."""
    foreign = [each for each in persons if any(name.foreign for name in each[0].names)]
    is_many = len(foreign) * len(persons) > _LARGEST**2
    seen: set[UUID] = set()
    for one, straight in foreign:
        seen.add(one.key)
        for other, also in persons:
            if (straight or also) and other.key not in seen and not (is_many and one.country != other.country):
                yield one, other


def _packed(person: Person) -> bytes:
    names = "\n".join(f"{' '.join(n.given)}|{' '.join(n.family)}|{'f' if n.foreign else ''}" for n in person.names)
    parts = (person.country, person.orcid or "", " ".join(sorted(person.emails)), "\n".join(person.works), names)
    return "\0".join(parts).encode()


def _unpacked(text: bytes, key: UUID) -> Person:
    country, orcid, emails, works, names = text.decode().split("\0")
    parsed = []
    for line in names.split("\n") if names else ():
        given, family, foreign = line.split("|")
        parsed.append(Name(tuple(given.split()), tuple(family.split()), bool(foreign)))
    lines = tuple(works.split("\n")) if works else ()
    return Person(key, country, tuple(parsed), frozenset(emails.split()), orcid or None, lines)


def _name_keys(person: Person, heard: Callable[[str], str] = sound) -> set[tuple[str, bool]]:
    keys: set[tuple[str, bool]] = set()
    for name in person.names:
        families = significant_words(name.family)[:3]
        for family in (*families, "".join(families)) if len(families) > 1 else families:
            rest = heard(family)
            keys |= {(f"{rest} {initial(word)}", False) for word in name.given[:1] or ("",)}
            keys |= {(f"{rest} {group}", False) for word in name.given[:1] for group in groups_of(word)}
            keys |= {(f"{rest} {initial(word)}", True) for word in name.given[1:3]}
        for word in name.given[:2]:
            if len(word) > 1:
                keys |= {(f"{heard(word)} {initial(family)}", True) for family in families}
    return keys


def _consonant_keys(person: Person) -> set[tuple[str, bool]]:
    return _name_keys(person, _rest)


def _rest(family: str) -> str:
    return consonants(family) or family


def _given_keys(person: Person) -> set[tuple[str, bool]]:
    keys = set()
    for name in person.names:
        if name.given and len(name.given[0]) > 1:
            called = sound(name.given[0])
            for family in significant_words(name.family)[:2]:
                if len(family) >= 4:
                    keys |= {(f"{called} {part}", False) for part in _untouched(family)}
            keys.add((f"{''.join(name.given)} {''.join(name.family)}"[:40], False))
    return keys


def _untouched(family: str) -> set[str]:
    """Parts of a name of which at least one is unchanged when a letter is wrong."""
    sizes = {2 if len(family) < 7 else 3, 2 if len(family) < 6 else 3}
    ends = {end for size in sizes for end in (family[:size], f"*{family[-size:]}")}
    return {*ends, f"={''.join(sorted(family))}"}


def _identifier_keys(person: Person) -> set[tuple[str, bool]]:
    return {(key, False) for key in (*person.emails, *([person.orcid] if person.orcid else ()))}


_KEYS = {"name": _name_keys, "consonants": _consonant_keys, "given": _given_keys, "identifier": _identifier_keys}


def among_bodies(institutions_of_base: Mapping[UUID, Body]) -> list[Found]:
    """The pairs among all institutions; a database has some ten thousand."""
    blocks: dict[str, set[UUID]] = {}
    for body in institutions_of_base.values():
        for key in _body_keys(body):
            blocks.setdefault(key, set()).add(body.key)
    found: dict[tuple[UUID, UUID], Found] = {}
    seen: set[tuple[UUID, UUID]] = set()
    for block in blocks.values():
        if len(block) > _LARGEST:
            continue
        for one, other in combinations(sorted(block), 2):
            if (one, other) in seen:
                continue
            seen.add((one, other))
            match_score = institutions.compare(institutions_of_base[one], institutions_of_base[other])
            if match_score.score >= THRESHOLD:
                found[one, other] = pair(institutions_of_base[one], institutions_of_base[other], match_score)
    return list(found.values())


def _body_keys(body: Body) -> set[str]:
    keys = {f"@{domain}" for domain in body.domains} | {f"#{body.ror}" for _ in (1,) if body.ror}
    keys |= {f"{body.country} !{short}" for short in body.shorts}
    for words in body.names:
        keys.add("".join(words))
        keys.add(" ".join(sorted(words)))
        for word in words:
            if word not in GENERIC:
                keys |= {f"{body.country} {word[:4]}", f"{body.country} *{word[-4:]}"}
    return keys
