"""The streams of a run: any encoding, a closed pipe, a pager on a terminal."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from io import TextIOWrapper

from gkcheck.errors import BadRequest
from gkcheck.types import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import TextIO

_INSTEAD = {"\u00a0": " ", "\u2022": "·", "\u2713": "√", "\u2714": "√", "\u2717": "×", "\u2718": "×", "\u2212": "－",
            "\u2011": "-", "\u2012": "–", "\u20ac": "EUR", "\u200b": "", "\ufeff": ""}  # fmt: skip
"""Signs for those that GBK lacks."""


STANDARD = "-"
"""The name of a file that stands for stdin or stdout."""

STDIN_NAME, STDOUT_NAME = "标准输入", "标准输出"


class OutputFault(OSError):
    """stdout could not be written, for another reason than that its reader has gone."""


def prepare() -> None:
    """Have a character that a stream's encoding lacks become a near sign or a visible code (\\u364d), never a question mark or an error."""
    import codecs

    if sys.stdout is None or sys.stderr is None:
        nowhere = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115 - it takes the place of a stream for the run
        sys.stdout, sys.stderr = sys.stdout or nowhere, sys.stderr or nowhere
    codecs.register_error("gkcheck", _spelled)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="gkcheck")


def _spelled(error: UnicodeError) -> tuple[str | bytes, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    out = []
    for char in error.object[error.start : error.end]:
        near = _INSTEAD.get(char, "")
        try:
            if char not in _INSTEAD:
                raise LookupError
            near.encode(error.encoding)
        except (UnicodeEncodeError, LookupError):
            near = char.encode("ascii", "backslashreplace").decode()
        out.append(near)
    return "".join(out), error.end


def typed(argument: str) -> str:
    """An argument as it was typed: bytes that the locale (LC_ALL=POSIX) could not read are read as UTF-8."""
    try:
        return argument.encode("utf-8", "surrogateescape").decode("utf-8") if not argument.isascii() else argument
    except UnicodeError:
        return argument


_EXPANDED = frozenset('"$`')
"""The signs that PowerShell reads within double quotes, too."""


def quoted(word: str) -> str:
    """Return a word as a shell takes it; on Windows as PowerShell and, without `_EXPANDED`, the command prompt do."""
    windows = sys.platform == "win32"
    plain = "-_./:=@%+~、，（）" + "\\" * windows
    if word and all(char.isalnum() or char in plain for char in word):
        return word
    if windows and _EXPANDED.isdisjoint(word):
        backslashes = word[len(word.rstrip("\\")) :]  # a single one would make the quote after it a part of the word
        return f'"{word}{backslashes}"'
    if windows:
        return "'" + word.replace("'", "''") + "'"
    import shlex

    return shlex.quote(word)


def safe(text: str) -> str:
    """Lines in which every control character is a visible code."""
    if text.replace("\n", "").isprintable():
        return text
    from gkcheck.terminal import harmless

    return "\n".join(harmless(line) for line in text.split("\n"))


def readable(text: str, stream: TextIO) -> str:
    """Lines for a person: safe to show, and broken before the edge of the screen where the stream is one."""
    text = safe(text)
    if not stream.isatty():
        return text
    import shutil

    room = shutil.get_terminal_size().columns
    if max(map(len, text.split("\n"))) * 2 <= room:  # no character is wider than two columns
        return text
    from gkcheck.terminal import fitted

    return fitted(text, room)


def talk(line: str) -> None:
    """One line to the person, on stderr: stdout is the answer. Where stderr cannot be written, there is nobody to tell."""
    try:
        print(readable(line.replace("\n", " "), sys.stderr), file=sys.stderr, flush=True)
    except OSError:
        _discard(sys.stderr)


def hint(line: str) -> None:
    """A line of advice on stderr, which -q leaves out; a warning is no advice, and goes through `talk`."""
    from gkcheck.config import is_quiet

    if not is_quiet():
        talk(line)


def first_reading() -> Callable[[int, int], None]:
    """Return what to call while a long journal is read for the first time, with the bytes read so far and all there are."""
    bar: list[Callable[[int, int], None]] = []

    def advance(done: int, total: int) -> None:
        if not bar:
            from gkcheck.terminal import late_progress

            bar.append(late_progress("首次读取日志（MB）"))
        bar[0](done >> 20, total >> 20)

    return advance


class Showing:
    """A block in which an error of stdout, but for a reader that has gone, becomes an `OutputFault`."""

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, OSError) and not isinstance(error, BrokenPipeError):
            raise OutputFault(*error.args) from error


