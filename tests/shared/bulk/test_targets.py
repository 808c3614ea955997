"""Export files: a file that is given up leaves nothing behind, a closed one is whole."""

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


def test_a_workbook_refuses_a_text_that_is_longer_than_a_cell(folder: Path) -> None:
    into = target(BytesIO(), "xlsx", ("name",), safe=False)
    with pytest.raises(TooLarge):
        into.write({"name": "x" * 40_000})
    assert not list(folder.iterdir())


@pytest.mark.parametrize("file_format", ["csv", "ndjson", "xlsx"])
def test_a_closed_file_is_whole_and_leaves_no_other(folder: Path, file_format: str) -> None:
    file = BytesIO()
    into = target(file, file_format, ("name",), safe=False)
    into.write({"name": "River Institute"})
    into.close()

    assert not list(folder.iterdir())
    assert file.getvalue().startswith(
        {"csv": b"name\r\nRiver", "ndjson": b'{"name":"River', "xlsx": b"PK"}[file_format]
    )
