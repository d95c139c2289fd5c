"""Names that are like the one typed."""

from collections.abc import Iterable

from gkcheck.text.normalize import key


def nearest(word: str, known: Iterable[str], count: int = 1) -> list[str]:
    """Return the known words most like `word`, best first, at most `count`; none where nothing is near.

    A word counts as near where most of its characters stand in the other in the same order; for Chinese
    names that also covers short forms (卫健局 → 市卫生健康局).
    """
    from difflib import SequenceMatcher

    typed = key(word)
    scored: list[tuple[float, str]] = []
    for candidate in known:
        other = key(candidate)
        matcher = SequenceMatcher(None, typed, other, autojunk=False)
        shared = sum(block.size for block in matcher.get_matching_blocks())
        score = 0.5 * matcher.ratio() + 0.5 * (shared / len(typed) if typed else 0)
        if score >= 0.45:
            scored.append((score, candidate))
    scored.sort(key=lambda pair: -pair[0])
    return [candidate for _, candidate in scored[:count]]
