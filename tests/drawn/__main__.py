"""Draw notices, lay them out, read them, and print the score of each format: python -m tests.drawn [count] [formats]."""

from __future__ import annotations

import sys
import tempfile
from collections import Counter
from pathlib import Path

from tests.drawn.layout import lay_out
from tests.drawn.notices import draw
from tests.drawn.score import Score

FORMATS = ("txt", "html", "docx", "xlsx", "pdf")


def scores(folder: Path, count: int, formats: tuple[str, ...] = FORMATS, first: int = 0) -> dict[str, Score]:
    """Return the score of each format on the notices of `count` seeds."""
    notices = {f"{seed:04}": draw(seed) for seed in range(first, first + count)}
    out = {}
    for name, files in lay_out(notices, folder, formats).items():
        out[name] = Score()
        for path in files:
            out[name].add(path, notices[path.stem])
    return out


def main(arguments: list[str]) -> None:
    count = int(arguments[0]) if arguments else 20
    with tempfile.TemporaryDirectory() as folder:
        for name, score in scores(Path(folder), count, tuple(arguments[1:]) or FORMATS).items():
            print(f"{name:5} {score}")
            print("      silent:", " ".join(score.silent[:20]))
            kinds = Counter(fault.split(": ", 1)[1].split(" ")[0] for fault in score.faults)
            print("     ", dict(kinds))
            print("\n".join(f"      {fault}" for fault in score.faults[:: max(1, len(score.faults) // 12)]))


if __name__ == "__main__":
    main(sys.argv[1:])
