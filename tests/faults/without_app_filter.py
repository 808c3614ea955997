"""The membership API without the application filter: `without_app_filter.py --port PORT`. Only row-level security
remains."""

import sys
from typing import Any

import uvloop
from sqlalchemy import true

from shared.records import access_scope


def _admit(*_: Any) -> Any:
    return true()


def main() -> None:
    access_scope.visible = _admit
    from deploy.cli.serving import serve

    uvloop.run(serve("membership", host="127.0.0.1", port=int(sys.argv[2]), grace=2, drain=0))


if __name__ == "__main__":
    main()
