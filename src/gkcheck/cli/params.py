"""The one declaration of every argument and option, and the reading of plain command lines by it.

A command is a function of a `Context` and of parameters annotated with an `Option` or an `Argument`:

    def show(context: Context, task: Annotated[str, Argument("编号", "具体要求：23、二十三", completes="task")]) -> None:

From these signatures come the reading of plain lines here, the typer application that reads all others
(`typer_app`), the help and the manual page (`help`), and completion.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from enum import Enum
from types import GenericAlias, NoneType, UnionType

from gkcheck.types import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from typing import Any

HELP = ("-h", "--help")
"""The option that every command has and none declares."""


class Declaration:
    """An argument or an option as its command declares it; a `help` made when it is asked for may be a function.

    `completes` names what completion offers for its value: unit, group, task, task or unit, section, batch,
    setting or file; a parameter with choices (an enumerated type, or what `choices` returns) completes to them. `words` returns
    the Chinese words that may be typed for each choice, separated by blanks, the one that screens show first.
    `least` and `most` bound a number.
    """

    def __init__(
        self,
        metavar: str = "",
        help: str | Callable[[], str] = "",
        *,
        completes: str = "",
        choices: Callable[[], list[str]] | None = None,
        words: Callable[[], Mapping[str, str]] | None = None,
        least: float | None = None,
        most: float | None = None,
    ) -> None:
        self.metavar = metavar
        self.help = help
        self.completes = completes
        self.choices = choices
        self.words = words
        self.least = least
        self.most = most


class Argument(Declaration):
    """A word that is told by its place."""


class Option(Declaration):
    """An option with its spellings, the long one first; `alone` is its value where it stands without one.

    `also` are spellings that are read like the others and that no help shows. `short_for` are words that stand for
    the option with a value: --json for --format json.
    """

    def __init__(
        self,
        *shown: str,
        also: Sequence[str] = (),
        short_for: Mapping[str, str] | None = None,
        metavar: str = "",
        help: str | Callable[[], str] = "",
        alone: str = "",
        **rest: Any,
    ) -> None:
        super().__init__(metavar, help, **rest)
        self.shown = shown
        self.also = tuple(also)
        self.short_for = short_for or {}
        self.alone = alone

    @property
    def spellings(self) -> tuple[str, ...]:
        """Every spelling, those that the help shows first."""
        return (*self.shown, *self.also)

    def __call__(self, help: str | Callable[[], str], **changed: Any) -> Option:
        """Return the same option as another command declares it: with its own help, and what else is changed."""
        names = ("also", "short_for", "metavar", "completes", "choices", "words", "least", "most")
        own = {name: getattr(self, name) for name in names}
        return Option(*self.shown, help=help, **{**own, **changed})


class Parameter(NamedTuple):
    """One parameter of a command: its name, the type of one value, and how it is declared.

    `multiple`: an option that may be repeated, or an argument that takes all words left; its value is a list.
    """

    name: str
    type: type
    multiple: bool
    required: bool
    default: Any
    declared: Option | Argument

    @property
    def is_flag(self) -> bool:
        return self.type is bool

    @property
    def spellings(self) -> tuple[str, ...]:
        """The spellings of an option, the long one first and those that no help shows last; none for an argument."""
        return self.declared.spellings if isinstance(self.declared, Option) else ()

    @property
    def shown(self) -> tuple[str, ...]:
        """The spellings of an option that the help shows; none for an argument."""
        return self.declared.shown if isinstance(self.declared, Option) else ()

    @property
    def metavar(self) -> str:
        return self.declared.metavar or ("值" if self.choices else "文字")

    @property
    def choices(self) -> list[str]:
        """The values that may be given, where these are few: those of an enumerated type, or as declared."""
        if issubclass(self.type, Enum):
            return [str(member.value) for member in self.type]
        return self.declared.choices() if self.declared.choices else []

    @property
    def help(self) -> str:
        """The line that says what the parameter is for."""
        return self.declared.help if isinstance(self.declared.help, str) else self.declared.help()

    @property
    def words(self) -> dict[str, str]:
        """The Chinese word of each choice as screens show it, where the parameter has such words."""
        return {choice: words.split()[0] for choice, words in (self.declared.words or dict)().items()}

    @property
    def listed_choices(self) -> str:
        """The choices in a line, each with its Chinese word where it has one: todo 未开始、doing 推进中."""
        return "、".join(f"{choice} {self.words.get(choice, '')}".rstrip() for choice in self.choices)

    def convert(self, word: str) -> list[Any]:
        """Return the values that a word stands for: one, or several where it lists choices (未开始、受阻).

        Raises:
            ValueError: the word, or one of those it lists, stands for none.
        """
        if not self.choices:
            return [self._value(word)]
        if word in self.choices or not self.multiple:
            return [self._value(self._choice(word))]
        from gkcheck.text.normalize import split_list

        return [self._value(self._choice(part)) for part in split_list(word)] or [self._value(self._choice(word))]

    def _choice(self, word: str) -> str:
        """Return the choice that was typed: itself in any case and width, or a Chinese word for it in either script."""
        choices = self.choices
        if word in choices:
            return word
        from gkcheck.text.normalize import key
        from gkcheck.text.script import simplified_name

        words = (self.declared.words or dict)()
        meant = {key(spelled): choice for choice in choices for spelled in (choice, *words.get(choice, "").split())}
        choice = meant.get(key(word)) or meant.get(key(simplified_name(word)))
        if choice is None:
            raise ValueError(word)
        return choice

    def _value(self, word: str) -> Any:
        value = self.type(word)
        if self.declared.least is not None and not value >= self.declared.least:
            raise ValueError(word)
        if self.declared.most is not None and not value <= self.declared.most:
            raise ValueError(word)
        return value


def parameters_of(command: Callable[..., object]) -> tuple[Parameter, ...]:
    """Return the parameters that a command's signature declares, in its order."""
    code = command.__code__
    names = code.co_varnames[: code.co_argcount]
    defaults = command.__defaults__ or ()
    default_of = dict(zip(reversed(names), reversed(defaults), strict=False))
    found = []
    for name in names:
        annotation = eval(command.__annotations__[name], command.__globals__)
        declared = next(iter(getattr(annotation, "__metadata__", ())), None)
        if isinstance(declared, (Option, Argument)):
            kind, multiple = _value_type(annotation.__origin__)
            found.append(Parameter(name, kind, multiple, name not in default_of, default_of.get(name), declared))
    return tuple(found)


