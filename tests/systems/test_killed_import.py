"""The workers and the relay of a running system are killed during an import."""

import os
import signal
import time
from pathlib import Path
from typing import Any

from tests.support.running import Client, eventually

IMPORTS = "/membership/v1/imports"


def test_an_import_that_is_killed_resumes_to_its_end(
    secretariat: Client, running: dict[str, Any], tmp_path: Path
) -> None:
    file = tmp_path / "killed.csv"
    rows = [f"Given{n},Killed{n},XA" for n in range(6_000)]
    file.write_text("\n".join(["given_names,family_name,country", *rows]) + "\n")
    job = secretariat.start_upload(IMPORTS, file, resource="experts")
    eventually(lambda: (found := secretariat.get(job))["status"] == "succeeded" or found["progress"]["done"] > 0)
    os.kill(running["processes"]["background"], signal.SIGKILL)
    time.sleep(0.5)
    result = secretariat.finished(job)["result"]
    assert result["counts"] == {"created": 6_000, "updated": 0, "unchanged": 0, "failed": 0}
    again = secretariat.upload(IMPORTS, file, resource="experts")["result"]["counts"]
    assert again == {"created": 0, "updated": 0, "unchanged": 6_000, "failed": 0}
