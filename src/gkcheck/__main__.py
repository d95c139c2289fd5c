"""`python -m gkcheck` and the `gkcheck` script."""

from __future__ import annotations

import os
import sys


def main() -> None:
    """Run the command line and leave with its exit code, or answer a shell that asks for candidates."""
    if "_GKCHECK_COMPLETE" in os.environ:
        from gkcheck.cli.completion import answer

        answer.main(sys.argv[1:])
        return
    from gkcheck.cli.main import run

    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
