"""What every test has: servers of its own on request, and no network beyond this machine."""

pytest_plugins = ["tests.support.stack", "tests.support.stack_network"]
