"""The ZIP of a build, with a manifest of digests. The same files give the same bytes."""

import io
import zipfile
from collections.abc import Mapping
from hashlib import sha256

import orjson

_TIME = (1980, 1, 1, 0, 0, 0)
MANIFEST = "manifest.json"


def archive_of(files: Mapping[str, bytes], about: Mapping[str, object]) -> bytes:
    """The files in the order of their names, after a manifest that says what they are of, and their digests."""
    listed = [
        {"name": name, "sha256": sha256(content).hexdigest(), "size": len(content)}
        for name, content in sorted(files.items())
    ]
    manifest = orjson.dumps({**about, "files": listed}, option=orjson.OPT_INDENT_2) + b"\n"
    found = io.BytesIO()
    with zipfile.ZipFile(found, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for name, content in ((MANIFEST, manifest), *sorted(files.items())):
            entry = zipfile.ZipInfo(name, _TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            entry.create_system = 3
            archive.writestr(entry, content)
    return found.getvalue()
