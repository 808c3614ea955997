"""Start a program that ends with its supervisor.

    python launcher.py SUPERVISOR SIGNAL UID GID COMMAND …

As root, changes to UID and GID; requests SIGNAL from the kernel (Linux) when the supervisor dies; then becomes COMMAND.
A file of its own, with the standard library alone: the target account may be unable to reach the interpreter, and code
between fork and exec is unsafe in a process with threads.
"""

import ctypes
import os
import sys

_PR_SET_PDEATHSIG = 1


def end_with_parent(number: int) -> None:
    """Request a signal from the kernel when this process's parent dies. Does nothing outside Linux."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, int(number), 0, 0, 0)


def main(arguments: list[str]) -> None:
    supervisor, number, uid, gid, *command = arguments
    if os.geteuid() == 0 and int(uid) != 0:
        os.setgroups([])
        os.setgid(int(gid))
        os.setuid(int(uid))
    end_with_parent(int(number))  # after setuid, which clears it
    if os.getppid() != int(supervisor):
        sys.exit("the supervisor has ended")
    os.execv(command[0], command)  # noqa: S606


if __name__ == "__main__":
    main(sys.argv[1:])
