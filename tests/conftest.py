"""What every test has: servers of its own on request, no network beyond this machine, and room under the limits."""

import os

pytest_plugins = ["tests.support.stack", "tests.support.stack_network"]
for _name in ("ESCM_CLIENT_REQUESTS", "ESCM_ACCOUNT_REQUESTS", "ESCM_ADDRESS_REQUESTS"):
    os.environ.setdefault(_name, "1000000")  # tests ask for more in a minute than callers may
