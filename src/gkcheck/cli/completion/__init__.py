"""Completion at the prompt: `candidates` (what may stand here), `scripts` (what each shell runs), `install`.

A shell asks by running gkcheck with `_GKCHECK_COMPLETE` set to its name and the words typed so far; the
answer is one candidate a line, `value TAB help`, or the single line `:files`.
"""

VARIABLE = "_GKCHECK_COMPLETE"
"""The environment variable that asks for candidates instead of running a command."""

AUTOMATIC = "auto"
"""Instead of a shell's name: the shell that gkcheck was started from."""
