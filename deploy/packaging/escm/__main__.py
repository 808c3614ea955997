"""The command `escm` of an installed package, also as `python -m escm`."""

import os

from . import FOLDER


def main() -> None:
    """Run the command. Processes that it starts find the package's folder, and import nothing from the current one."""
    given = os.environ.get("PYTHONPATH")
    os.environ["PYTHONPATH"] = f"{FOLDER}{os.pathsep}{given}" if given else FOLDER
    os.environ["PYTHONSAFEPATH"] = "1"
    from deploy.cli.main import app

    app(prog_name="escm")


if __name__ == "__main__":
    main()
