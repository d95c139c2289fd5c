"""Days as people write them."""

import re
import unicodedata
from datetime import date

_DAY = r"(\d{4})(?:\s*[-./年]\s*(\d{1,2})\s*[-./月]\s*(\d{1,2})\s*日?|(\d{2})(\d{2}))"


def read_day(text: str) -> date | None:
    """The day a text means: 2019-12-31, 20191231, 2019年12月31日, 2019.12.31, full-width digits; None where none."""
    found = re.fullmatch(_DAY, unicodedata.normalize("NFKC", text).strip())
    if not found:
        return None
    try:
        return date(int(found[1]), int(found[2] or found[4]), int(found[3] or found[5]))
    except ValueError:
        return None
