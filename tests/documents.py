"""The documents that show real output: sessions, help, the manual page, the catalogue of errors, the picture.

`python -m tests.documents` makes them all anew; tests/test_documents.py compares. A session is a block

    ```console
    $ gkcheck …
    ```

run on a terminal of 88 columns, at half past nine on 18 November 2019, in an empty folder with an empty
home of its own per document, the project's samples/ beside. A comment above a block changes that:

    <!-- not run -->          the block is left alone
    <!-- afresh -->           a new home, a new folder
    <!-- 2019-04-08 -->       another day from here on
    <!-- $ fill-in … -->      a command before the block that is not shown: what other people do meanwhile

`fill-in FORM ITEM 完成情况=… 进展情况=…` fills a row of a form in, as a unit would.
"""

from __future__ import annotations

import ast
import os
import re
import sys
import tempfile
from functools import partial
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SESSIONS = ["README.md", "README.zh-CN.md", *sorted(str(path.relative_to(ROOT)) for path in ROOT.glob("docs/*.md"))]
COLUMNS = 88

RUNNER = """#!{python}
import datetime, itertools, os, sys
import gkcheck.cli.context as context

day = datetime.date.fromisoformat(os.environ["SESSION_DAY"])
class Clock(datetime.datetime):
    @classmethod
    def now(cls, tz=None):
        return cls(day.year, day.month, day.day, 9, 30, tzinfo=datetime.timezone(datetime.timedelta(hours=8)))
    def astimezone(self, tz=None):
        return self

context.datetime = Clock
counter = os.path.expanduser("~/.counter")
def urandom(size):
    count = int(open(counter).read()) + 1 if os.path.exists(counter) else 1
    open(counter, "w").write(str(count))
    return (b"\\x5a\\x3c" + count.to_bytes(size, "big")[2:])[:size]
os.urandom = urandom
if "_GKCHECK_COMPLETE" in os.environ:
    from gkcheck.__main__ import main
    main()
else:
    from gkcheck.cli.main import run
    sys.exit(run(sys.argv[1:]))
"""

FILLER = """#!{python}
import sys
sys.path.insert(0, {root!r})
from tests.forms.sheets import fill
path, item, *cells = sys.argv[1:]
fill(path, (int(item), dict(cell.split("=", 1) for cell in cells)))
"""


class Place:
    """A home and a working folder for the commands of one document, with `gkcheck` on the path; `day` is today."""

    def __init__(self, day: str = "2019-11-18") -> None:
        self.day = day
        self.home = Path(tempfile.mkdtemp(prefix="gkcheck-"))
        self.work = self.home / "work"
        (self.home / "bin").mkdir()
        self.work.mkdir()
        for name, text in (("gkcheck", RUNNER), ("fill-in", FILLER)):
            script = self.home / "bin" / name
            script.write_text(text.format(python=sys.executable, root=str(ROOT)), "utf-8")
            script.chmod(0o755)
        (self.work / "samples").symlink_to(ROOT / "samples")

    def run(self, command: str, term: str = "dumb") -> str:
        """Return the output of a command as a person sees it."""
        from tests.terminal import Terminal

        kept = {name: value for name, value in os.environ.items() if not name.startswith(("GKCHECK_", "XDG_", "LC_"))}
        env = {**kept, "HOME": str(self.home), "PATH": f"{self.home / 'bin'}:{os.environ['PATH']}", "LANG": "C.UTF-8",
               "TERM": term, "PAGER": "", "LOGNAME": "经办人", "TZ": "Asia/Shanghai", "PYTHONPATH": str(ROOT / "src"),
               "SESSION_DAY": self.day}  # fmt: skip
        env.pop("NO_COLOR", None)
        line = f"cd '{self.work}' && {command}"
        with Terminal(["bash", "--norc", "-c", line], env, COLUMNS, 200) as terminal:
            terminal.wait()
            shown = settled(terminal.seen) if term == "dumb" else terminal.seen.replace("\r", "")
        return shown.replace(str(self.work), "~/work").replace(str(self.home), "~")


def settled(seen: str) -> str:
    """Return the screen as it stands in the end: what was written over (progress) is gone, and so is every escape."""
    lines = [line.rstrip("\r").split("\r")[-1] for line in re.sub(r"\x1b\[[0-9;?]*[ -/]*[@-~]", "", seen).split("\n")]
    return "\n".join(lines)


# -- sessions --------------------------------------------------------------------------------------------

