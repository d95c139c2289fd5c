"""The claims that come in on paper, in forms and ledgers, held against what is recorded already. Pure."""

from __future__ import annotations

from typing import NamedTuple

from gkcheck.ledger.fold import State, Words
from gkcheck.model import CLAIMS, FINISHED, STATUS_AFTER, Action, Evidence, Status


class Claim(NamedTuple):
    """The claim of one row, checked. `status` is None where it says none; `on` is the ISO day of the fact."""

    status: Status | None
    words: Words
    evidence: tuple[Evidence, ...]
    on: str | None

    @property
    def action(self) -> Action:
        """Return the action that records the claim."""
        return Action.NOTE if self.status is None else _ACTION[self.status]


_ACTION = {status: action for action, status in STATUS_AFTER.items() if action in CLAIMS}


def adds_to(claim: Claim, state: State) -> bool:
    """True if a claim says anything of an assignment that is not in its state."""
    last = state.entry
    if claim.status is not None and claim.status is not state.status:
        if not (claim.status is Status.DONE and state.status is Status.CONFIRMED):
            return True
    elif claim.status is not None and (state.changed or (claim.on is not None and last and claim.on != last.day)):
        return True
    said = Words(state.claim.note, state.claim.problem, state.claim.next) if state.claim else Words()
    says_more = any(word is not None and word != held for word, held in zip(claim.words, said, strict=True))
    return says_more or not set(claim.evidence) <= set(state.evidence)


def goes_back(claim: Claim, state: State) -> bool:
    """True if a claim takes back that an assignment was begun or finished."""
    if state.status in FINISHED:
        return claim.status in (Status.TODO, Status.DOING, Status.BLOCKED)
    return claim.status is Status.TODO and state.status in (Status.DOING, Status.BLOCKED)
