"""The rooms that stand for parts of the standard library do as these do."""

from __future__ import annotations

import copy
import hashlib
import pickle
import re
import typing

import pytest

from gkcheck import digest, types
from gkcheck.journal import record_format
from tests.patterns import SOURCE


def declared(base):
    """Return the class of these tests, made by a base: ours or the one of typing."""

    class Named(base):
        """Three fields, the last with a default."""

        name: str
        count: int
        note: str | None = None

        @property
        def doubled(self) -> int:
            return self.count * 2

    return Named


Ours, Typings = declared(types.NamedTuple), declared(typing.NamedTuple)
Ours.__qualname__ = "Ours"  # to be found where it is unpickled


MANY = 150
"""More values than a class makes before it gets a constructor of its own."""

ARGUMENTS = [
    (("a", 1), {}),
    (("a", 1, "b"), {}),
    (("a",), {"count": 1}),
    ((), {"note": "b", "count": 1, "name": "a"}),
]
WRONG = [
    ((), {}),
    (("a",), {}),
    (("a", 1, "b", 2), {}),
    (("a", 1), {"name": "b"}),
    (("a", 1), {"other": 2}),
]


@pytest.mark.parametrize("before", [0, MANY], ids=["the first values", "later ones"])
@pytest.mark.parametrize(("placed", "named"), ARGUMENTS)
def test_a_named_tuple_is_made_as_typings(placed, named, before):
    fresh = declared(types.NamedTuple)
    for _ in range(before):
        fresh("a", 1)
    assert fresh(*placed, **named) == Typings(*placed, **named)
    assert (fresh.__new__ is types.NamedTuple.__new__) == (before == 0)


@pytest.mark.parametrize("before", [0, MANY], ids=["the first values", "later ones"])
@pytest.mark.parametrize(("placed", "named"), WRONG)
def test_wrong_arguments_are_refused(placed, named, before):
    fresh = declared(types.NamedTuple)
    for _ in range(before):
        fresh("a", 1)
    with pytest.raises(TypeError):
        fresh(*placed, **named)


def test_a_named_tuple_does_as_typings():
    ours, typings = Ours("a", 1), Typings("a", 1)
    assert (ours.name, ours.count, ours.note, ours.doubled) == ("a", 1, None, 2)
    assert ours == typings == ("a", 1, None)
    assert hash(ours) == hash(typings)
    assert repr(ours) == repr(typings)
    assert ours._asdict() == typings._asdict()
    assert (Ours._fields, Ours.__match_args__) == (Typings._fields, Typings.__match_args__)
    assert ours._replace(count=3) == ours.__replace__(count=3) == typings._replace(count=3)
    assert type(ours._replace(count=3)) is type(Ours._make("abc")) is Ours
    assert type(pickle.loads(pickle.dumps(ours))) is type(copy.copy(ours)) is Ours
    assert pickle.loads(pickle.dumps(ours)) == copy.deepcopy(ours) == ours
    assert Ours.__doc__ == Typings.__doc__ == "Three fields, the last with a default."


@pytest.mark.parametrize("values", ["ab", "abcd"])
@pytest.mark.parametrize("kind", [Ours, Typings], ids=["ours", "typing's"])
def test_values_too_few_or_too_many_are_refused(kind, values):
    with pytest.raises(TypeError):
        kind._make(values)


def test_a_field_may_have_any_name_that_typing_takes():
    class Line(types.NamedTuple):
        cls: str
        make: str

    assert {Line("a", "b") for _ in range(MANY)} == {("a", "b")}


@pytest.mark.parametrize("value", [Ours("a", 1), Typings("a", 1)], ids=["ours", "typing's"])
def test_a_named_tuple_cannot_be_changed(value):
    with pytest.raises(AttributeError):
        value.name = "b"
    with pytest.raises(AttributeError):
        value.other = "b"
    with pytest.raises((ValueError, TypeError), match="other"):  # since Python 3.13 a TypeError
        value._replace(other="b")


def test_a_named_tuple_can_be_matched():
    match Ours("a", 1):
        case Ours(name, count):
            assert (name, count) == ("a", 1)
        case _:
            pytest.fail("not matched")


def test_an_annotation_is_read_as_typings():
    ours, typings = types.Annotated[str | None, "declared"], typing.Annotated[str | None, "declared"]
    assert ours.__origin__ == typings.__origin__
    assert tuple(ours.__metadata__) == typings.__metadata__


def test_a_digest_is_that_of_hashlib():
    assert digest.sha256("字".encode()).hexdigest() == hashlib.sha256("字".encode()).hexdigest()


@pytest.mark.parametrize(
    "path",
    [
        path
        for path in sorted(SOURCE.rglob("*.py"))
        if re.search(r"gkcheck\.types import .*NamedTuple", path.read_text("utf-8"))
    ],
    ids=lambda path: str(path.relative_to(SOURCE)),
)
def test_fields_are_told_by_annotations_that_are_text(path):
    """From Python 3.14 on others are not there when the class is made."""
    assert "\nfrom __future__ import annotations\n" in path.read_text("utf-8")


def test_few_lines_are_hashed_without_openssl():
    """Loading it takes as long as hashing a thousand lines; it hashes many in a third of the time."""
    hashing = record_format._Hashing(few=3)
    functions = [hashing() for _ in range(5)]
    assert functions == [digest.sha256, digest.sha256, *[hashlib.sha256] * 3]
    assert {function(b"a").hexdigest() for function in functions} == {hashlib.sha256(b"a").hexdigest()}
