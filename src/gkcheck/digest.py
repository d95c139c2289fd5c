"""SHA-256 as Python itself brings it, which loads at once.

hashlib loads OpenSSL: that takes 3 ms, as long as to hash a thousand lines of a journal, and hashes many in a third of the time.
"""

from __future__ import annotations

from gkcheck.types import TYPE_CHECKING

if TYPE_CHECKING:
    import hashlib
    from collections.abc import Callable
    from hashlib import sha256
else:
    try:
        from _sha2 import sha256
    except ImportError:
        try:
            from _sha256 import sha256  # Python 3.11
        except ImportError:
            from hashlib import sha256

FEW = 1000
"""The most lines that are hashed without OpenSSL."""


def sha256_for(lines: int) -> Callable[[bytes], hashlib._Hash]:
    """Return the SHA-256 that takes the least time for so many lines."""
    if lines <= FEW:
        return sha256
    import hashlib

    return hashlib.sha256


__all__ = ["FEW", "sha256", "sha256_for"]
