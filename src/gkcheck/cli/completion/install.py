"""Putting completion in place for one shell, and taking it away: a script beside the user's settings, one line where the shell starts."""

from __future__ import annotations

import os
import shlex
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from gkcheck.atomic_files import replace, save
from gkcheck.cli.completion import AUTOMATIC
from gkcheck.cli.completion.scripts import SCRIPTS
from gkcheck.cli.streams import for_other_programs
from gkcheck.errors import BadRequest, BadTarget, refusal
from gkcheck.paths import config_directory, home

MARK = "# gkcheck completion"


def shell_meant(name: str) -> str:
    """The shell by the name that was typed, or the one gkcheck was started from.

    Raises:
        BadRequest: it is none of the shells that are known.
    """
    known = "、".join(SCRIPTS)
    if name == AUTOMATIC:
        found = _started_from()
        if found is None:
            raise BadRequest(f"认不出现在用的是哪种 shell，请写明：gkcheck --install-completion bash（可选：{known}）")
        return found
    shell = _plain_name(name)
    if shell not in SCRIPTS:
        raise BadRequest(f"没有“{name}”的补全，可选：{known}")
    return shell


def _plain_name(name: str) -> str:
    bare = os.path.basename(name.strip().lower()).removesuffix(".exe")
    return "powershell" if bare == "pwsh" else bare


def _started_from() -> str | None:
    import shellingham  # type: ignore[import-untyped]

    try:
        name = shellingham.detect_shell()[0]
    except (shellingham.ShellDetectionFailure, OSError):
        name = os.environ.get("SHELL", "")
    shell = _plain_name(name)
    return shell if shell in SCRIPTS else None


class Place(NamedTuple):
    """The script of a shell's completion, the file that the shell reads when it starts, and the line there that reads the script.

    The line is None where the shell reads the script by itself.
    """

    script: Path
    start: Path
    line: str | None


def install(shell: str) -> Place:
    """Write the script and have the shell read it. Doing it twice is harmless.

    Raises:
        BadTarget: a file cannot be written.
    """
    place = _PLACES[shell]()
    try:
        place.script.parent.mkdir(parents=True, exist_ok=True)
        replace(place.script, SCRIPTS[shell].encode())
        if place.line is not None:
            _add_line(place.start, place.line)
    except OSError as error:
        raise BadTarget(
            f"写不了补全脚本 {error.filename or ''}：{refusal(error, '请检查权限，或用 --show-completion 自行安装')}"
        ) from None
    return place


def uninstall(shell: str) -> list[Path]:
    """Delete the script and the line that reads it; everything else in the shell's own file stays as it is.

    Returns:
        The files that were deleted or changed, none where there was nothing of ours.

    Raises:
        BadTarget: a file cannot be changed.
    """
    place = _PLACES[shell]()
    changed = []
    try:
        if place.line is not None and place.start.exists():
            data = place.start.read_bytes()
            encoding, errors = _encoding(data)
            lines = data.decode(encoding, errors).splitlines(keepends=True)
            kept = [line for line in lines if not line.rstrip().endswith(MARK)]
            if kept != lines:
                save(place.start, "".join(kept).encode(encoding, errors), force=True)
                changed.append(place.start)
        if place.script.exists():
            place.script.unlink()
            changed.append(place.script)
    except OSError as error:
        raise BadTarget(f"删不掉补全 {error.filename or ''}：{refusal(error, '请检查权限后重试')}") from None
    return changed


def _encoding(data: bytes) -> tuple[str, str]:
    """Return the encoding of a shell's own file, and how what is no text in it is carried along.

    A profile that PowerShell's own `>>` has written is UTF-16, with a mark.
    """
    utf_16 = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}.get(data[:2])
    return (utf_16, "surrogatepass") if utf_16 else ("utf-8", "surrogateescape")


def _add_line(start: Path, line: str) -> None:
    start.parent.mkdir(parents=True, exist_ok=True)
    before = start.read_bytes() if start.exists() else b""
    encoding, errors = _encoding(before)
    if MARK.encode(encoding) not in before:
        is_whole = not before or before.endswith("\n".encode(encoding))
        with start.open("ab") as file:
            file.write((("" if is_whole else "\n") + f"{line}  {MARK}\n").encode(encoding, errors))


def _script(suffix: str) -> Path:
    return config_directory() / f"completion.{suffix}"


def _bash() -> Place:
    script = _script("bash")
    quoted = shlex.quote(str(script))
    return Place(script, home() / ".bashrc", f"[ -f {quoted} ] && . {quoted}")


def _zsh() -> Place:
    script = _script("zsh")
    quoted = shlex.quote(str(script))
    ready = "(( $+functions[compdef] )) || { autoload -Uz compinit && compinit }"
    start = Path(os.environ.get("ZDOTDIR") or home()) / ".zshrc"
    return Place(script, start, f"{ready}; [ -f {quoted} ] && . {quoted}")


def _fish() -> Place:
    base = Path(os.environ.get("XDG_CONFIG_HOME") or home() / ".config")
    script = base / "fish" / "conf.d" / "gkcheck.fish"
    return Place(script, script, None)


def _powershell() -> Place:
    script = _script("ps1")
    line = f"$gkcheck = {_in_ascii(str(script))}; if (Test-Path -LiteralPath $gkcheck) {{ . $gkcheck }}"
    return Place(script, _profile(), line)


def _in_ascii(path: str) -> str:
    """Return a path as an expression in ASCII: PowerShell 5.1 reads its profile in the code page of the system."""
    units = path.replace("'", "''").encode("utf-16-be", "surrogatepass")
    codes = [int.from_bytes(units[at : at + 2], "big") for at in range(0, len(units), 2)]
    if max(codes) < 128:
        return f"'{path.replace(chr(39), chr(39) * 2)}'"
    text = "".join(f"\\u{code:04x}" if code > 127 or code == ord("\\") else chr(code) for code in codes)
    return f"[regex]::Unescape('{text}')"


_IN_UTF_8 = "[Console]::OutputEncoding = [Text.Encoding]::UTF8"


def _profile() -> Path:
    """The file that PowerShell reads when it starts, as it says itself."""
    for program in ("pwsh", "powershell"):
        try:
            done = subprocess.run(
                [program, "-NoProfile", "-Command", f"{_IN_UTF_8}; $PROFILE"],
                capture_output=True,
                check=True,
                timeout=30,
                env=for_other_programs(os.environ),
            )
        except (OSError, subprocess.SubprocessError):
            continue
        said = done.stdout.decode("utf-8", "replace").strip()
        if said:
            return Path(said)
    raise BadRequest("找不到 PowerShell；用 gkcheck --show-completion powershell 得到脚本，自行放进 $PROFILE")


_PLACES: dict[str, Callable[[], Place]] = {
    "bash": _bash,
    "zsh": _zsh,
    "fish": _fish,
    "powershell": _powershell,
}
