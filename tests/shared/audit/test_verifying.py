"""Invalid files of an export."""

import orjson
import pytest

from shared.audit.verifying import BadTrail, key_line, read_keys, verify
from tests.shared.audit.trail import Trail


async def _export(trail: Trail) -> list[bytes]:
    await trail.write(4)
    await trail.link(seal=True)
    return await trail.exported()


async def test_a_line_that_is_left_out_or_moved_is_found(trail: Trail) -> None:
    lines, keys = await _export(trail), await trail.keys()
    assert [orjson.loads(line)["kind"] for line in lines] == [
        "header",
        "checkpoint",
        *["entry"] * 4,
        "checkpoint",
        "footer",
    ]
    for missing in range(len(lines)):
        with pytest.raises(BadTrail):
            verify([*lines[:missing], *lines[missing + 1 :]], keys)
    for place in range(len(lines) - 1):
        moved = [*lines[:place], lines[place + 1], lines[place], *lines[place + 2 :]]
        with pytest.raises(BadTrail):
            verify(moved, keys)


async def test_a_file_that_is_cut_off_says_after_which_position(trail: Trail) -> None:
    lines, keys = await _export(trail), await trail.keys()
    with pytest.raises(BadTrail) as cut:
        verify(lines[:4], keys)
    assert (cut.value.position, "cut off" in cut.value.what) == (2, True)


@pytest.mark.parametrize("line", [b"", b"nothing", b"{}", b'{"kind": "entry"}', b"[]", b'{"kind": "more"}', b"\xff"])
async def test_what_is_no_trail_is_refused(trail: Trail, line: bytes) -> None:
    lines, keys = await _export(trail), await trail.keys()
    for place in (0, 2, 5):
        with pytest.raises(BadTrail):
            verify([*lines[:place], line, *lines[place:]], keys)
    with pytest.raises(BadTrail):
        verify([line], keys)


async def test_checkpoints_of_another_key_vouch_for_nothing(trail: Trail) -> None:
    lines = await _export(trail)
    with pytest.raises(BadTrail) as unknown:
        verify(lines, {})
    assert "unknown key" in unknown.value.what


async def test_keys_are_read_as_they_are_printed(trail: Trail) -> None:
    await _export(trail)
    keys = await trail.keys()
    printed = "".join(f"{key_line(key.public_bytes_raw())}\n" for key in keys.values())
    assert read_keys(printed.encode()).keys() == keys.keys()
    for wrong in ("", "nothing", f"{'0' * 32} {printed.split()[1]}", f"{printed.split()[0]} !!"):
        with pytest.raises(ValueError):
            read_keys(wrong.encode())
