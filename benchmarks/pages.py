"""Put measured figures into a page: a table between two comments, with the machine, the day and the command."""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from gkcheck.version import __version__


def put(page: Path, name: str, text: str) -> None:
    """Replace what stands between `<!-- name -->` and `<!-- /name -->`."""
    begin, end = f"<!-- {name} -->\n", f"<!-- /{name} -->"
    before, _, rest = page.read_text("utf-8").partition(begin)
    _, found, after = rest.partition(end)
    assert found, f"{page} has no place for {name}"
    page.write_text(f"{before}{begin}\n{text}\n{end}{after}", "utf-8")


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table; all columns but the first are figures."""
    lines = [heads, ["---", *["---:"] * (len(heads) - 1)], *rows]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)


def conditions(command: str, postgres: str, load: float) -> str:
    """One line in Chinese: when, where and by what command the figures were measured."""
    return (
        f"{date.today().isoformat()}，{processor()}，{os.cpu_count()} 核，{platform.system()}，"
        f"Python {platform.python_version()}，PostgreSQL {postgres}，gkcheck {__version__}，"
        f"开始时机器的平均负载 {load:.1f}（别的程序也在用）。重做：`{command}`\n"
    )


def processor() -> str:
    """The name of the processor, where Linux tells it."""
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        return platform.machine()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())


def milliseconds(seconds: float) -> str:
    """Milliseconds below ten seconds, else seconds."""
    return f"{seconds * 1000:,.0f} 毫秒" if seconds < 1 else f"{seconds:,.1f} 秒"
