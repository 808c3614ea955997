"""Builds the wheel with the standard library alone (PEP 517), so that `pip install ./clients/python` works on a machine
without a package index, and equal sources give equal files."""

import base64
import hashlib
import os
import time
import tomllib
import zipfile
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
_PACKAGE = "escm_client"
_EARLIEST = 315532800
"""1980, with which the times of zip files begin."""


def build_wheel(wheel_directory: str, _settings: Any = None, _metadata_directory: Any = None) -> str:
    """Writes the wheel. Returns its name."""
    project = tomllib.loads((HERE / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    stem = f"{_PACKAGE}-{project['version']}"
    sources = sorted(path for path in (HERE / _PACKAGE).rglob("*") if path.suffix in (".py", ".typed"))
    contents = {path.relative_to(HERE).as_posix(): path.read_bytes() for path in sources}
    scripts = "".join(f"{name} = {target}\n" for name, target in project["scripts"].items())
    described = {
        "METADATA": _metadata(project),
        "WHEEL": "Wheel-Version: 1.0\nGenerator: build_wheel\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        "entry_points.txt": f"[console_scripts]\n{scripts}",
    }
    contents |= {f"{stem}.dist-info/{name}": text.encode() for name, text in described.items()}
    record = f"{stem}.dist-info/RECORD"
    lines = [f"{name},sha256={_digest(content)},{len(content)}\n" for name, content in contents.items()]
    contents[record] = "".join([*lines, f"{record},,\n"]).encode()
    at = time.gmtime(max(int(os.environ.get("SOURCE_DATE_EPOCH", _EARLIEST)), _EARLIEST))[:6]
    name = f"{stem}-py3-none-any.whl"
    with zipfile.ZipFile(Path(wheel_directory) / name, "w", zipfile.ZIP_DEFLATED) as wheel:
        for path, content in contents.items():
            entry = zipfile.ZipInfo(path, at)
            entry.external_attr = 0o644 << 16
            wheel.writestr(entry, content, zipfile.ZIP_DEFLATED)
    return name


def build_sdist(sdist_directory: str, _settings: Any = None) -> str:
    """Sources are released with the whole system."""
    raise SystemExit(f"no archive for {sdist_directory}: build a wheel")


def _metadata(project: dict[str, Any]) -> str:
    fields = [
        ("Metadata-Version", "2.4"),
        ("Name", project["name"]),
        ("Version", project["version"]),
        ("Summary", project["description"]),
        ("License-Expression", project["license"]),
        ("Requires-Python", project["requires-python"]),
        ("Description-Content-Type", "text/markdown"),
        *(("Requires-Dist", one) for one in project["dependencies"]),
    ]
    for extra, requirements in project["optional-dependencies"].items():
        fields.append(("Provides-Extra", extra))
        fields += [("Requires-Dist", f'{one} ; extra == "{extra}"') for one in requirements]
    head = "".join(f"{name}: {value}\n" for name, value in fields)
    return f"{head}\n{(HERE / project['readme']).read_text(encoding='utf-8')}"


def _digest(content: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
