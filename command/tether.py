"""Starts a server whose life is tied to the post's: a post killed with -9 leaves none behind.

Run as a program of its own, `python -I -S tether.py POST_PID SERVER ARGUMENTS...`, and not as a
`preexec_fn`: code between fork and exec may not run safely beside the post's threads.
On macOS the kernel has no such tie; there the next start ends what the last one left.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1  # linux/prctl.h; kept over exec


def main(post: int, command: list[str]) -> None:
    """Become `command`; if the process `post` is gone already, exit with 1 instead."""
    if sys.platform == "linux":
        # SIGKILL, not SIGTERM: a server that hangs in its shutdown would stay. Both are crash-safe.
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != post:
        sys.exit(1)
    os.execv(command[0], command)  # noqa: S606 - a fixed list, no shell


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2:])
