"""The names in the code use the words of the glossary."""

import io
import re
import tokenize

from tests.architecture.test_conventions import PYTHON, ROOT

GLOSSARY = (ROOT / "docs" / "development" / "glossary.md").read_text()
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")


def _avoided() -> set[str]:
    rows = GLOSSARY.partition("## Terms to avoid")[2].splitlines()
    cells = [row.split("|")[1].strip() for row in rows if row.startswith("| ") and "avoid" not in row]
    return {word for cell in cells for word in cell.split(", ")}


def _words(source: str) -> set[str]:
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    names = {token.string for token in tokens if token.type == tokenize.NAME}
    return {word.lower() for name in names for word in _WORD.findall(name)}


def test_no_name_has_a_word_to_avoid() -> None:
    avoided = _avoided()
    assert {"sight", "doorbell", "ledger"} <= avoided
    files = [path for path in PYTHON if "versions" not in path.parts]
    found = {path: words for path in files if (words := _words(path.read_text()) & avoided)}
    assert found == {}


def test_each_term_is_explained_once() -> None:
    terms = re.findall(r"^\| ([^|]+) \| [^|]+ \|$", GLOSSARY.partition("## Terms to avoid")[0], re.MULTILINE)
    explained = [term for term in terms if term not in ("term", "---")]
    assert len(explained) > 30
    assert sorted(explained) == sorted(set(explained))