_BLOCK = re.compile(r"(?P<before>(?:<!--[^\n]*-->\n)*)```console\n(?P<body>.*?)```\n", re.DOTALL)


def with_real_output(text: str) -> str:
    """A document with every session's output as it is now."""
    place = Place()

    def again(found: re.Match[str]) -> str:
        nonlocal place
        if "not run" in found["before"]:
            return found[0]
        if "afresh" in found["before"]:
            place = Place()
        if day := re.search(r"<!-- (\d{4}-\d\d-\d\d) -->", found["before"]):
            place.day = day[1]
        for command in re.findall(r"<!-- \$ (.*) -->", found["before"]):
            assert not (said := place.run(command)), said
        out = []
        for command in re.findall(r"^\$ (.*)$", found["body"], re.MULTILINE):
            shown = "\n".join(line.rstrip() for line in place.run(command).strip("\n").split("\n"))
            out.append(f"$ {command}\n{shown}\n" if shown else f"$ {command}\n")
        return f"{found['before']}```console\n{''.join(out)}```\n"

    return _BLOCK.sub(again, text)


# -- help and the manual page ----------------------------------------------------------------------------


def options_of(command: str | None) -> list[str]:
    """The long spelling of every option of a command."""
    from gkcheck.cli.registry import signature

    return [*(parameter.spellings[0] for parameter in signature(command) if parameter.spellings), "--help"]


def render_help() -> str:
    """docs/commands.md: the help of every command."""
    from gkcheck.cli.help import help_text
    from gkcheck.cli.registry import COMMANDS

    os.environ["COLUMNS"] = "88"
    parts = ["# 命令一览\n\n每个命令的 `--help`，由程序生成（`python -m tests.documents`），请勿手改。\n"]
    for name in (None, *COMMANDS):
        parts.append(f"## gkcheck {name or ''}".rstrip() + f"\n\n```text\n{help_text(name)}\n```\n")
    return "\n".join(parts)


_WIDE = r"[\u3000-\u9fff\uff00-\uffef“”‘’…]"
_NOT_FIRST = r"[，。、；：？！）》〕」』”’…]"
_NOT_LAST = r"[（《〔「『“‘]"
_BREAK = re.compile(
    rf"(?<={_WIDE})(?<!{_NOT_LAST})(?!{_NOT_FIRST})(?=\S)|(?<=[^\s{_NOT_LAST[1:]})(?={_WIDE})(?!{_NOT_FIRST})|(?<=[/@])(?=\w)"
)


def _roff(text: str) -> str:
    """Return text as troff reads it: Chinese may be broken anywhere but before a comma, which troff is told with \\:."""
    escaped = _BREAK.sub(r"\\:", text.replace("\\", "\\e").replace("-", "\\-"))
    return "\n".join("\\&" + line if line.startswith((".", "'")) else line for line in escaped.split("\n"))


def render_manual() -> str:
    """docs/man/gkcheck.1 from the commands' own help."""
    from gkcheck import __version__
    from gkcheck.cli.environment import VARIABLES
    from gkcheck.cli.help import described, options, purpose, usage
    from gkcheck.cli.registry import COMMANDS, SETTINGS, signature

    out = [
        f'.TH GKCHECK 1 "" "gkcheck {__version__}" "gkcheck"',
        ".ad l",
        ".ds AD l",  # for groff 1.23, which adjusts anew at every heading
        ".nh",
        ".SH 名称",
        "gkcheck \\- " + _roff(purpose(None)),
        ".SH 用法",
        ".B gkcheck",
        "[选项] 命令 ……",
        ".SH 选项",
    ]
    for spelled, text in options(signature(None)):
        out += [".TP", f".B {_roff(spelled)}", _roff(text)]
    out += [".SH 命令"]
    for name in COMMANDS:
        out += [f".SS gkcheck {_roff(' '.join(usage(name)))}"]
        for line in filter(None, purpose(name).split("\n")):
            out += [".PP", _roff(line)]
        for parameter in signature(name):
            if parameter not in SETTINGS:
                spelled, text = described(parameter)
                out += [".TP", f".B {_roff(spelled)}", _roff(text)]
    out += [
        ".SH 退出码", ".TP", "0", "正常", ".TP", "1", _roff("check、import、collect、evidence 等发现了要看的问题"),
        ".TP", "2", _roff("拒绝或用法不对：一行说明什么、在哪里、怎么办"), ".TP", "3", "程序出错", ".TP", "130", "被中断",
        ".SH 环境变量", _roff("命令行上写的优先，其次环境变量，再次用户配置（gkcheck config）。"),
    ]  # fmt: skip
    for name, text in VARIABLES.items():
        out += [".TP", f".B {name}", _roff(text)]
    out += [
        ".SH 文件", ".TP", "~/.local/share/gkcheck/", _roff("日志，每张责任分工表一个"), ".TP", "~/.config/gkcheck/config.toml",
        _roff("用户配置"),
    ]  # fmt: skip
    return "\n".join(out) + "\n"


