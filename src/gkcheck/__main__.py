"""`python -m gkcheck` and the `gkcheck` script."""

from __future__ import annotations

import gc
import os
import sys

_GARBAGE_THRESHOLDS = (500_000, 20, 20)
"""Thresholds of the search for garbage in cycles, set high: neither loading a command nor the ledger of 62,900 assignments
makes any, and looking takes a tenth of the time."""


def main() -> None:
    """Run the command line and leave with its exit code, or answer a shell that asks for candidates."""
    gc.set_threshold(*_GARBAGE_THRESHOLDS)
    code = None
    if "_GKCHECK_COMPLETE" in os.environ:
        from gkcheck.cli.completion import answer

        answer.main(sys.argv[1:])
    else:
        from gkcheck.cli.main import run

        code = run(sys.argv[1:])
    gc.freeze()  # a process on its way out would look for garbage in all that the system takes back at once
    if code is not None:
        sys.exit(code)


if __name__ == "__main__":
    main()
