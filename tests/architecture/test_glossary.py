"""The names in the code use the words of the glossary."""

import io
import json
import re
import tokenize

import pytest

from deploy.matrix.contract import SPECS
from tests.architecture.test_conventions import PYTHON, ROOT

GLOSSARY = (ROOT / "docs" / "development" / "glossary.md").read_text()
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")


def _in_contract() -> set[str]:
    """Names of schemas in the published contract, from which clients are generated."""
    return {name for path in SPECS.glob("*.json") for name in json.loads(path.read_text())["components"]["schemas"]}


def _to_avoid() -> list[str]:
    rows = GLOSSARY.partition("## Terms to avoid")[2].splitlines()
    cells = [row.split("|")[1].strip() for row in rows if row.startswith("| ") and "avoid" not in row]
    return [word for cell in cells for word in cell.split(", ")]


def avoided() -> set[str]:
    return set(_to_avoid())


def words(name: str) -> set[str]:
    """The words of a name in camel or snake case, in lower case."""
    return {word.lower() for word in _WORD.findall(name)}


def _names(source: str) -> set[str]:
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    return {token.string for token in tokens if token.type == tokenize.NAME}


@pytest.mark.long("reads every name of the code")
def test_no_name_has_a_word_to_avoid() -> None:
    avoid, in_contract = avoided(), _in_contract()
    assert {"sight", "doorbell", "ledger"} <= avoid
    some = re.compile("|".join(avoid), re.IGNORECASE)
    texts = {path: path.read_text() for path in PYTHON if "versions" not in path.parts}
    names = {(path, name) for path, text in texts.items() if some.search(text) for name in _names(text) - in_contract}
    assert [(path, name) for path, name in names if words(name) & avoid] == []


def test_each_term_to_avoid_is_listed_once() -> None:
    assert len(avoided()) > 30
    assert sorted(_to_avoid()) == sorted(avoided())


def test_each_term_is_explained_once() -> None:
    terms = re.findall(r"^\| ([^|]+) \| [^|]+ \|$", GLOSSARY.partition("## Terms to avoid")[0], re.MULTILINE)
    explained = [term for term in terms if term not in ("term", "---")]
    assert len(explained) > 30
    assert sorted(explained) == sorted(set(explained))
