"""The context of a run: the plan, the journal, the clock, and where each setting came from."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from gkcheck.cli.params import Option
from gkcheck.cli.streams import readable, typed
from gkcheck.errors import BadPlan, BadRequest, refusal

if TYPE_CHECKING:
    from gkcheck.journal import History, Journal, Scope
    from gkcheck.ledger.fold import Ledger
    from gkcheck.model import Entry, Plan, Problem

RECENT = 2000
"""The most entries that are searched for the last batches."""


Setting = NamedTuple("Setting", [("value", str | None), ("source", str)])  # noqa: UP014 - strings would be compiled
"""A value and who gave it: flag, environment, config or default; None where nobody did."""


class Context:
    """One run of the program. `flags` are what was typed; the clock is read once.

    `handed_in` are the files named as evidence, by the SHA-256 of their content; they are kept when recorded.
    """

    def __init__(self, settings: Mapping[str, Any] | None = None) -> None:
        self.flags: dict[str, Any] = dict(settings or {})
        self.handed_in: dict[str, Path] = {}
        self.now = datetime.now().astimezone()
        self.has_warned = False

    @property
    def today(self) -> date:
        return self.now.date()

    @property
    def at(self) -> str:
        """The time of this run as entries carry it."""
        return self.now.isoformat(timespec="microseconds")

    def setting(self, name: str, flag: str | None = None) -> Setting:
        """A setting by name (plan, store, unit, by): flag > environment > config > default."""
        chosen = flag if flag is not None else self.flags.get(name)
        if chosen is not None:
            return Setting(chosen, "flag")
        from_environment = os.environ.get(f"GKCHECK_{name.upper()}")
        if from_environment:
            return Setting(typed(from_environment), "environment")
        from_config = self.config.get(name)
        return Setting(from_config, "config" if from_config is not None else "default")

    @cached_property
    def config(self) -> dict[str, str]:
        """The user's own settings, from their file."""
        from gkcheck.config import config_path, load_config

        return load_config(config_path())

    # -- the plan ------------------------------------------------------------------------------------

    @property
    def plan_path(self) -> Path:
        chosen = self.setting("plan").value
        return Path(chosen) if chosen is not None else built_in_plan()

    def read_plan(self) -> tuple[Plan | None, list[Problem]]:
        """The plan file as it is, with its problems.

        Raises:
            BadPlan: the file cannot be read at all.
        """
        from gkcheck.plan.reader import decode, read_plan

        data = self._plan_bytes()
        text, problems = decode(data, str(self.plan_path))
        return (None, problems) if problems else read_plan(text, str(self.plan_path))

    def _plan_bytes(self) -> bytes:
        from gkcheck.plan.cache import load_source

        try:
            return load_source(self.plan_path)
        except OSError as error:
            raise BadPlan(
                f"读不了责任分工表 {self.plan_path}：{refusal(error, '请用 --plan 指定一个 YAML 文件')}"
            ) from None

    @cached_property
    def plan(self) -> Plan:
        """The plan, refused where it has any problem; from its compiled form where that is of the same bytes."""
        from gkcheck.plan.cache import load_compiled, save_compiled

        data = self._plan_bytes()
        plan = load_compiled(self.plan_path, data)
        if plan is not None:
            return plan
        plan, problems = self.read_plan()
        if plan is None or problems:
            more = f"；共 {len(problems)} 处，用 gkcheck check 查看全部" if len(problems) > 1 else ""
            raise BadPlan(f"责任分工表有问题：{problems[0]}{more}")
        save_compiled(self.plan_path, data, plan)
        return plan

    # -- the journal ---------------------------------------------------------------------------------

    @property
    def store(self) -> str:
        """Where the journal is, as named: a path, or a server's address, which may hold a password."""
        chosen = self.setting("store").value
        if chosen is not None:
            if not chosen.strip():
                raise BadRequest("--store 是空的，请给出日志文件的路径")
            return chosen
        return str(self._own_store)

    @property
    def store_path(self) -> Path:
        """The journal's file; where the store is a server, where this machine's own would be."""
        from gkcheck.journal.postgres.connection import is_server

        return self._own_store if is_server(self.store) else Path(self.store)

    @property
    def _own_store(self) -> Path:
        from gkcheck.paths import data_directory

        return data_directory() / f"{self.plan.id}.jsonl"

    @property
    def evidence_folder(self) -> Path:
        """Where files handed in as evidence are kept: beside the journal."""
        from gkcheck.journal.attachments import attachment_folder

        return attachment_folder(Path(os.path.realpath(self.store_path)))

    @property
    def store_name(self) -> str:
        """The store as people may see it."""
        from gkcheck.journal.postgres.connection import display_address, is_server

        return display_address(self.store) if is_server(self.store) else str(Path(self.store))

    @cached_property
    def journal(self) -> Journal:
        """The journal of the plan; nothing is opened yet."""
        from gkcheck.journal.stores import open_journal

        return open_journal(self.store, self.plan.id, lock_limit=lock_limit(), notice=waiting)

    @cached_property
    def history(self) -> History:
        """Everything recorded; what is damaged is said on stderr."""
        return self._warned(self.journal.read())

    def past(self, scope: Scope) -> History:
        """Everything recorded within a scope, and every undo; what is damaged is said on stderr."""
        return self._warned(self.journal.read(scope))

    def of_batches(self, beginning: str) -> Sequence[Entry]:
        """The entries of the batches that begin so, where nothing is given the last entries; undos may be among them."""
        from gkcheck.journal import Scope

        return self.journal.read(Scope(batch=beginning)).entries if beginning else self.journal.latest(RECENT)

    def ledger(self, as_of: str | None = None, scope: Scope | None = None) -> Ledger:
        """The ledger as it stands, or as it stood at the end of a day; `scope`: all that will be asked of it."""
        from gkcheck.ledger.fold import Ledger

        day = self.day(as_of, "--as-of ") if as_of is not None else None
        if self._nothing_recorded():
            return Ledger(self.plan, {}, day or self.today)
        from gkcheck.journal import EVERYTHING
        from gkcheck.ledger.fold import fold

        history = self._warned(self.journal.current(scope or EVERYTHING, day))
        return Ledger(self.plan, fold(history.entries), day or self.today)

    def _nothing_recorded(self) -> bool:
        """True if the journal is a file that is not there yet: then none of the store need be loaded."""
        where = self.store
        try:
            os.stat(where)
        except FileNotFoundError:
            return "=" not in where and "://" not in where
        except (OSError, ValueError):
            pass
        return False

    def _warned(self, history: History) -> History:
        """The history, with a word on stderr, once a run, about what in it is damaged."""
        if history.problems and not self.has_warned:
            self.has_warned = True
            more = f"（另有 {len(history.problems) - 1} 处）" if len(history.problems) > 1 else ""
            talk(f"警告：{history.problems[0]}{more}；用 gkcheck check 查看，gkcheck repair 修复")
        return history

    # -- what was typed ------------------------------------------------------------------------------

    def day(self, text: str, of: Option | str) -> date:
        """Return a day as typed for an option (or what `of` calls): 2019-12-31, 20191231, 2019年12月31日, 今天.

        Raises:
            BadRequest: no such day.
        """
        from gkcheck.text.dates import read_day

        if text.strip() in ("今天", "today"):
            return self.today
        found = read_day(text)
        if found is not None:
            return found
        what = of if isinstance(of, str) else f"{of.spellings[0]} "
        raise BadRequest(f"{what}“{text}”不是日期，应写成 2019-12-31 的形式")

    def person(self, flag: str | None) -> str:
        """Who records: --by, GKCHECK_BY, the config, else the login name."""
        chosen = self.setting("by", flag).value
        if chosen is not None:
            if not chosen.strip():
                raise BadRequest("--by 是空的，请写上填报人")
            return chosen.strip()
        login = next(
            (os.environ[name] for name in ("LOGNAME", "USER", "LNAME", "USERNAME") if os.environ.get(name)), None
        )
        if login:
            return typed(login)
        import getpass

        try:
            return getpass.getuser()
        except (OSError, KeyError, ImportError):
            return "未署名"


def built_in_plan() -> Path:
    """The table that ships with gkcheck: inside the wheel, or beside src/ in a checkout."""
    here = Path(__file__).resolve().parents[1]
    shipped = here / "data" / "tasks.yaml"
    return shipped if shipped.exists() else here.parents[1] / "data" / "tasks.yaml"


def talk(line: str) -> None:
    """One line to the person, on stderr: stdout is the answer."""
    import sys

    print(readable(line.replace("\n", " "), sys.stderr), file=sys.stderr)


def waiting() -> None:
    """Tell the person why nothing happens yet."""
    talk("另一个 gkcheck 正在写入，等待中……")


def lock_limit() -> float:
    """Seconds to wait for another writer: GKCHECK_LOCK_TIMEOUT, or the default."""
    from gkcheck.journal.lock import LOCK_LIMIT

    text = os.environ.get("GKCHECK_LOCK_TIMEOUT")
    if not text:
        return LOCK_LIMIT
    try:
        limit = float(text)
    except ValueError:
        limit = -1.0
    if not 0 <= limit < 1e6:
        raise BadRequest(f"GKCHECK_LOCK_TIMEOUT“{text}”应是秒数，例如 30")
    return limit
