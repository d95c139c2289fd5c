"""SHA-256 as Python itself brings it, which loads at once.

hashlib loads OpenSSL: that takes 3 ms, and hashes the lines of a journal in a third of the time.
"""

from __future__ import annotations

from gkcheck.types import TYPE_CHECKING

if TYPE_CHECKING:
    from hashlib import sha256
else:
    try:
        from _sha2 import sha256
    except ImportError:
        try:
            from _sha256 import sha256  # Python 3.11
        except ImportError:
            from hashlib import sha256

__all__ = ["sha256"]
