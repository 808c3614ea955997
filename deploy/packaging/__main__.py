"""`python -m deploy.packaging FOLDER`: writes the files of a release, from the last commit of this clone.

Equal commits give equal files: what is not committed is left out, and times, owners and modes are those of the commit.
"""

import shutil
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from deploy.packaging.clients import FOLDER, write_clients
from deploy.packaging.images import ending
from deploy.packaging.parts import write_chart, write_digests, write_sbom, write_wheel
from deploy.packaging.source import committed_at, export
from deploy.packaging.version import VersionsDiffer, version


def main(target: Path) -> None:
    """Writes into `target`, and removes the files of another release there. Ends with a message if the version is not
    the same everywhere, or if an image of others is not mended for long enough after the commit."""
    at = committed_at()
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder)
        export(source)
        try:
            released = version(source)
        except VersionsDiffer as wrong:
            sys.exit(str(wrong))
        if ended := ending(source, datetime.fromtimestamp(at, UTC).date()):
            sys.exit("\n".join(ended))
        target.mkdir(parents=True, exist_ok=True)
        for former in (*target.glob("escm[-_]*"), *target.glob("SHA256SUMS")):
            former.unlink()
        for file in write_clients(source, source / FOLDER, at):
            shutil.copy(file, target)
        write_wheel(source, target, at)
        write_chart(source / "deploy" / "kubernetes", target / f"escm-{released}.tgz", at)
        write_sbom(source, target / f"escm-{released}.cdx.json")
    write_digests(target)
    sys.stdout.write((target / "SHA256SUMS").read_text())


if __name__ == "__main__":
    main(Path(sys.argv[1]))
