"""A service's worker with short leases, which runs erasures every second: `erasing.py SERVICE`."""

import sys
from datetime import timedelta
from functools import partial
from importlib import import_module
from typing import Any

import uvloop

from services.membership.protection.erasures.operations import apply_scheduled
from shared.configuration.settings import Settings
from shared.messaging.process import Process
from shared.messaging.schedules import Schedule
from shared.messaging.worker import Worker


async def main(service: str) -> None:
    module: Any = import_module(f"services.{service}.worker")
    module.Worker = partial(Worker, lease=1.0, patience=0.5)
    due = Schedule(timedelta(seconds=1), apply_scheduled, catch_up=1)
    module.SCHEDULES = {"run_erasures": due} if service == "membership" else {}
    await Process("worker", Settings(), module.create_worker()).run()


if __name__ == "__main__":
    uvloop.run(main(*sys.argv[1:]))
