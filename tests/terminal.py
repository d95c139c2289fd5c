"""A program in a pseudo-terminal of its own: type at it, read what it shows."""

from __future__ import annotations

import codecs
import os
import re
import select
import signal
import time
from collections.abc import Sequence

from tests import processes

ESCAPES = r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b[()][A-Z0-9]?|\x1b[=>]|\r|\x07"


class Terminal:
    """`columns` wide, with the environment given; used as a context, which ends the program."""

    def __init__(self, command: Sequence[str], env: dict[str, str], columns: int = 100, lines: int = 40) -> None:
        self.pid, self.fd = processes.fork_on_terminal(command, env, (lines, columns))
        self.seen = ""
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")

    def __enter__(self) -> Terminal:
        return self

    def __exit__(self, *error: object) -> None:
        try:
            os.kill(self.pid, signal.SIGKILL)
            processes.wait(self.pid)
        except (ProcessLookupError, ChildProcessError):
            pass
        os.close(self.fd)

    def type(self, text: str) -> None:
        """Send text as keys; what was seen before is forgotten."""
        self.seen = ""
        os.write(self.fd, text.encode())

    def wait_for(self, pattern: str, seconds: float = 20) -> str:
        """Read until the pattern is seen; returns all that was seen since the last typing."""
        end = time.monotonic() + seconds
        while not re.search(pattern, self.plain):
            left = end - time.monotonic()
            seen_more = left > 0 and self._read(left)
            assert seen_more, f"{pattern!r} was not seen in {self.plain!r}"
        return self.settle(0.15)

    def settle(self, seconds: float = 0.6) -> str:
        """Read until nothing has come for a while."""
        while self._read(seconds):
            pass
        return self.plain

    def wait(self) -> int:
        """Read to the end of the program; its exit code."""
        end = time.monotonic() + processes.LIMIT
        while self._read(20):
            assert time.monotonic() < end, f"still going on: {self.plain[-500:]!r}"
        return processes.wait(self.pid, 20)

    @property
    def plain(self) -> str:
        """All that was seen, without escape sequences."""
        return re.sub(ESCAPES, "", self.seen)

    @property
    def settled(self) -> str:
        """All that stands in the end: `plain` without what was written over (progress)."""
        lines = self.seen.replace("\r\n", "\n").split("\n")
        return "\n".join(re.sub(ESCAPES, "", line.split("\r")[-1]) for line in lines)

    def _read(self, seconds: float) -> bool:
        if not select.select([self.fd], [], [], seconds)[0]:
            return False
        try:
            data = os.read(self.fd, 65536)
        except OSError:
            return False
        self.seen += self._decoder.decode(data)
        return bool(data)
