"""Export files that are given up leave nothing behind."""

import tempfile
from io import BytesIO
from pathlib import Path

import pytest

from shared.bulk.targets import target
from shared.kernel.errors import TooLarge


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of temporary files."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def test_a_workbook_that_is_given_up_leaves_no_file(folder: Path) -> None:
    file = BytesIO()
    into = target(file, "xlsx", ("name",), safe=False)
    assert list(folder.iterdir())
    with into, pytest.raises(TooLarge):
        into.write({"name": "x" * 40_000})

    assert not list(folder.iterdir())
    assert not file.getvalue()


@pytest.mark.parametrize("file_format", ["csv", "ndjson", "xlsx"])
def test_a_closed_file_is_whole_and_leaves_no_other(folder: Path, file_format: str) -> None:
    file = BytesIO()
    with target(file, file_format, ("name",), safe=False) as into:
        into.write({"name": "River Institute"})
        into.close()

    assert not list(folder.iterdir())
    assert file.getvalue().startswith(
        {"csv": b"name\r\nRiver", "ndjson": b'{"name":"River', "xlsx": b"PK"}[file_format]
    )
