"""A visit with the installed client. Arguments: the origin over a line that is cut, the client's id and its secret, a
folder. Prints what it saw as JSON."""

import json
import sys
from pathlib import Path
from typing import Any

from escm_client import Api, ClientSecret, FilePosition, VersionConflict


def visit(api: Api, folder: Path) -> dict[str, Any]:
    experts, positions = api.membership.experts, FilePosition(folder / "position")
    for _ in api.follow(positions, start="now", until=lambda: True):
        pass
    made = experts.create({"names": [{"given": "Nadia", "family": "Cutline"}], "country": "XA"})
    same = [one["ref"] for one in experts.list(country="XA", q="cutline", limit=1)]

    everybody = [one["ref"] for one in experts.list(limit=2, sort="created_at")]

    changed = experts.update(made, {"keywords": ["soil"]})
    try:
        experts.update(made, {"keywords": ["sea"]})
        conflict = ""
    except VersionConflict as refused:
        conflict = refused.code
    reread = experts.update(made, {"keywords": ["sea"]}, reread=True)
    colleague = api.access.accounts.create({"email": "carla.client@ministry.example", "name": "Carla", "country": "XA"})
    suspended = api.access.accounts.do(colleague, "suspend", reason="She works elsewhere.")

    file = folder / "list.csv"
    file.write_text("full_name,country\nSana Offline,XA\nWrong Country,XB\n")
    tried = api.membership.import_file("experts", file, dry_run=True).wait()
    job = api.membership.import_file("experts", file)
    imported = job.wait()
    failures = job.store(imported["failures_url"], folder / "failures.csv").read_text()
    exported = api.membership.export("experts", filters={"country": "XA"}).download(folder / "export.csv").read_text()

    followed = list(api.follow(positions, types=["escm.membership.expert.*"], until=lambda: True))
    again = list(api.follow(positions, types=["escm.membership.expert.*"], until=lambda: True))
    return {
        "caller": api.whoami()["principal"]["kind"],
        "made": made["ref"],
        "listed": same,
        "once": len(everybody) == len(set(everybody)) and made["ref"] in everybody and len(everybody) > 2,
        "versions": [made["version"], changed["version"], reread["version"]],
        "conflict": conflict,
        "history": [line["action"] for line in experts.history(reread)],
        "suspended": (suspended["status"], api.access.accounts.history(suspended)[0]["reason"]),
        "tried": tried["counts"],
        "imported": imported["counts"],
        "failures": failures,
        "exported": "Cutline" in exported,
        "rows": sum(1 for _ in experts.rows(country="XA", q="cutline")),
        "events": [event["data"]["ref"] for event in followed],
        "again": len(again),
        "models": [name for name in sys.modules if name.startswith("escm_client.models")],
    }


def main(origin: str, client_id: str, secret: str, folder: str) -> None:
    with Api(origin, ClientSecret(client_id, secret)) as api:
        sys.stdout.write(json.dumps(visit(api, Path(folder))))


if __name__ == "__main__":
    main(*sys.argv[1:])
