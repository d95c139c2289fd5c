"""A library that cannot be loaded, and what mends it in this installation: pip, pipx, uv, or the folder copied anew."""

from __future__ import annotations

import sys
from pathlib import Path
from types import TracebackType

from gkcheck.cli.streams import quoted
from gkcheck.errors import MissingLibrary

DISTRIBUTIONS = {
    "docx": "python-docx",
    "pdfminer": "pdfminer.six",
    "psycopg": "psycopg[binary]",
    "yaml": "PyYAML",
}
"""The modules that are installed under another name than their own."""

_OTHERWISE = {
    "docxtpl": "，或不用模板",
    "pdfminer": "，或另存为 docx 再导入",
}
"""The ways to do without a library."""


def missing_library(error: Exception) -> MissingLibrary | None:
    """Return the refusal of a request whose library is missing or broken, None for an error of any other kind."""
    module = _unloadable(error)
    if module is None:
        return None
    plain = module.removeprefix("_")
    if plain in sys.stdlib_module_names:
        return MissingLibrary(f"这个 Python（{sys.executable}）缺少自带的组件 {plain}，请换用完整的 Python 重新安装")
    fault = "没有装上" if isinstance(error, ModuleNotFoundError) else f"装坏了（{_first_line(error)}）"
    distribution = DISTRIBUTIONS.get(module, module)
    return MissingLibrary(f"要用的组件 {distribution} {fault}，请{_mending(distribution)}{_OTHERWISE.get(module, '')}")


def _unloadable(error: Exception) -> str | None:
    """Return the top-level name of the module that could not be imported: missing, unreadable, or failing at its start."""
    if type(error).__module__ == "builtins" and isinstance(
        error, SyntaxError
    ):  # those of XML have modules of their own
        parts = Path(error.filename or "").parts
        return parts[parts.index("site-packages") + 1].removesuffix(".py") if "site-packages" in parts else "gkcheck"
    name = error.name if isinstance(error, ImportError) else None
    name = (name or _module_being_imported(error.__traceback__) or "gkcheck").partition(".")[0]
    return None if name == "gkcheck" else name


def _module_being_imported(trace: TracebackType | None) -> str | None:
    """Return the first module outside gkcheck whose own statements were running, None where there is none."""
    while trace is not None:
        name: str = trace.tb_frame.f_globals.get("__name__", "")
        if trace.tb_frame.f_code.co_name == "<module>" and name.partition(".")[0] != "gkcheck":
            return name
        trace = trace.tb_next
    return None


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0].rstrip(".")


def _mending(distribution: str) -> str:
    """Return how to install a library anew where this gkcheck is."""
    if getattr(sys, "frozen", False):
        return "重新复制整个 gkcheck 文件夹"
    environment, python, library = Path(sys.prefix), quoted(sys.executable), quoted(distribution)
    if (environment / "pipx_metadata.json").exists():
        return f"运行 pipx inject --force gkcheck {library}"
    if _made_by_uv(environment):
        return f"运行 uv pip install --python {python} --reinstall {library}"
    command = f"{python} -m pip install --force-reinstall {library}"
    return f"运行 {command}（没有网络时加 --no-index --find-links 安装包所在的目录）"


def _made_by_uv(environment: Path) -> bool:
    try:
        return any(line.startswith("uv =") for line in (environment / "pyvenv.cfg").read_text("utf-8").splitlines())
    except (OSError, UnicodeDecodeError):
        return False
