"""The attempts to write one thing: whether another may succeed, and what is said where none is left."""

from __future__ import annotations

import time
from collections.abc import Callable

from gkcheck.errors import GkcheckError, StoreFault
from gkcheck.journal.postgres import connection as server


class Attempt:
    """The state of the attempts to write one thing.

    `connected`: the server was reached. `unsure`: it may have committed. A connection that was lost is sought for `limit`
    seconds from then on, however long it was waited for before.
    """

    def __init__(self, limit: float, notice: Callable[[], None]) -> None:
        self.connected = False
        self.unsure = False
        self._limit = limit
        self._notice = notice
        self._tries = 0
        self._deadline: float | None = None

    def may_retry(self, error: Exception) -> bool:
        """True if another attempt may succeed: the server was reached and lost, or it is starting up. Pauses before it."""
        if not self._is_passing(error):
            return False
        now = time.monotonic()
        self._deadline = self._deadline or now + max(self._limit, 1.0)
        if now >= self._deadline:
            return False
        self._tries += 1
        if self._tries == 3:
            self._notice()
        time.sleep(min(0.05 * 2**self._tries, 1.0))
        return True

    def _is_passing(self, error: Exception) -> bool:
        if server.has_answered(error):
            return False
        if getattr(error, "sqlstate", None) is not None or server.is_starting(error):
            return True
        return self.connected and not server.is_refusal(error)

    def fault(self, address: str, error: Exception, what: str) -> GkcheckError:
        """Return the refusal that ends the attempts. What a later attempt was answered tells nothing of an unsure one."""
        if self.unsure:
            return StoreFault(
                f"提交{what}时与数据库 {server.display_address(address)} 失去联系，不能确定是否已经记下；恢复后请先用 gkcheck log 查看再决定是否重记"
            )
        if server.is_busy(error):
            return StoreFault(
                f"等了 {self._limit:g} 秒，数据库 {server.display_address(address)} 仍被另一个 gkcheck 占用；稍后重试，或用 GKCHECK_LOCK_TIMEOUT 设定等待秒数"
            )
        return server.fault(address, error, "写入")