def use_utf8() -> None:
    """Have stdout written in UTF-8 from here on, whatever the locale."""
    if sys.stdout.encoding.lower().replace("-", "") != "utf8" and isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8", errors="gkcheck")


def write_bytes(data: bytes) -> None:
    """Bytes to stdout as they are."""
    with Showing():
        sys.stdout.flush()
        sys.stdout.buffer.write(data)


def read_stdin(most: int = -1) -> bytes:
    """Return the bytes of stdin, at most so many, by default all.

    Raises:
        BadRequest: there is no stdin. OSError: it cannot be read.
    """
    if sys.stdin is None:
        raise BadRequest(f"没有{STDIN_NAME}可读，请写文件名，或用 < 接上一个文件")
    return sys.stdin.buffer.read(most)


def shows(text: str) -> bool:
    """True if a text is safe to show, and stdout's encoding has every character of it."""
    if not text.isprintable():
        return False
    try:
        text.encode(sys.stdout.encoding or "utf-8")
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def discard_stdout() -> None:
    """The reader of the pipe has gone: nothing more is to be written, the interpreter's last flush included."""
    _discard(sys.stdout)


def _discard(stream: TextIO) -> None:
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())


# -- the pager -------------------------------------------------------------------------------------------


def pager() -> list[str] | None:
    """The pager for long answers, None for none: GKCHECK_PAGER, else PAGER, else less; an empty one or cat is none."""
    import shlex
    import shutil

    if os.environ.get("TERM", "") == "dumb" or not (sys.stdin and sys.stdin.isatty() and sys.stdout.isatty()):
        return None
    chosen = os.environ.get("GKCHECK_PAGER", os.environ.get("PAGER"))
    if chosen is None:
        chosen = "less" if shutil.which("less") else ""
    try:
        words = shlex.split(chosen)
    except ValueError:
        return None
    return words if words and words[0] != "cat" and shutil.which(words[0]) else None


def page(text: str, command: list[str]) -> bool:
    """Show a text in a pager and wait for it; False where it could not be started or says that it failed."""
    import signal
    import subprocess

    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        done = subprocess.run(
            command, input=text.encode(sys.stdout.encoding, "gkcheck"), env=_pager_environment(), check=False
        )
    except OSError:
        return False
    finally:
        signal.signal(signal.SIGINT, before)
    return done.returncode <= 0 or done.returncode == _INTERRUPTED


_INTERRUPTED = 130


def _pager_environment() -> dict[str, str]:
    """Return the environment of a pager: what less needs to show colours (R), to whatever options it is set to."""
    own = os.environ.get("LESS")
    environment = {**for_other_programs(os.environ), "LESS": "FRX" if own is None else f"-R{own}"}
    if (sys.stdout.encoding or "").lower().startswith("utf"):
        environment.setdefault("LESSCHARSET", "utf-8")
    return environment


def for_other_programs(environment: Mapping[str, str]) -> dict[str, str]:
    """Return an environment as gkcheck was started with: as a folder of its own it runs with the folder's libraries."""
    own = dict(environment)
    if getattr(sys, "frozen", False):
        own.pop("LD_LIBRARY_PATH", None)
        if "LD_LIBRARY_PATH_ORIG" in own:
            own["LD_LIBRARY_PATH"] = own.pop("LD_LIBRARY_PATH_ORIG")
    return own


def ask(prompt: str) -> str:
    """Ask a person at a terminal; return the answer without blanks around it. An end of input raises EOFError."""
    import contextlib

    with contextlib.suppress(ImportError):
        import readline  # noqa: F401 - input() edits wide characters rightly with it
    return input(readable(prompt, sys.stdout)).strip()
