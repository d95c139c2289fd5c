"""Named tuples and annotations for plain commands: typing takes 3 ms to load, and 0.1 ms for each named tuple.

For a type checker these are typing's own; to run they cost a tenth. A module that declares a named tuple begins with `from __future__ import annotations`.
"""

from __future__ import annotations

from collections import _tuplegetter  # type: ignore[attr-defined]

TYPE_CHECKING = False

if TYPE_CHECKING:
    from typing import Annotated as Annotated
    from typing import NamedTuple as NamedTuple
    from typing import Protocol as Protocol
    from typing import overload as overload
else:
    Protocol = object

    def overload(function):
        """Return the function."""
        return function

    class Annotated:
        """A type and what is declared of it."""

        __slots__ = ("__metadata__", "__origin__")

        def __class_getitem__(cls, parts):
            annotation = cls()
            annotation.__origin__, *annotation.__metadata__ = parts
            return annotation

    _REQUIRED = object()
    """The default of a field that has none."""

    _MANY = 100
    """The values after which their class gets a constructor of its own: to compile it costs as much as 50 of them."""

    class _NamedTupleType(type):
        """The type of named tuples: its annotations are the fields of a class."""

        def __new__(cls, name, bases, namespace):
            fields = tuple(namespace.get("__annotations__", ()))
            namespace["_defaults"] = tuple(namespace.get(field, _REQUIRED) for field in fields)
            namespace |= {field: _tuplegetter(place, "") for place, field in enumerate(fields)}
            namespace |= {"__slots__": (), "__match_args__": fields, "_fields": fields, "_made": 0}
            return type.__new__(cls, name, bases, namespace)

    class NamedTuple(tuple, metaclass=_NamedTupleType):
        """A tuple whose values have names and defaults."""

        def __new__(cls, *values, **named):
            cls._made += 1
            if cls._made > _MANY:
                cls.__new__ = _constructor(cls)
            if named or len(values) != len(cls._fields):
                values += _further_values(cls, len(values), named)
            return tuple.__new__(cls, values)

        @classmethod
        def _make(cls, values):
            made = tuple.__new__(cls, values)
            if len(made) != len(cls._fields):
                raise TypeError(f"{cls.__name__} has {len(cls._fields)} values, not {len(made)}")
            return made

        def _replace(self, **changed):
            values = self._make(map(changed.pop, self._fields, self))
            if changed:
                raise ValueError(f"{type(self).__name__} has no field {', '.join(changed)}")
            return values

        __replace__ = _replace

        def _asdict(self):
            return dict(zip(self._fields, self, strict=True))

        def __repr__(self):
            fields = ", ".join(f"{name}={value!r}" for name, value in self._asdict().items())
            return f"{type(self).__name__}({fields})"

        def __getnewargs__(self):
            return tuple(self)

    def _further_values(cls, placed, named):
        """Return the values of a named tuple after those given by place: given by name, or the defaults."""
        values = tuple(map(named.pop, cls._fields[placed:], cls._defaults[placed:]))
        if named or _REQUIRED in values or placed > len(cls._fields):
            raise TypeError(
                f"{cls.__name__} takes {', '.join(cls._fields)}: {placed} by place, left over {list(named)}"
            )
        return values

    def _constructor(cls):
        """Return the constructor of a class of named tuples, compiled from its fields, none of which begins with _."""
        fields = ", ".join(cls._fields)
        new = eval(f"lambda _cls, {fields}: _make(_cls, ({fields},))", {"_make": tuple.__new__})
        new.__defaults__ = tuple(value for value in cls._defaults if value is not _REQUIRED)
        return new