def _value_type(annotation: Any) -> tuple[type, bool]:
    """Return the type of one value, and whether there may be several: str | None → str, list[str] → str."""
    if isinstance(annotation, UnionType):
        annotation = next(part for part in annotation.__args__ if part is not NoneType)
    return (annotation.__args__[0], True) if isinstance(annotation, GenericAlias) else (annotation, False)


# -- reading plain lines ---------------------------------------------------------------------------------


class Line(NamedTuple):
    """A command line taken apart.

    `given` are the options in their order, each with its value ("" for a flag), `words` the words beside
    them, `others` those that are options and their values, as written. `waiting` is the option that the line ends in
    without its value, `swallowing` the first whose value is itself spelled like an option, with that value.
    `plain`: nothing in it was unusual; typer reads what is (values that look like options, `-uVALUE`, `--`,
    unknown options, dashes that are no hyphens).
    """

    given: list[tuple[Parameter, str]]
    words: list[str]
    others: list[str]
    waiting: Parameter | None
    swallowing: tuple[Parameter, str] | None
    plain: bool

    def last(self, name: str) -> str | None:
        """Return the last value of the option with this parameter name, None where it was not given."""
        return next((value for parameter, value in reversed(self.given) if parameter.name == name), None)


def take_apart(parameters: Sequence[Parameter], words: Sequence[str]) -> Line:
    """Take the words of a line apart by the spellings of its options; nothing is refused here."""
    by_spelling = _by_spelling(parameters)
    given: list[tuple[Parameter, str]] = []
    bare: list[str] = []
    others: list[str] = []
    waiting, swallowing, plain = None, None, True
    following = iter(written_out(parameters, words))
    for word in following:
        if not word.startswith("-") or word == "-":
            bare.append(word)
            plain = plain and not begins_with_dash(word)
            continue
        others.append(word)
        spelled, sign, value = word.partition("=") if word.startswith("--") else (word, "", "")
        parameter = by_spelling.get(spelled)
        if parameter is None or (parameter.is_flag and sign):
            plain = False
        elif parameter.is_flag or sign:
            given.append((parameter, value))
        else:
            after = next(following, None)
            if after is None:
                waiting, plain = parameter, False
            else:
                plain = plain and not after.startswith("-")
                if after.partition("=")[0] in by_spelling or after in HELP:
                    swallowing = swallowing or (parameter, after)
                others.append(after)
                given.append((parameter, after))
    return Line(given, bare, others, waiting, swallowing, plain)


