"""What gkcheck refuses, and the exit code each refusal carries.

A mistake in a file the user keeps is not an exception but a `Problem` (see `model`): all of them are
collected and shown. An exception here is one request that cannot be carried out.
"""

from __future__ import annotations


class GkcheckError(Exception):
    """A request refused. The text is one Chinese sentence: what, where, and the remedy."""

    exit_code = 2


class BadPlan(GkcheckError):
    """The plan file cannot be used as it is."""


class BadRequest(GkcheckError):
    """The command was understood, but what it asks for is not possible."""


class UnknownName(GkcheckError):
    """Nothing bears the name that was typed; the nearest are in the text."""


class AmbiguousName(GkcheckError):
    """Several things bear the name that was typed; they are listed in the text."""


class BadJournal(GkcheckError):
    """The store is not a journal that this program may use: another plan's, newer, or no journal at all."""


class StoreFault(GkcheckError):
    """The store could not be read or written; what had been recorded before is untouched."""


class BadDocument(GkcheckError):
    """A document handed in cannot be read: its format, its size or its shape forbids it."""


class BadTarget(GkcheckError):
    """A file cannot be written where it was asked for; nothing was left half-written."""


class MissingExtra(GkcheckError):
    """The request needs an optional package that is not installed; the text says how to install it."""


class BadConfig(GkcheckError):
    """The user's own settings cannot be read, or a setting cannot be kept as asked."""
