"""Keep measured figures, and put them into a page: between two comments, with the machine, the day and the command."""

from __future__ import annotations

import argparse
import json
import os
import platform
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from benchmarks.machine import processor
from tests.server import Server

from gkcheck.version import __version__


def parsed(parser: argparse.ArgumentParser) -> argparse.Namespace:
    """Read the command line of a benchmark; `given` are figures of an earlier run, or None."""
    parser.add_argument("--json", type=Path, help="write the figures there")
    parser.add_argument(
        "--from", dest="given", type=_figures, metavar="JSON", help="measure nothing: take these figures"
    )
    parser.add_argument("-o", "--output", type=Path, metavar="PAGE", help="a page with places for the figures")
    return parser.parse_args()


def _figures(path: str) -> Any:
    return json.loads(Path(path).read_text("utf-8"))


def save(found: dict[str, Any], options: argparse.Namespace) -> None:
    """Write the figures where `--json` says."""
    if options.json:
        options.json.write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n", "utf-8")


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


def conditions(command: str, server: Server, load: float) -> str:
    """One line in Chinese: when, where and by what command the figures were measured."""
    ((postgres,),) = server.sql("SHOW server_version")
    cores = os.cpu_count() or 1
    busy = "（机器很忙，别的程序也在用，空闲时要快：只可以与同一张表里的比）" if load > cores else ""
    return (
        f"{date.today().isoformat()}，{processor()}，{cores} 核，{platform.system()}，"
        f"Python {platform.python_version()}，PostgreSQL {postgres}，gkcheck {__version__}，"
        f"开始时机器的平均负载 {load:.1f}{busy}。重做：`{command}`\n"
    )


def milliseconds(seconds: float) -> str:
    """Milliseconds below one second, else seconds."""
    return f"{seconds * 1000:,.0f} 毫秒" if seconds < 1 else f"{seconds:,.1f} 秒"
