"""Formats of other packages, named by the entry points `gkcheck.exporters` and `gkcheck.importers` (docs/PYTHON.md).

The name of an entry point is the suffix of its format (ods), so that nothing is loaded but what a file asks for. To look
costs 25 ms: it is done for a suffix that no format of ours has, for help and refusals.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from gkcheck.errors import BadPlugin, GkcheckError
from gkcheck.types import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint
    from typing import Any, TypeVar

    T = TypeVar("T")

EXPORTERS = "gkcheck.exporters"
IMPORTERS = "gkcheck.importers"


class Plugin(NamedTuple):
    """An entry point: the suffix that it is named, and the package that brings it."""

    suffix: str
    package: str
    entry: EntryPoint


def plugins(*groups: str) -> list[Plugin]:
    """Return the entry points of groups, of each by their suffixes; nothing of theirs is loaded."""
    from importlib.metadata import entry_points

    installed = entry_points()  # all at once: each search takes 10 ms
    found = [
        Plugin(f".{entry.name.lower()}", entry.dist.name if entry.dist else entry.value, entry)
        for group in groups
        for entry in installed.select(group=group)
    ]
    return sorted(found, key=lambda plugin: (groups.index(plugin.entry.group), plugin.suffix, plugin.package))


def load_format(group: str, suffix: str, kind: type[T]) -> T | None:
    """Return the format of a suffix (.ods) that a plug-in brings, a value of type `kind`; None where there is none.

    Raises:
        BadPlugin: it cannot be loaded, is no such value, or there are two.
    """
    found = [plugin for plugin in plugins(group) if plugin.suffix == suffix]
    if not found:
        return None
    if len(found) > 1:
        packages = "、".join(plugin.package for plugin in found)
        raise BadPlugin(f"有 {len(found)} 个插件都提供 {suffix} 格式（{packages}），请用 pip uninstall 只留一个")
    try:
        value = found[0].entry.load()
    except Exception as error:
        raise _bad(found[0], f"装不上（{type(error).__name__}: {error}）") from error
    if not isinstance(value, kind):
        raise _bad(found[0], f"不是 {kind.__name__}")
    return value


def guarded(group: str, suffix: str, function: Callable[..., Any], result: type) -> Callable[..., Any]:
    """Return a function of a plug-in whose faults are told as the plug-in's, not as ours; `result` is what it returns.

    A refusal of its own (a `GkcheckError`) goes through, and so does a library that it lacks.
    """

    @wraps(function)
    def call(*arguments: Any) -> Any:
        plugin = next(one for one in plugins(group) if one.suffix == suffix)
        try:
            value = function(*arguments)
        except (GkcheckError, ImportError):
            raise
        except Exception as error:
            raise _bad(plugin, f"出错（{type(error).__name__}: {error}）") from error
        if not isinstance(value, result):
            raise _bad(plugin, f"应给出 {result.__name__}，给出的是 {type(value).__name__}")
        return value

    return call


def _bad(plugin: Plugin, fault: str) -> BadPlugin:
    return BadPlugin(
        f"插件 {plugin.package} 的 {plugin.suffix} 格式{fault}；请更新它，或用 pip uninstall {plugin.package} 卸载"
    )
