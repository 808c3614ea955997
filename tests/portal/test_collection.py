"""The collection for Bruno follows from the contract."""

import csv
import json
import re

import pytest

from deploy.cli import collection
from deploy.cli.collection import TASKS
from deploy.matrix.contract import described_operations


def test_the_collection_is_todays() -> None:
    assert collection.stale(collection.collection()) == [], "run `make openapi` and commit what it writes"


_ROWS = list(csv.DictReader(TASKS.read_text().splitlines()))


@pytest.mark.parametrize("row", _ROWS, ids=lambda row: f"{row['task']} {row['operation']}")
def test_a_verb_of_a_task_is_one_of_the_operation(row: dict[str, str]) -> None:
    of = described_operations()[row["operation"]]
    if row["verb"]:
        (content,) = of.described["requestBody"]["content"].values()
        action = collection._resolved(of, content["schema"])["properties"]["action"]
        assert f'"{row["verb"]}"' in json.dumps(action)


def test_each_task_is_a_folder_of_requests() -> None:
    files = collection.collection()
    folders = {name.partition("/")[0] for name in files if "/" in name and not name.startswith("environments/")}
    assert len(folders) >= 20
    for folder in folders:
        own = [name for name in files if name.startswith(f"{folder}/")]
        assert f"{folder}/folder.bru" in own
        assert len(own) > 1
    for name, text in files.items():
        assert not re.search(r"[^{]\{\w+\}[^}]", text.partition("\n}")[0]), name