# -- the catalogue of errors -----------------------------------------------------------------------------

KINDS = {
    "UnknownName": "没有叫这个名字的单位、工作任务或具体要求。提示里给出最接近的；`gkcheck units` 列出全部单位，`gkcheck tasks` 列出全部具体要求。",
    "AmbiguousName": "一个写法可以指几个。从列出的候选里挑一个，写全名。",
    "BadRequest": "命令看懂了，但做不到或缺了东西。按那一行末尾的提示改。没有记录任何内容。",
    "BadPlan": "责任分工表不能用。`gkcheck check` 列出全部问题和行号。",
    "BadJournal": "指定的文件不是这张表的日志。检查 `--store`、`--plan`，`gkcheck where` 显示现在用的是哪个。",
    "StoreFault": "日志读写失败（磁盘满、没有权限等）。之前的记录都在；排除原因后重做一次。",
    "BadDocument": "交来的文件读不了。按提示另存为 docx 或 xlsx 等格式后重试。",
    "BadTarget": "要写的文件写不了；没有留下写了一半的文件。",
    "BadConfig": "用户配置文件读不了或写不了。按提示改正或删除那个文件。",
    "UnreadableConfig": "用户配置文件没有权限读。查询和记录照常进行，只是不用其中的设置，并有一行警告；改动配置时才拒绝。",
    "NoHome": "不知道用户的主目录。设定 HOME，或用 `--store` 写明日志文件。",
    "MissingLibrary": "这里缺一个组件，或它装坏了；提示里有适合这里的安装命令。别的命令照常可用。",
    "BadPlugin": "另一个软件包提供的格式用不了，提示里写明是哪个包。`gkcheck env` 列出全部插件。",
    "BadCommandLine": "命令写得不对。每条末尾都给出看用法的办法。",
    "Problem": "责任分工表、日志、通知或填报表里要改的地方，不是拒绝：`gkcheck check`、`import`、`collect` 一次列出全部，每行带文件和行号，退出码为 1。",
    "DamagedDocument": "交来的文件损坏。请重新取得这份文件。",
}


