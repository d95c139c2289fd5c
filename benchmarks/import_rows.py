"""How long `gkcheck import` takes on a Word table of 500, 1,000 and 2,000 tasks, and whether the cost is linear.

Run it: python benchmarks/import_rows.py. Each size is read in a process of its own, the smallest of three runs
counts. The table has headings merged over ten rows, unit cells merged over two, and cells of all the usual kinds.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path

_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_UNITS = (
    "市教育局、市财政局",
    "市政府办公室牵头，各镇（街），市直各单位配合",
    "各镇（街），市直各单位",
    "市司法局会市公安局",
    "市卫生健康局等部门按职责分工负责",
)
_LIMITS = ("年底前", "长期坚持", "2019年6月30日前", "每季度末")


def cell(text: str, merge: str = "") -> str:
    """One cell; `merge` is restart, continue or nothing."""
    merged = f'<w:vMerge w:val="{merge}"/>' if merge else ""
    return f"<w:tc><w:tcPr>{merged}</w:tcPr><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:tc>"


def table(tasks: int) -> str:
    """The rows of a table of so many tasks."""
    rows = ["<w:tr>" + "".join(map(cell, ("工作任务", "具体要求", "责任单位", "完成时限"))) + "</w:tr>"]
    for n in range(tasks):
        heading = cell(
            f"任务组{n // 10}：深化第{n // 10}类信息公开" if n % 10 == 0 else "",
            "restart" if n % 10 == 0 else "continue",
        )
        text = cell(
            f"{n + 1}.及时公开第{n}类事项的办理依据、办理流程和办理结果，收集群众意见，按季度更新；逾期未更新的，说明原因并在十日内补齐。"
        )
        units = cell(_UNITS[n // 2 % len(_UNITS)] if n % 2 == 0 else "", "restart" if n % 2 == 0 else "continue")
        rows.append(f"<w:tr>{heading}{text}{units}{cell(_LIMITS[n % len(_LIMITS)])}</w:tr>")
    return "".join(rows)


def write(path: Path, tasks: int) -> None:
    """A docx with one table."""
    document = f'<?xml version="1.0" encoding="UTF-8"?><w:document xmlns:w="{_W}"><w:body><w:p><w:r><w:t>某市2019年任务分工表</w:t></w:r></w:p><w:tbl>{table(tasks)}</w:tbl></w:body></w:document>'
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("[Content_Types].xml", "<Types/>")
        package.writestr("word/document.xml", document)


def seconds(path: Path, output: Path) -> float:
    """The time one import takes, the start of Python included."""
    start = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "gkcheck", "import", str(path), "-o", str(output), "--force"],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode not in (0, 1):
        sys.exit(done.stderr)
    return time.perf_counter() - start


def main() -> None:
    """Print seconds and the cost per task of each size."""
    with tempfile.TemporaryDirectory() as folder:
        first = 0.0
        for tasks in (500, 1000, 2000):
            path = Path(folder) / f"{tasks}.docx"
            write(path, tasks)
            best = min(seconds(path, Path(folder) / "tasks.yaml") for _ in range(3))
            first = first or best
            print(f"{tasks:>5} tasks  {best:6.2f} s  {best / tasks * 1000:5.2f} ms a task  x{best / first:4.2f}")


if __name__ == "__main__":
    main()
