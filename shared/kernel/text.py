"""One folding rule for names, shared by import, search, sorting and duplicate search."""

import re
import unicodedata
from collections.abc import Mapping

_LETTER_FORMS = str.maketrans(
    {
        "أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ى": "ي", "ی": "ي", "ې": "ي", "ئ": "ي", "ؤ": "و", "ة": "ه", "ۀ": "ه",
        "ک": "ك", "ہ": "ه", "ھ": "ه", "ـ": "", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae",
        "œ": "oe", "ħ": "h", "ı": "i", "ŋ": "n", "ə": "e",
    }
)  # fmt: skip
_NOT_A_WORD = re.compile(r"[^\w]+|_+")
_NOT_IN_A_LINE = re.compile(
    "[\0-\x1f\x7f-\x9f\u2028\u2029\ufdd0-\ufdef"
    + "".join(chr(plane << 16 | last) for plane in range(17) for last in (0xFFFE, 0xFFFF))
    + "]"
)
_JOINERS = "\u200c\u200d"
"""Signs without which some scripts cannot be written."""
_BEGINS_ADDRESS = re.compile(r"@|://|\bwww\.", re.IGNORECASE)
_DOTTED = re.compile(r"\w\w\.(\w{2,})")
"""Two words with a dot between them and no space: the second one."""
_DOMAINS = frozenset(("com", "net", "org", "info", "int", "edu"))
_ASCII_WORDS = "".join(chr(n).lower() if chr(n).isalnum() else " " for n in range(128))


LANGUAGES = ("en", "fr", "es", "ar", "zh", "ru")
"""The languages of titles, pages and mails."""


RIGHT_TO_LEFT = frozenset(("ar", "fa", "he", "ur"))
"""The languages that are read from the right."""


def direction_of(language: str) -> str:
    """The direction in which a language is read, as HTML names it."""
    return "rtl" if language.partition("-")[0] in RIGHT_TO_LEFT else "ltr"


def text_in(language: str, texts: Mapping[str, str]) -> str:
    """A text in a language, else in English, else in any."""
    return texts.get(language) or texts.get("en") or next(iter(texts.values()))


def nfc(text: str) -> str:
    """Canonical composition, as every text is stored."""
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def is_one_line(text: str) -> bool:
    """Whether a text has no control character, no separator of lines or paragraphs, and no non-character of Unicode."""
    return (text.isascii() and text.isprintable()) or _NOT_IN_A_LINE.search(text) is None


def is_person_name(text: str) -> bool:
    """Whether a text can be the name of a person: one line that writes in no other direction than its letters, hides
    nothing and holds no address that a mail program makes a link of. `Mohd.Ali` is a name, `example.org` is not."""
    hidden = (c for c in text if unicodedata.category(c) == "Cf" and c not in _JOINERS)
    if not is_one_line(text) or next(hidden, None) or _BEGINS_ADDRESS.search(text):
        return False
    return all(_is_title_case(last) and last.lower() not in _DOMAINS for last in _DOTTED.findall(text))


def _is_title_case(word: str) -> bool:
    return word[0].isupper() and word[1:].islower()


def fold(text: str) -> str:
    """Words in lower case without diacritics, Arabic marks, letter forms or punctuation, separated by one space."""
    if not text:
        return ""
    if text.isascii():
        return " ".join(text.translate(_ASCII_WORDS).split())
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(character for character in decomposed if unicodedata.category(character) != "Mn")
    composed = unicodedata.normalize("NFKC", bare.translate(_LETTER_FORMS)).casefold()
    return " ".join(_NOT_A_WORD.split(composed)).strip()


def email_key(address: str) -> str:
    """The address in the form for comparison: `Ana@Example.org` and `ana@example.org` are one address. `ſmith@…` and
    `smith@…` are two mailboxes, and so are two: case folding would make them one."""
    return nfc(address).strip().lower()


def mail_address(address: str) -> str:
    """The address with its domain in the ASCII form of IDNA, which every mail server accepts.

    Raises UnicodeError for a domain without such a form, such as one with an empty label.
    """
    local, _, domain = address.rpartition("@")
    return f"{local}@{domain.encode('idna').decode()}"


def search_key(*texts: str) -> str:
    """The folded texts, each once, words between spaces: ` abc` matches the beginning of a word."""
    return f" {' '.join(dict.fromkeys(folded for text in texts if (folded := fold(text))))} "


def search_pattern(q: str) -> str | None:
    """The LIKE pattern for typed text: one or two characters match the beginning of a word, three or more any fragment.

    None if nothing searchable is left after folding.
    """
    folded = fold(q)
    if not folded:
        return None
    return f"% {folded}%" if len(folded) < 3 else f"%{folded}%"