def messages() -> list[tuple[str, str]]:
    """Every error that is raised in the source: its kind, and its text with … for what varies."""
    found = set()
    kinds = _error_kinds()
    for path in sorted((ROOT / "src" / "gkcheck").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in kinds and node.args:
                found.add((node.func.id, _template(node.args[0])))
            elif (
                isinstance(node, ast.Call)
                and len(node.args) == 2
                and _name_of(node.func) in ("Problem", "problem", "add_problem")
            ):
                found.add(("Problem", _template(node.args[1])))
            elif isinstance(node, ast.Return) and isinstance(node.value, ast.JoinedStr) and path.name == "typer_app.py":
                found.add(("BadCommandLine", _template(node.value)))
    return sorted((kind, text) for kind, text in found if re.search(r"[一-鿿]", text))


def _name_of(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""


def _error_kinds() -> set[str]:
    import gkcheck.errors as errors

    return {name for name, value in vars(errors).items() if isinstance(value, type) and issubclass(value, Exception)}


def _template(node: ast.expr) -> str:
    if isinstance(node, ast.Constant):
        return str(node.value)
    if isinstance(node, ast.JoinedStr):
        return "".join(map(_template, node.values))
    if (
        isinstance(node, ast.FormattedValue)
        and isinstance(node.value, ast.Call)
        and _name_of(node.value.func) == "refusal"
    ):
        return f"⋯，{_template(node.value.args[1])}"  # why the system refused, and the remedy
    if isinstance(node, ast.BinOp):
        return _template(node.left) + _template(node.right)
    return "⋯"


def render_errors() -> str:
    """docs/errors.md: every error with its remedy, by kind."""
    parts = [
        "# 错误一览\n",
        "gkcheck 拒绝一个要求时，在标准错误输出写一行：什么、在哪里、怎么办，退出码为 2；已有的记录不受影响。",
        "下面按种类列出程序里的每一条，`⋯` 是随情况变的部分。由程序生成（`python -m tests.documents`），请勿手改。\n",
    ]
    listed: dict[str, list[str]] = {}
    for kind, text in messages():
        listed.setdefault(kind, []).append(text)
    for kind in sorted(listed, key=lambda kind: (kind not in KINDS, list(KINDS).index(kind) if kind in KINDS else 0)):
        parts.append(f"## {kind}\n\n{KINDS.get(kind, '')}\n")
        parts += [f"- `{text}`" for text in listed[kind]]
        parts.append("")
    parts.append("## 其他\n\n- 退出码 3：程序自己的错误。加 `--debug` 重试，把显示的内容报告给维护者。")
    parts.append("- 退出码 130：按了 Ctrl-C。已经记录的都在。")
    return "\n".join(parts) + "\n"


# -- the picture -----------------------------------------------------------------------------------------


def render_picture() -> str:
    """docs/terminal.svg: a ledger half-way through its year, as rich draws it, each character at its own place."""
    from rich.console import Console
    from rich.terminal_theme import SVG_EXPORT_THEME
    from rich.text import Text

    from gkcheck.plan.reader import read_plan
    from tests.drawn_year import write_journal

    place = Place("2019-07-01")
    place.run(
        "gkcheck import samples/通知.docx --units samples/2018.yaml -o 2019.yaml; gkcheck config set plan 2019.yaml"
    )
    place.run("gkcheck config set store 2019.jsonl")
    plan, _ = read_plan((place.work / "2019.yaml").read_text("utf-8"), "2019.yaml")
    write_journal(place.work / "2019.jsonl", plan, facts=52, until="2019-07-01")
    console = Console(record=True, width=COLUMNS, file=open(os.devnull, "w"), force_terminal=True)  # noqa: SIM115
    command = "gkcheck status --by unit"
    console.print(Text(f"$ {command}", style="bold"))
    console.print(Text.from_ansi(place.run(command, term="xterm-256color")))
    text = console.export_svg(title="gkcheck", theme=SVG_EXPORT_THEME, unique_id="gkcheck")
    text = re.sub(r"@font-face \{.*?\}\s*", "", text, flags=re.DOTALL)
    text = re.sub(
        r'<text ([^>]*?)x="([\d.]+)" y="([\d.]+)" textLength="[\d.]+" ([^>]*)>([^<]*)</text>', _each_at_its_place, text
    )
    return text.replace("Fira Code, monospace", "monospace")


def _each_at_its_place(found: re.Match[str]) -> str:
    """A text of rich's picture with a place for each character, so that it aligns in whatever font there is.

    Rich counts Chinese characters as one column, and has the browser stretch what does not fit. Rules are drawn.
    """
    from html import escape, unescape

    from gkcheck.text.width import width

    before, x, y, after, content = found.groups()
    column, at, places, shown = 12.2, float(x), [], ""
    content = unescape(content)
    if content.strip("─") == "":
        return f'<rect {before}x="{x}" y="{float(y) - 7:g}" width="{len(content) * column:g}" height="1.5" {after}/>'
    for char in content:
        if not char.isspace():
            places.append(f"{at + 2.2 * (width(char) == 2):g}")  # a glyph of 20 in two columns of 12.2
            shown += char
        at += column * width(char)
    return f'<text {before}x="{" ".join(places)}" y="{y}" {after}>{escape(shown)}</text>' if shown else ""


def render_screens(columns: int) -> str:
    """tests/snapshots/80.txt: every command's screen over a ledger that is half done."""
    from tests.screens import render

    return render(columns)


GENERATED = {
    **{f"tests/snapshots/{columns}.txt": partial(render_screens, columns) for columns in (40, 80, 120)},
    "docs/commands.md": render_help,
    "docs/errors.md": render_errors,
    "docs/man/gkcheck.1": render_manual,
    "docs/terminal.svg": render_picture,
}


def main(names: list[str]) -> None:
    """Make the documents anew: all, or those named."""
    for name, render in GENERATED.items():
        if not names or name in names:
            path = ROOT / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(render(), "utf-8")
    for name in SESSIONS:
        path = ROOT / name
        if path.exists() and (not names or name in names):
            text = path.read_text("utf-8")
            path.write_text(with_real_output(text), "utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
