"""The context of a run: the plan, the journal, the clock, and where each setting came from."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from functools import cached_property

from gkcheck.cli.params import Option
from gkcheck.cli.streams import first_reading, hint, talk, typed
from gkcheck.errors import BadConfig, BadPlan, BadRequest, NoHome, UnreadableConfig, refusal
from gkcheck.paths import DATA, absolute, absolute_path, built_in_plan_path, is_path, own_path
from gkcheck.types import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Any

    from gkcheck.cli.typed.days import OfMonth
    from gkcheck.config import Config
    from gkcheck.journal import Decision, History, Journal, Scope
    from gkcheck.ledger.fold import Ledger, TaskRow
    from gkcheck.ledger.pace import PacePoint
    from gkcheck.model import Entry, Plan, Problem

RECENT = 2000
"""The most entries that are searched for the last batches."""


class Setting(NamedTuple):
    """A value and who gave it: flag, environment, config or default; None where nobody did."""

    value: str | None
    source: str


class Context:
    """One run of the program. `flags` are what was typed; the clock is read once, and again by `read_clock`.

    `line` is the command line in full, as it was read (`typed.shortcuts.full_line`).
    `handed_in` are the files named as evidence, by the SHA-256 of their content; they are kept when recorded.
    `has_recorded` is True as soon as the run has written to the journal.
    """

    def __init__(self, settings: Mapping[str, Any] | None = None) -> None:
        self.flags: dict[str, Any] = dict(settings or {})
        self.line: Sequence[str] = ()
        self.handed_in: dict[str, Path] = {}
        self.read_clock()
        self.has_warned = False
        self.has_named_later = False
        self.has_recorded = False

    def read_clock(self) -> None:
        """Read the clock; a run that waits for a person reads it for each answer."""
        self._moment = datetime.now(UTC).isoformat(timespec="microseconds")

    @property
    def at(self) -> str:
        """The time of this run as entries carry it: in the office's zone, whatever this machine's is."""
        from gkcheck.journal.clock import in_zone

        return in_zone(self._moment, self.plan.zone)

    @property
    def today(self) -> date:
        """The day of this run at the office."""
        from gkcheck.journal.clock import day_of

        return day_of(self._moment, self.plan.zone)

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
    def config(self) -> Config:
        """The user's own settings, from their file; what in it this version does not know is said on stderr."""
        from gkcheck.config import Config, load_config

        try:
            config = load_config()
        except NoHome:
            return Config("", {})
        except UnreadableConfig as error:
            talk(f"警告：{error}；本次不采用其中的设置")
            return Config("", {})
        if config.unknown:
            named = "、".join(config.unknown)
            talk(f"警告：配置文件 {config.name} 有不认识的项目“{named}”，可能是较新的版本写的；没有用到，原样保留")
        return config

    # -- the plan ------------------------------------------------------------------------------------

    @property
    def plan_path(self) -> str:
        chosen = self.setting("plan").value
        return absolute_path(chosen) if chosen is not None else built_in_plan_path()

    def read_plan(self) -> tuple[Plan | None, list[Problem]]:
        """The plan file as it is, with its problems; a sound one from its compiled form where that is of the same bytes.

        Raises:
            BadPlan: the file cannot be read at all.
        """
        from gkcheck.plan.cache import load_compiled, save_compiled

        data = self._plan_bytes()
        if (plan := load_compiled(self.plan_path, data)) is not None:
            return plan, []
        from gkcheck.plan.reader import decode, read_plan

        text, problems = decode(data, self.plan_path)
        plan, problems = (None, problems) if problems else read_plan(text, self.plan_path)
        if plan is not None and not problems:
            save_compiled(self.plan_path, data, plan)
        return plan, problems

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
        """The plan, refused where it has any problem."""
        plan, problems = self.read_plan()
        if plan is None or problems:
            more = f"；共 {len(problems)} 处，用 gkcheck check 查看全部" if len(problems) > 1 else ""
            raise BadPlan(f"责任分工表有问题：{problems[0]}{more}")
        return plan

    # -- the journal ---------------------------------------------------------------------------------

    @property
    def store(self) -> str:
        """Where the journal is: a path from the root, or a server's address, which may hold a password."""
        chosen = self.setting("store").value
        if chosen is None:
            return self._own_store
        if not chosen.strip():
            raise BadRequest("--store 是空的，请给出日志文件的路径")
        return chosen if _is_server(chosen) else absolute_path(chosen)

    @cached_property
    def is_missing(self) -> bool:
        """True if the journal is a file that is not there yet.

        Raises:
            BadRequest: its folder is not there either, or it is the one of the user's settings and was there before.
        """
        where, source = self.store, self.setting("store").source
        if _is_server(where):
            return False
        try:
            os.stat(where)
        except FileNotFoundError:
            pass
        except (OSError, ValueError):
            return False
        else:
            self._note_seen(where, source)
            return False
        folder = os.path.dirname(os.path.realpath(where))
        if source != "default" and not os.path.isdir(folder):
            raise BadRequest(
                f"日志 {where} 所在的目录 {folder} 不存在，可能磁盘没有接上或路径写错了；请接好磁盘，或用 --store 改正"
            )
        if source == "config" and self.config.get("store_seen") == where:
            raise BadRequest(
                f"配置的日志 {where} 原来在，现在不在了，可能磁盘没有接上或文件被移走；请找回它，确要从头开始请重新 gkcheck config set store"
            )
        return True

    def _note_seen(self, where: str, source: str) -> None:
        """Note in the user's settings that the journal they name has been there."""
        if source == "config" and self.config.get("store_seen") != where:
            from contextlib import suppress

            from gkcheck.config import save_config

            with suppress(BadConfig):
                save_config(self.config.changed("store_seen", where))

    def require_journal(self) -> None:
        """Refuse to make what leaves the office out of a journal that was named and is not there.

        Raises:
            BadRequest: it is not there.
        """
        if self.is_missing and self.setting("store").source != "default":
            raise BadRequest(
                f"还没有日志 {self.store_name}，没有可以写出的内容；请用 --store 改正路径，确要从头开始请先运行 gkcheck repair 新建空的日志"
            )

    @property
    def store_path(self) -> str:
        """The journal's file; where the store is a server, where this machine's own would be."""
        return self._own_store if _is_server(self.store) else self.store

    @property
    def _own_store(self) -> str:
        return own_path(DATA, f"{self.plan.id}.jsonl")

    @property
    def evidence_store(self) -> Path:
        """The journal's file that files handed in as evidence are kept beside."""
        return absolute(os.path.realpath(self.store_path))

    @property
    def evidence_folder(self) -> Path:
        """Where files handed in as evidence are kept: beside the journal."""
        from gkcheck.journal.attachments import attachment_folder

        return attachment_folder(self.evidence_store)

    @property
    def store_name(self) -> str:
        """The store as people may see it."""
        from gkcheck.journal.stores import display_store

        return display_store(self.store)

    @cached_property
    def journal(self) -> Journal:
        """The journal of the plan; nothing is opened yet."""
        from gkcheck.journal.stores import open_journal

        self.is_missing  # noqa: B018 - what was named wrongly is refused here
        return open_journal(
            self.store, self.plan.id, lock_limit(), waiting, talk, zone=self.plan.zone, advance=first_reading()
        )

    def record(self, decide: Decision, *, by: str, scope: Scope | None = None) -> list[Entry]:
        """Record as `Journal.record`; what is damaged in the journal is said on stderr."""
        entries = self.journal.record(lambda history: decide(self.warned(history)), by=by, at=self.at, scope=scope)
        self.has_recorded = self.has_recorded or bool(entries)
        return entries

    def current(self, scope: Scope) -> Sequence[Entry]:
        """The live entries within a scope as of today that `Journal.current` gives; the rest is said on stderr."""
        self._say_missing()
        return self.warned(self.journal.current(scope, self.today)).entries

    def past(self, scope: Scope) -> History:
        """Everything recorded within a scope, and every undo; what is damaged is said on stderr."""
        self._say_missing()
        return self.warned(self.journal.read(scope))

    def of_batches(self, beginning: str) -> Sequence[Entry]:
        """The entries of the batches that begin so, where nothing is given the last entries; undos may be among them."""
        from gkcheck.journal import Scope

        return self.journal.read(Scope(batch=beginning)).entries if beginning else self.journal.latest(RECENT)

    def ledger(self, as_of: str | None = None, scope: Scope | None = None) -> Ledger:
        """The ledger as of today, or as it stood at the end of a day; `scope`: all that will be asked of it.

        Without a day, entries about days to come are named on stderr.
        """
        day = self.day(as_of, "--as-of ") if as_of is not None else self.today
        if self._say_missing():
            from gkcheck.ledger.fold import Ledger

            return Ledger(self.plan, {}, day, ())
        from gkcheck.journal import EVERYTHING

        scope = scope or EVERYTHING
        history = self.journal.current(scope, day)
        self.warned(history if as_of is None else history._replace(later=0))
        return self.ledger_from(history, scope, day)

    def ledger_from(self, current: History, scope: Scope, day: date) -> Ledger:
        """The ledger of what `Journal.current` gave for a scope and a day; of tasks that come round again all is read.

        What counts now may have been said before what was said last, so that the latest entries are not enough.
        """
        from gkcheck.ledger.fold import Ledger
        from gkcheck.ledger.latest import fold, recurring_tasks

        latest = fold(current.entries)
        tasks = recurring_tasks(self.plan, latest)
        tasks = tasks if scope.tasks is None else tasks & scope.tasks
        recurring: Sequence[Entry] = ()
        if tasks:
            from gkcheck.journal import Scope
            from gkcheck.journal.live import live_entries

            past = self.warned(self.journal.read(Scope(tasks, scope.units)))
            recurring = [entry for entry in live_entries(past.entries, day) if entry.task in tasks]
        return Ledger(self.plan, latest, day, recurring, scope.details)

    def pace(self, rows: Sequence[TaskRow], as_of: date) -> list[PacePoint]:
        """The progress of the assignments in `rows` over the plan's year, up to a day."""
        from gkcheck.journal import Scope
        from gkcheck.journal.live import live_entries
        from gkcheck.ledger.latest import ever_recurring
        from gkcheck.ledger.pace import pace_days, pace_of
        from gkcheck.model import Action

        recurring = ever_recurring(self.plan, self.past(Scope(action=Action.DEADLINE)).entries)
        past = self.past(Scope(tasks=recurring)).entries if recurring else []
        entries = [entry for entry in past if entry.task in recurring or entry.undoes]
        days = pace_days(self.plan, as_of)
        statuses = self.journal.past_statuses(days)
        return pace_of(self.plan, rows, days, statuses, lambda day: live_entries(entries, day))

    def _say_missing(self) -> bool:
        """True if the journal is not there yet: none of the store need be loaded. One that was named is told of, once."""
        if self.is_missing and self.setting("store").source != "default" and not self.has_warned:
            self.has_warned = True
            talk(f"还没有日志 {self.store_name}，暂按没有记录显示；请核对路径")
        return self.is_missing

    def warned(self, history: History) -> History:
        """The history, with a word on stderr, once a run, about what in it is damaged or about days to come."""
        if history.problems and not self.has_warned:
            self.has_warned = True
            more = f"（另有 {len(history.problems) - 1} 处）" if len(history.problems) > 1 else ""
            talk(f"警告：{history.problems[0]}{more}；用 gkcheck check 查看，gkcheck repair 修复")
        if history.later and not self.has_named_later:
            self.has_named_later = True
            talk(f"有 {history.later} 条记录的日期晚于今天（{self.today}），没有计入；用 gkcheck log --later 查看")
        return history

    # -- what was typed ------------------------------------------------------------------------------

    def day(self, text: str, of: Option | str, of_month: OfMonth = "last") -> date:
        """Return a day as typed for an option (or what `of` calls), as `typed.days.day_typed`."""
        from gkcheck.cli.typed.days import day_typed

        return day_typed(self.plan, self.today, text, of if isinstance(of, str) else f"{of.spellings[0]} ", of_month)

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
        try:
            import pwd

            return pwd.getpwuid(os.getuid()).pw_name
        except (OSError, KeyError, ImportError):
            return "未署名"


def built_in_plan() -> Path:
    """The table that ships with gkcheck."""
    return absolute(built_in_plan_path())


def waiting() -> None:
    """Tell the person why nothing happens yet."""
    hint("另一个 gkcheck 正在写入，等待中……（请不要删除锁文件，写完自动放开）")


def _is_server(store: str) -> bool:
    """True if a store is the address of a server; for a path nothing is loaded to know it."""
    if is_path(store):
        return False
    from gkcheck.journal.stores import is_server

    return is_server(store)


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
