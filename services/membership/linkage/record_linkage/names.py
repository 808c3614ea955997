"""A person's name as words in Latin letters, from any script and order, and keys to it.

Transliteration is by letters (anyascii); if spellings of one sound differ between countries, `sound` makes them equal.
Kanji of Japanese names are read as Chinese.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from anyascii import anyascii

from services.membership.linkage.record_linkage.spellings import forms_of
from shared.kernel.text import fold

_PARTICLES_WORDS = """
van von der den de del della di da dos das do du la le los las el al ul ibn bin ben bint abu ter ten zu zur af av y
e i mac mc st san dr prof professor mr mrs ms sir jr sr ii iii phd
"""
PARTICLES = frozenset(_PARTICLES_WORDS.split())
"""Words of a name with little weight: many persons have them, and lists leave them out."""
_TITLES_WORDS = """
dr prof professor mr mrs ms sir phd jr sr ii iii
"""
_TITLES = frozenset(_TITLES_WORDS.split())
_KOREAN = {"김": "kim", "이": "lee", "박": "park", "최": "choi", "정": "jung", "강": "kang", "조": "cho", "윤": "yoon"}
_COMPOUND_WORDS = """
欧阳 歐陽 司马 司馬 诸葛 諸葛 上官 司徒 东方 東方 夏侯 慕容
"""
_COMPOUND = frozenset(_COMPOUND_WORDS.split())
_GREEK = (
    ("ου", "ou"), ("ού", "ou"), ("ευ", "ev"), ("εύ", "ev"), ("αυ", "av"), ("αύ", "av"), ("μπ", "b"), ("ντ", "nt"),
    ("γγ", "ng"), ("γκ", "g"), ("ει", "i"), ("εί", "i"), ("οι", "i"), ("οί", "i"), ("χ", "ch"), ("υ", "y"), ("η", "i"),
    ("ή", "i"),
)  # fmt: skip
_APOSTROPHES = re.compile(r"(?<=\w)['’ʼ`´](?=\w)")
_DOTTED = re.compile(r"\b([^\W\d_]{1,2})\.")
_WORDS = re.compile(r"[a-z0-9]+")
_SYLLABLES = re.compile(r"[A-Z][a-z']*|[a-z]+")
_SOUNDS = tuple(
    (letters, re.compile(pattern).sub, sound)
    for letters, pattern, sound in (
        ("s", r"shch|sch|sz", "sh"),
        ("c", r"tsch|tch|cz", "ch"),
        ("d", r"dzh|dj|dz", "j"),
        ("kh", r"kh", "h"),
        ("gh", r"gh", "g"),
        ("ph", r"ph", "f"),
        ("th", r"th", "t"),
        ("dh", r"dh", "d"),
        ("zh", r"zh", "z"),
        ("t", r"t[sz]", "c"),
        ("ks", r"ks", "x"),
        ("q", r"q", "k"),
        ("c", r"ck|c(?!h)", "k"),
        ("w", r"w", "v"),
        ("f", r"ff$|f$", "v"),
        ("ae", r"ae", "a"),
        ("oe", r"oe", "o"),
        ("", r"ue|ou|oo", "u"),
        ("e", r"ee|ey$|ie$", "i"),
        ("y", r"y", "i"),
        ("j", r"j", "i"),
    )
)
"""Applied in this order; the first text is a part of every word that the pattern matches, and saves the search."""
_SILENT = str.maketrans("", "", "aeiouyjhw`'")
_REPEATED = re.compile(r"(.)\1+")
_INITIALS = str.maketrans("qkwjyeiou", "ccvaaaaaa")


@dataclass(frozen=True, slots=True)
class Name:
    """Words in lower-case Latin letters; a word of one letter is an initial. `foreign`: the name was written in another
    script."""

    given: tuple[str, ...]
    family: tuple[str, ...]
    foreign: bool = False


def names_of(names: Sequence[Mapping[str, Any]]) -> tuple[Name, ...]:
    """The names of a record, each once, at most six, without those that are empty after transliteration."""
    found = dict.fromkeys(name for each in names if (name := _name_of(each)) is not None)
    return tuple(found)[:6]


def _name_of(name: Mapping[str, Any]) -> Name | None:
    return _parsed(name.get("given") or "", name.get("family") or "", name.get("full") or "")


@lru_cache(maxsize=65_536)
def _parsed(given: str, family: str, full: str) -> Name | None:
    foreign = not (given + family + full).isascii() and not _is_latin(given + family + full)
    if not family:
        given, family = _split(full)
    elif not given and " " in family.strip():
        given, family = _split(family)
    words = tuple([word for word in _words(family, given=False) if word not in _TITLES])
    called = tuple([word for word in _words(given, given=True) if word not in _TITLES])
    if not words:
        words, called = called[-1:], called[:-1]
    return Name(called, words, foreign) if words else None


def _split(full: str) -> tuple[str, str]:
    """Given and family name of a full one: `Family, Given`; Chinese and Korean names start with the family name; else
    the last word is the family name, with the particles before it."""
    before, comma, after = full.partition(",")
    if comma and after.strip() and after.strip().casefold().rstrip(".") not in _TITLES:
        return after.strip(), before.strip()
    full = before.strip()
    if " " not in full and _is_han(full):
        length = 2 if full[:2] in _COMPOUND and len(full) > 2 else 1
        return full[length:], full[:length]
    words = full.split()
    start = len(words) - 1
    while start > 1 and words[start - 1].casefold() in PARTICLES:
        start -= 1
    return " ".join(words[:start]), " ".join(words[start:])


def _words(text: str, *, given: bool) -> Iterable[str]:
    if not text:
        return ()
    if not text.isascii() or "'" in text or "`" in text:
        text = _APOSTROPHES.sub("", text)
    if given and "." in text:
        text = _DOTTED.sub(lambda found: f" {found[1][0]} ", text)
    if not text.isascii():
        text = _latin(text)
    if given:
        text = " ".join(" ".join(word) if _is_capitals(word) else word for word in text.split())
    return _WORDS.findall(text.lower())


def _is_capitals(word: str) -> bool:
    """Initials without dots, such as `JR`; a name in capitals is longer or has vowels."""
    return 2 <= len(word) <= 3 and word.isupper() and not (len(word) == 3 and set(word) & set("AEIOUY"))


@lru_cache(maxsize=65_536)
def _latin(text: str) -> str:
    text = unicodedata.normalize("NFC", text)
    if _is_han(text):
        head = _KOREAN.get(text, "")
        return head or " ".join(_SYLLABLES.findall(anyascii(text)))
    if any("\u0370" <= letter <= "\u03ff" for letter in text):
        text = text.lower()
        for letters, latin in _GREEK:
            text = text.replace(letters, latin)
    if any("\u0600" <= letter <= "\u06ff" for letter in text):
        text = re.sub(r"\bال", "", text)
    return anyascii(text).replace("`", "").replace("'", "")


def _is_han(text: str) -> bool:
    return any("\u4e00" <= letter <= "\u9fff" or "\uac00" <= letter <= "\ud7a3" for letter in text)


def _is_latin(text: str) -> bool:
    return all(letter < "\u0250" or "\u1e00" <= letter < "\u1f00" for letter in text if letter.isalpha())


@lru_cache(maxsize=131_072)
def sound(word: str) -> str:
    """One spelling for the variants of romanisations: `Shcherbakov`, `Scherbakoff`; `Mueller`, `Muller`."""
    for letters, replace, replaced in _SOUNDS:
        if letters in word:
            word = replace(replaced, word)
    return _once(word)


@lru_cache(maxsize=131_072)
def consonants(word: str) -> str:
    """The sound without vowels, half-vowels and h: what Arabic or Hebrew letters write."""
    return _once(sound(word).replace("sh", "s").replace("ch", "s").translate(_SILENT))


def _once(word: str) -> str:
    """The word with each repeated letter once; few words have any, and the check is faster than replacing."""
    return _REPEATED.sub(r"\1", word) if _REPEATED.search(word) else word


@lru_cache(maxsize=65_536)
def significant_words(words: tuple[str, ...]) -> tuple[str, ...]:
    """The words without particles; all words if none remains."""
    return tuple(word for word in words if word not in PARTICLES) or words


def initial(word: str) -> str:
    """The first letter; letters that romanisations exchange are one, and so are all vowels."""
    return word[:1].translate(_INITIALS)


def _key(family: str, called: str) -> str:
    rest = consonants(family)
    return f"{rest if len(rest) >= 3 else sound(family)} {initial(called)}"


def name_key(names: Sequence[Mapping[str, Any]]) -> str:
    """The key by which a new person is looked up: the consonants of the family name and an initial; empty for an empty
    name."""
    return _name_key(names_of(names)[:1])


def _name_key(names: Sequence[Name]) -> str:
    if not names:
        return ""
    family = significant_words(names[0].family)[-1]
    return _key(family, names[0].given[0] if names[0].given else "")[:100]


def blocking_keys(names: Sequence[Mapping[str, Any]]) -> list[str]:
    """The keys that the same person may have: each word as the family name with the initial of each other, at most
    32."""
    found: dict[str, None] = {}
    for name in names_of(names):
        words = (*significant_words(name.family), *name.given)
        for place, word in enumerate(words[:6]):
            if len(word) > 1:
                others = words[:place] + words[place + 1 :]
                forms = [form for other in others or ("",) for form in sorted(forms_of(other))]
                found |= dict.fromkeys(_key(word, form)[:100] for form in forms)
    return list(found)[:32]


def patterns(names: Sequence[Mapping[str, Any]]) -> list[str]:
    """LIKE patterns for the search keys of experts with the same given name and the start or end of the family name, at
    most eight."""
    found = []
    for name in names[:4]:
        given, family = (fold(name.get(part) or "").split() for part in ("given", "family"))
        if given and family and len(given[0]) >= 3 and len(family[-1]) >= 5:
            found += [f"% {given[0]} {family[-1][:3]}%", f"%{family[-1][-3:]} {given[0]} %"]
    return found
