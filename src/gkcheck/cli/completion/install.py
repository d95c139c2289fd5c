"""Putting completion in place for one shell: a script beside the user's settings, one line where the shell starts."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

from gkcheck.atomic_files import replace
from gkcheck.cli.completion.scripts import SCRIPTS
from gkcheck.errors import BadRequest, BadTarget, NoHome, refusal
from gkcheck.paths import config_directory, home

AUTOMATIC = "auto"
"""Instead of a shell's name: the shell that gkcheck was started from."""

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


def install(shell: str) -> tuple[Path, Path]:
    """Write the script and have the shell read it; returns the script and the shell's own file. Doing it twice is harmless.

    Raises:
        BadTarget: a file cannot be written.
    """
    try:
        return _INSTALL[shell]()
    except NoHome:
        raise
    except OSError as error:
        raise BadTarget(
            f"写不了补全脚本 {error.filename or ''}：{refusal(error, '请检查权限，或用 --show-completion 自行安装')}"
        ) from None


def _script(shell: str, path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    replace(path, SCRIPTS[shell].encode())
    return path


def _sourced(shell: str, suffix: str, start: Path, line: str) -> tuple[Path, Path]:
    """The script beside the settings, and `line` (with the script's path) at the end of the shell's own file."""
    script = _script(shell, config_directory() / f"completion.{suffix}")
    start.parent.mkdir(parents=True, exist_ok=True)
    before = start.read_bytes() if start.exists() else b""
    if MARK.encode() not in before:
        added = f"{line.format(script=script)}  {MARK}\n".encode()
        with start.open("ab") as file:
            file.write((b"" if not before or before.endswith(b"\n") else b"\n") + added)
    return script, start


def _bash() -> tuple[Path, Path]:
    return _sourced("bash", "bash", home() / ".bashrc", "[ -f '{script}' ] && . '{script}'")


def _zsh() -> tuple[Path, Path]:
    start = Path(os.environ.get("ZDOTDIR") or home()) / ".zshrc"
    ready = "(( $+functions[compdef] )) || {{ autoload -Uz compinit && compinit }}"
    return _sourced("zsh", "zsh", start, f"{ready}; [ -f '{{script}}' ] && . '{{script}}'")


def _fish() -> tuple[Path, Path]:
    base = Path(os.environ.get("XDG_CONFIG_HOME") or home() / ".config")
    script = _script("fish", base / "fish" / "conf.d" / "gkcheck.fish")
    return script, script


def _powershell() -> tuple[Path, Path]:
    return _sourced("powershell", "ps1", _profile(), "if (Test-Path '{script}') {{ . '{script}' }}")


def _profile() -> Path:
    """The file that PowerShell reads when it starts, as it says itself."""
    for program in ("pwsh", "powershell"):
        try:
            done = subprocess.run(
                [program, "-NoProfile", "-Command", "echo $PROFILE"], capture_output=True, check=True, timeout=30
            )
        except (OSError, subprocess.SubprocessError):
            continue
        said = done.stdout.decode("utf-8", "replace").strip()
        if said:
            return Path(said)
    raise BadRequest("找不到 PowerShell；用 gkcheck --show-completion powershell 得到脚本，自行放进 $PROFILE")


_INSTALL: dict[str, Callable[[], tuple[Path, Path]]] = {
    "bash": _bash,
    "zsh": _zsh,
    "fish": _fish,
    "powershell": _powershell,
}
