"""Two stacks choose ports at the same moment."""

import subprocess
import sys

from deploy.local.ports import first_free

_FIND = "import sys; from deploy.local.ports import first_free; print(first_free(int(sys.argv[1])))"


def test_a_port_is_given_to_one_stack_of_the_machine_alone(port: int) -> None:
    mine = first_free(port + 50)
    found = subprocess.run([sys.executable, "-c", _FIND, str(mine)], capture_output=True, text=True, check=True).stdout
    assert int(found) > mine
    assert first_free(mine) == mine


def test_a_port_already_chosen_is_passed_by(port: int) -> None:
    assert first_free(port + 60, {port + 60}) > port + 60
