"""Screens of every command over a ledger that is half done, at several widths, as they are kept in tests/snapshots/.

`python -m tests.documents tests/snapshots/80.txt` makes them anew; look at what changed before it is committed. A
screen stands with its first lines only. What needs a server (push, store) is left out.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from pathlib import Path

from tests import documents
from tests.terminal import Terminal

RECORDED = [
    "deadline 2 2019-11-01",
    "done 1 --unit 各镇（街）",
    "done 2 --unit 市民政局",
    "return 2 --unit 市民政局 --note 佐证打不开",
    "done 3-5 --unit 台城街道、大江镇",
    "start 5 --unit 市财政局",
    "block 7 --unit 市公安局 --problem 等待上级平台 --next 每周联系一次",
    "done 12 --unit 市教育局 --note 已在部门网站专栏公布，并报送政务公开办备案",
    "done 23 --unit 市教育局 --evidence 招生方案|http://www.example.gov.cn/zwgk/zdly/jyly/2019/content_1234567890.html|2019-11-15",
    "confirm 23 --unit 市教育局",
    "skip 31 --unit 水步镇 --note 没有进驻大厅的事项",
    "note 26 --note 已电话核对",
    "remind --unit 市公安局 -o 催办",
    "done 24 --unit 卫健局 --store 别处.jsonl",
]
"""What was recorded before the screens."""

SHOWN = [
    "", "--help", "done --help", "tasks", "tasks --full", "tasks --sort deadline --brief", "tasks --unit 市民政局",
    "tasks --unit 市教育局 --named", "tasks --match 没有这样的话", "show 23", "show 7", "status", "status --by class",
    "status --by unit", "status --by task", "matrix", "matrix --group 各镇（街）", "units", "units 镇街", "log", "log -n 3",
    "evidence", "remind --list", "remind --unit 市公安局", "fill --unit 教育局", "review", "where", "config", "check",
    "start 9 --unit 教育局", "reopen 9 --unit 教育局", "undo", "export 台账.csv", "report 通报.md",
    "template letter -o 模板.docx", "form --unit 教育局 -o 填报表", "collect 填报表", "import 通知.txt -o 新表.yaml",
    "merge 别处.jsonl", "diff 去年.yaml tasks.yaml", "repair", "done 99", "tasks --unit 教肓局", "tasks --unti 教育局", "tasks --status 完了",
]  # fmt: skip

_MOST_LINES = 24

_SCRIPT = (
    documents.RUNNER.partition("counter =")[0].partition("\n")[2]
    + """
import builtins, contextlib, io, itertools, shlex
from gkcheck.cli.main import run

batches = itertools.count(1)
os.urandom = lambda size: (b"\\x5a\\x3c" + next(batches).to_bytes(size, "big")[2:])[:size]
builtins.input = lambda prompt: print(prompt + "q") or "q"
recorded, shown = (open(name, encoding="utf-8").read().split("\\n") for name in ("recorded", "shown"))
for line in recorded:
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        assert run(shlex.split(line)) == 0, line
for line in shown:
    print(f"$ gkcheck {line}".rstrip())
    code = run(shlex.split(line))
    print(f"[{code}]\\n" if code else "")
"""
)


def render(columns: int) -> str:
    """Return the screens of SHOWN on a terminal so wide, without colours."""
    home = Path(tempfile.mkdtemp(prefix="gkcheck-", dir="/tmp"))
    try:
        (home / "recorded").write_text("\n".join(RECORDED), "utf-8")
        (home / "shown").write_text("\n".join(SHOWN), "utf-8")
        shutil.copy(documents.ROOT / "data" / "tasks.yaml", home / "tasks.yaml")
        this_year = (home / "tasks.yaml").read_text("utf-8")
        last_year = this_year.replace("responsible: [市教育局]", "responsible: [市财政局]", 1)
        assert last_year != this_year
        (home / "去年.yaml").write_text(last_year, "utf-8")
        shutil.copy(documents.ROOT / "tests" / "notices" / "08.txt", home / "通知.txt")
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("GKCHECK_", "XDG_", "LC_"))}
        env = {**kept, "HOME": str(home), "LANG": "C.UTF-8", "TERM": "xterm", "GKCHECK_PAGER": "", "LOGNAME": "经办人",
               "GKCHECK_PLAN": str(home / "tasks.yaml"), "TZ": "Asia/Shanghai", "SESSION_DAY": "2019-11-18",
               "PYTHONPATH": str(documents.ROOT / "src")}  # fmt: skip
        command = f"cd '{home}' && exec '{sys.executable}' -c \"$0\""
        with Terminal(["bash", "--norc", "-c", command, _SCRIPT], env, columns) as terminal:
            assert terminal.wait() == 0, terminal.plain
            text = documents.settled(terminal.seen).replace(str(home), "~")
    finally:
        shutil.rmtree(home)
    screens = [screen.rstrip().split("\n") for screen in text.split("\n$ ")]
    return "\n\n$ ".join("\n".join(_beginning(screen)) for screen in screens) + "\n"


def _beginning(lines: list[str]) -> list[str]:
    more = len(lines) - _MOST_LINES
    return [*lines[:_MOST_LINES], f"（另有 {more} 行）"] if more > 1 else lines