def begins_with_dash(word: str) -> bool:
    """True if a word begins with a dash that is no hyphen, as input methods write it: ——unit, －－unit."""
    if not word or word[0].isascii() or word[0].isalnum():
        return False
    from gkcheck.text.normalize import with_plain_dashes

    return with_plain_dashes(word[0]) == "-"


def written_out(parameters: Sequence[Parameter], words: Sequence[str]) -> list[str]:
    """Return the words with the values put in that stand alone for an option, or are left out where it stands alone."""
    short = {
        word: (one.spellings[0], value)
        for one in parameters
        if isinstance(one.declared, Option)
        for word, value in one.declared.short_for.items()
    }
    by_spelling = _by_spelling(parameters)
    out: list[str] = []
    for i, word in enumerate(words):
        out += short.get(word, (word,))
        declared = by_spelling[word].declared if word in by_spelling else None
        if isinstance(declared, Option) and declared.alone and (not words[i + 1 :] or words[i + 1].startswith("-")):
            out.append(declared.alone)
    return out


def _by_spelling(parameters: Sequence[Parameter]) -> dict[str, Parameter]:
    return {spelled: parameter for parameter in parameters for spelled in parameter.spellings}


def command_at(parameters: Sequence[Parameter], words: Sequence[str]) -> int:
    """Return the place of the first word that is neither an option of the program nor the value of one."""
    by_spelling = _by_spelling(parameters)
    at = 0
    while at < len(words) and words[at].startswith("-"):
        parameter = by_spelling.get(words[at])
        at += 1 if parameter is None or parameter.is_flag else 2
    return min(at, len(words))


def read_plain(parameters: Sequence[Parameter], words: Sequence[str]) -> dict[str, Any] | None:
    """Return the value of every parameter that a plain line gives, by name.

    Returns None for a line that typer has to read: what is unusual in it, missing, left over, repeated or
    not of its type. A test holds the two readings of every plain line equal.
    """
    line = take_apart(parameters, words)
    if not line.plain:
        return None
    values: dict[str, Any] = {}
    try:
        for parameter, word in line.given:
            if parameter.multiple:
                values.setdefault(parameter.name, []).extend(parameter.convert(word))
            elif parameter.name in values:
                return None
            else:
                values[parameter.name] = True if parameter.is_flag else parameter.convert(word)[0]
        arguments = [parameter for parameter in parameters if not parameter.spellings]
        placed = _by_place(arguments, line.words)
        if placed is None:
            return None
        for argument, share in placed:
            converted = [value for word in share for value in argument.convert(word)]
            values[argument.name] = converted if argument.multiple else converted[0]
    except ValueError:
        return None
    return values


def _by_place(arguments: Sequence[Parameter], words: list[str]) -> list[tuple[Parameter, list[str]]] | None:
    """Give the words to the arguments in order, one each and all that are left to the one that takes many.

    Returns the arguments that get any; None where a required one gets none or a word is left over.
    """
    many = next((i for i, argument in enumerate(arguments) if argument.multiple), None)
    if many is None:
        shares = [[word] for word in words]
    else:
        end = max(many, len(words) - (len(arguments) - many - 1))
        shares = [*([word] for word in words[:many]), words[many:end], *([word] for word in words[end:])]
    shares += [[] for _ in arguments[len(shares) :]]
    if len(shares) > len(arguments):
        return None
    if any(argument.required and not share for argument, share in zip(arguments, shares, strict=True)):
        return None
    return [(argument, share) for argument, share in zip(arguments, shares, strict=True) if share]
