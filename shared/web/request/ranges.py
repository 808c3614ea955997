"""One range of a file, as a client requests it (RFC 9110, section 14)."""

import re

from fastapi import Request

from shared.kernel.errors import RangeNotSatisfiable
from shared.web.request.request_context import header_of

_BYTES = re.compile(r"\s*bytes\s*=\s*(\d{0,18})\s*-\s*(\d{0,18})\s*", re.IGNORECASE)


def range_of(request: Request, size: int, tag: str) -> range | None:
    """The requested bytes of a file with this size and ETag. None for the whole file: without `Range`, for another
    unit or several ranges, and if `If-Range` names another ETag.

    Raises RangeNotSatisfiable for a range that is not valid or not within the file.
    """
    given, condition = header_of(request, b"range"), header_of(request, b"if-range")
    if given is None or (condition is not None and condition.strip() != tag):
        return None
    if "," in given or not given.lower().lstrip().startswith("bytes"):
        return None
    found = _BYTES.fullmatch(given)
    first, last = found.groups() if found else ("", "")
    if first:
        wanted = range(int(first), min(int(last) + 1, size) if last else size)
    else:
        wanted = range(max(0, size - int(last or 0)), size)
    if not wanted:
        raise RangeNotSatisfiable(f"The file has {size} bytes.", headers={"Content-Range": f"bytes */{size}"})
    return wanted
