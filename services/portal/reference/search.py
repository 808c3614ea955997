"""The search over operations and the verbs of transitions. What newcomers call otherwise stands in `words.csv`."""

import csv
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from services.portal.reference.contents import Operation, Verb, operations

LONGEST = 100
"""Characters of a search that count; further ones are left out."""
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Task:
    """Something that one does: an operation, or one verb of a transition."""

    title: str
    operation: Operation
    verb: Verb | None = None


@dataclass(frozen=True, slots=True)
class _Indexed:
    task: Task
    places: tuple[str, ...]
    """Its words: of the title, of what is said about it, of its parts. Each word follows a space."""


@cache
def tasks() -> tuple[Task, ...]:
    """All tasks in the order of their titles: verbs of transitions, and what is no transition."""
    found = []
    for one in operations().values():
        found += [Task(one.task(verb), one, verb) for verb in one.verbs] or [Task(one.summary, one)]
    return tuple(sorted(found, key=lambda task: (task.title.casefold(), task.operation.id)))


def search(asked: str) -> list[Task]:
    """The tasks that have every word of a search, at the beginning of a word, and its parts of an address; those first
    that are called so."""
    parts = asked[:LONGEST].split()
    words = _words(" ".join(part for part in parts if "/" not in part))
    wanted = [(word, *_synonyms().get(word, ())) for word in words]
    addresses = [part for part in parts if "/" in part]
    ranked = [(rank, each.task) for each in _index() if (rank := _rank(each, wanted, addresses)) is not None]
    return [task for _, task in sorted(ranked, key=lambda found: found[0])] if parts else []


def _rank(each: _Indexed, wanted: Sequence[Sequence[str]], addresses: Sequence[str]) -> tuple[int, ...] | None:
    """How far from the title the words stand, then how much more it has; None if a word or an address is missing."""
    path = each.task.operation.path
    places = [_place(each, alternatives) for alternatives in wanted]
    if None in places or not all(part in path for part in addresses):
        return None
    return sum(place or 0 for place in places), len(path) if addresses else 0, len(each.task.title)


def _place(each: _Indexed, alternatives: Sequence[str]) -> int | None:
    for number, text in enumerate(each.places):
        if any(all(f" {part}" in text for part in one.split()) for one in alternatives):
            return number
    return None


@cache
def _index() -> tuple[_Indexed, ...]:
    return tuple(_indexed(task) for task in tasks())


def _indexed(task: Task) -> _Indexed:
    one, verb = task.operation, task.verb
    said = (one.description, one.summary, verb.meaning) if verb else (one.description,)
    named = (one.id, re.sub(r"(?=[A-Z])", " ", one.id), one.method, one.path, one.service, verb.code if verb else "")
    return _Indexed(task, tuple(_text(part) for part in ((task.title,), (*named, *said), (one.words,))))


def _text(parts: Sequence[str]) -> str:
    return " ".join(("", *_words(" ".join(parts))))


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold().replace("e-mail", "email"))


@cache
def _synonyms() -> Mapping[str, tuple[str, ...]]:
    with files("services.portal.reference").joinpath("words.csv").open(encoding="utf-8") as lines:
        found: dict[str, tuple[str, ...]] = {}
        for row in csv.DictReader(lines):
            found[row["word"]] = (*found.get(row["word"], ()), row["means"])
        return found
