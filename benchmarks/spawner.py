"""Starts what is measured, from a process that stays about as small as an empty Python.

The peak that a system reports of a program begins with the memory of the process that started it. The benchmark is
larger than many a program it measures, so it starts this helper once and lets it start everything else: a request
(command, environment, file for the output, seconds) comes in on standard input, the answer goes out on standard output,
both by marshal, which no import makes larger.
"""

import marshal
import os
import signal
import sys
import time

_PEAK_UNIT = 1 if sys.platform == "darwin" else 1024


def run(command: list[str], env: dict[str, str], output: str, limit: float) -> tuple[float, float, int, int, bool]:
    """Run a command to its end, or kill it after `limit` seconds.

    Returns:
        Seconds on the wall, seconds of processor (user and system), bytes at the peak, the exit code, and whether
        it was killed.
    """
    files = [
        (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
        (os.POSIX_SPAWN_OPEN, 1, output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600),
        (os.POSIX_SPAWN_DUP2, 1, 2),
    ]
    late = []
    started = time.perf_counter()
    child = os.posix_spawn(command[0], command, env, file_actions=files, setsigdef=[signal.SIGINT])
    signal.signal(signal.SIGALRM, lambda *_: late.append(os.kill(child, signal.SIGKILL)))
    signal.setitimer(signal.ITIMER_REAL, limit)
    _, status, used = os.wait4(child, 0)
    signal.setitimer(signal.ITIMER_REAL, 0)
    wall = time.perf_counter() - started
    code = os.waitstatus_to_exitcode(status)
    return wall, used.ru_utime + used.ru_stime, used.ru_maxrss * _PEAK_UNIT, code, bool(late)


def main() -> None:
    """Answer requests until there are no more."""
    while True:
        try:
            request = marshal.load(sys.stdin.buffer)
        except EOFError:
            return
        marshal.dump(run(*request), sys.stdout.buffer)
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
