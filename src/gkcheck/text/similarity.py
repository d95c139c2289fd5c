"""Names that are like the one typed."""

from collections.abc import Iterable, Sequence

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


def typing_errors(word: str, other: str) -> int:
    """Return how many slips of the hand lead from one word to another: a letter more, less, another, or two swapped."""
    before: Sequence[int] = []
    row: Sequence[int] = range(len(other) + 1)
    for i, char in enumerate(word, start=1):
        following = [i]
        for j, meant in enumerate(other, start=1):
            least = min(row[j] + 1, following[-1] + 1, row[j - 1] + (char != meant))
            if i > 1 and j > 1 and (char, word[i - 2]) == (other[j - 2], meant):
                least = min(least, before[j - 2] + 1)
            following.append(least)
        before, row = row, following
    return row[-1]
