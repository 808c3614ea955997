"""How people write the names of institutions: each perturbation is a function from a register's row to a text."""

import random
import re
import unicodedata
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from shared.kernel.countries import COUNTRIES

Perturbation: TypeAlias = Callable[[Mapping[str, Any], random.Random], str | None]
"""None if the perturbation does not apply to the name."""
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_SMALL = re.compile(
    r"of|the|and|for|in|at|on|de|la|le|les|du|des|del|di|da|do|dos|das|der|die|den|dem|für|und|et|y|e", re.IGNORECASE
)
_SHORTER = {
    "university": "Univ.",
    "universität": "Univ.",
    "universidad": "Univ.",
    "universidade": "Univ.",
    "université": "Univ.",
    "università": "Univ.",
    "universitas": "Univ.",
    "institute": "Inst.",
    "institut": "Inst.",
    "instituto": "Inst.",
    "college": "Coll.",
    "technology": "Technol.",
    "national": "Natl.",
    "international": "Int.",
    "science": "Sci.",
    "sciences": "Sci.",
    "medical": "Med.",
    "school": "Sch.",
    "academy": "Acad.",
    "technical": "Tech.",
    "engineering": "Eng.",
    "agricultural": "Agric.",
    "agriculture": "Agric.",
    "management": "Mgmt.",
}
_UNITS = (
    "Dept. of Physics",
    "Department of Environmental Sciences",
    "Faculty of Law",
    "School of Public Health",
    "Laboratory of Molecular Biology",
    "Department of Civil Engineering",
    "Centre for Climate Research",
    "Institute of Soil Science",
    "Facultad de Medicina",
    "Fakultät für Biologie",
    "Laboratoire de Chimie",
)
_STREETS = ("12 Harbour Road", "P.O. Box 4113", "Main Campus", "Avenue 5, Building 3", "10115")


def _name(row: Mapping[str, Any]) -> str:
    return str(row["names"][0]["value"])


def _mistyped(word: str, dice: random.Random) -> str:
    place = dice.randrange(1, len(word) - 1)
    kind = dice.randrange(4)
    if kind == 0:
        return word[:place] + word[place + 1 :]
    if kind == 1:
        return word[:place] + dice.choice(_LETTERS) + word[place:]
    if kind == 2:
        return word[:place] + word[place + 1] + word[place] + word[place + 2 :]
    return word[:place] + dice.choice(_LETTERS) + word[place + 1 :]


def _typos(count: int) -> Perturbation:
    def perturb(row: Mapping[str, Any], dice: random.Random) -> str | None:
        words = _name(row).split()
        long = [n for n, word in enumerate(words) if len(word) >= 4]
        if not long:
            return None
        for n in dice.sample(long, min(count, len(long))):
            words[n] = _mistyped(words[n], dice)
        return " ".join(words)

    return perturb


def _dropped(row: Mapping[str, Any], dice: random.Random) -> str | None:
    words = _name(row).split()
    if len(words) < 4:
        return None
    words.pop(dice.randrange(len(words)))
    return " ".join(words)


def _added(row: Mapping[str, Any], dice: random.Random) -> str:
    words = _name(row).split()
    words.insert(dice.randrange(len(words) + 1), dice.choice(("The", "Main", "Campus", "State", "City", "Central")))
    return " ".join(words)


def _swapped(row: Mapping[str, Any], dice: random.Random) -> str | None:
    words = _name(row).split()
    if len(words) < 2:
        return None
    n = dice.randrange(len(words) - 1)
    words[n], words[n + 1] = words[n + 1], words[n]
    return " ".join(words)


def _without_marks(row: Mapping[str, Any], _dice: random.Random) -> str | None:
    name = _name(row)
    bare = "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c))
    return bare if bare != name else None


def _abbreviated(row: Mapping[str, Any], _dice: random.Random) -> str | None:
    name = _name(row)
    short = " ".join(_SHORTER.get(word.lower(), word) for word in name.split())
    return short if short != name else None


def _capitals(row: Mapping[str, Any], _dice: random.Random) -> str:
    return _name(row).upper()


def _small(row: Mapping[str, Any], _dice: random.Random) -> str:
    return _name(row).lower()


def acronym_of(name: str) -> str | None:
    """First letters of the words that are not small, if there are three or more."""
    words = [word for word in re.findall(r"[^\W\d_]+", name) if not _SMALL.fullmatch(word)]
    return "".join(word[0] for word in words).upper() if len(words) >= 3 else None


def _acronym(row: Mapping[str, Any], _dice: random.Random) -> str | None:
    return acronym_of(_name(row))


def _acronym_at_home(row: Mapping[str, Any], _dice: random.Random) -> str | None:
    short = acronym_of(_name(row))
    return f"{short}, {COUNTRIES[row['country']].names['en']}" if short else None


def _unit(row: Mapping[str, Any], dice: random.Random) -> str:
    return f"{dice.choice(_UNITS)}, {_name(row)}"


def _unit_mistyped(row: Mapping[str, Any], dice: random.Random) -> str | None:
    name = _typos(1)(row, dice)
    return f"{dice.choice(_UNITS)}, {name}" if name else None


def _unit_behind(row: Mapping[str, Any], dice: random.Random) -> str:
    return f"{_name(row)}, {dice.choice(_UNITS)}"


def _unit_without_comma(row: Mapping[str, Any], dice: random.Random) -> str:
    return f"{dice.choice(_UNITS)} {_name(row)}"


def _at_home(row: Mapping[str, Any], _dice: random.Random) -> str:
    return f"{_name(row)}, {COUNTRIES[row['country']].names['en']}"


def _addressed(row: Mapping[str, Any], dice: random.Random) -> str:
    parts = [dice.choice(_UNITS), _name(row), dice.choice(_STREETS)]
    if row["locations"] and row["locations"][0].get("subdivision"):
        parts.append(row["locations"][0]["subdivision"])
    return ", ".join([*parts, COUNTRIES[row["country"]].names["en"]])


def _all_at_once(row: Mapping[str, Any], dice: random.Random) -> str | None:
    words = _name(row).split()
    words = [_SHORTER.get(word.lower(), word) for word in words]
    long = [n for n, word in enumerate(words) if len(word) >= 5 and not word.endswith(".")]
    if not long:
        return None
    n = dice.choice(long)
    words[n] = _mistyped(words[n], dice)
    return f"{dice.choice(_UNITS)}, {' '.join(words)}, {COUNTRIES[row['country']].names['en']}"


PERTURBATIONS: Mapping[str, Perturbation] = {
    "as it is": lambda row, _dice: _name(row),
    "one typo": _typos(1),
    "two typos": _typos(2),
    "a word dropped": _dropped,
    "a word added": _added,
    "words swapped": _swapped,
    "marks missing": _without_marks,
    "abbreviated": _abbreviated,
    "capitals": _capitals,
    "small letters": _small,
    "acronym": _acronym,
    "acronym, country": _acronym_at_home,
    "unit in front": _unit,
    "unit in front, one typo": _unit_mistyped,
    "unit in front, no comma": _unit_without_comma,
    "unit behind": _unit_behind,
    "country behind": _at_home,
    "full address": _addressed,
    "unit, abbreviated, typo, country": _all_at_once,
}
