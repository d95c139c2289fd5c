"""Lines and texts set aside for a while: in memory while they are few, else in a file that nobody else sees."""

from __future__ import annotations

import json
from collections.abc import Iterator

from gkcheck.types import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import IO

_IN_MEMORY = 1 << 22
"""The bytes that are kept in memory."""


class Spool:
    """Lines without their newlines, in the order in which they were added. No file is made before it is needed."""

    def __init__(self) -> None:
        self._file: IO[bytes] | None = None

    def add(self, line: bytes) -> int:
        """Add a line; return its place, by which `at` finds it again."""
        if self._file is None:
            from tempfile import SpooledTemporaryFile

            self._file = SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115 - it goes with this object
        place = self._file.seek(0, 2)
        self._file.write(line + b"\n")
        return place

    def at(self, place: int) -> bytes:
        """Return the line that was added as `place`."""
        assert self._file is not None
        self._file.seek(place)
        return self._file.readline()[:-1]

    def __bool__(self) -> bool:
        return self._file is not None

    def __iter__(self) -> Iterator[bytes]:
        if self._file is not None:
            self._file.seek(0)
            for line in self._file:
                yield line[:-1]


class TextSpool:
    """Texts set aside as a `Spool` does lines; there may be newlines in them."""

    def __init__(self) -> None:
        self._lines = Spool()

    def add(self, text: str) -> None:
        """Add a text."""
        self._lines.add(json.dumps(text).encode())

    def __bool__(self) -> bool:
        return bool(self._lines)

    def __iter__(self) -> Iterator[str]:
        return (json.loads(line) for line in self._lines)
