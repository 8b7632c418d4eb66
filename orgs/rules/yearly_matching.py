"""Which division of a new list is which unit of the tree: level by level from the top, the surest signs first.

A unit whose parent has a new code is looked for under that code (its carried code); only what differs from that is a
difference of its own. Of what is left, names under the same parent, names elsewhere and the names of the children say
which became which.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, field

from orgs.choices import CODE_DIGITS, Level
from orgs.rules.divisions import Division
from orgs.rules.yearly_names import core_of

#: From this share of common children on, two units of one level are the same.
ALIKE = 0.6
#: Digits of a code that name the surroundings in which a unit of a level is looked for.
_SURROUNDINGS = {Level.CITY: 2, Level.COUNTY: 2, Level.TOWNSHIP: 4, Level.VILLAGE: 6}


@dataclass(frozen=True, slots=True)
class Held:
    """An open unit of the tree."""

    pk: int
    parent_id: int | None
    code: str
    name: str
    display_name: str
    level: int
    kind: str


@dataclass(frozen=True, slots=True)
class Sign:
    """Why a division was taken for a unit: how sure that is, and the evidence in words."""

    score: float
    words: str


@dataclass(slots=True)
class Matching:
    """Units and divisions paired. ``homes`` are the divisions to which most children of an unpaired unit went."""

    units: dict[int, Held]
    divisions: dict[str, Division]
    unit_of: dict[str, int] = field(default_factory=dict)
    code_of: dict[int, str] = field(default_factory=dict)
    signs: dict[int, Sign] = field(default_factory=dict)
    homes: dict[int, str] = field(default_factory=dict)
    below: dict[int, list[Held]] = field(default_factory=lambda: defaultdict(list))
    listed_below: dict[str, list[Division]] = field(default_factory=lambda: defaultdict(list))

    def pair(self, unit: Held, division: Division, score: float, words: str) -> None:
        self.unit_of[division.code] = unit.pk
        self.code_of[unit.pk] = division.code
        self.signs[unit.pk] = Sign(score, words)

    def home_of(self, pk: int | None) -> str | None:
        """The division that a unit is, or that most of what lay below it went to."""
        if pk is None:
            return None
        return self.code_of.get(pk) or self.homes.get(pk)

    def carried_code(self, unit: Held) -> str:
        """The unit's code after the change of the codes above it."""
        parent = self.units.get(unit.parent_id or 0)
        fresh = self.code_of.get(unit.parent_id or 0)
        if parent is None or fresh is None or len(fresh) != len(parent.code):
            return unit.code
        if not unit.code.startswith(parent.code):
            return unit.code
        return fresh + unit.code[len(parent.code) :]

    def names_below(self, pk: int) -> Counter[str]:
        return Counter(core_of(child.name) for child in self.below.get(pk, ()))

    def names_listed_below(self, code: str) -> Counter[str]:
        return Counter(core_of(child.name) for child in self.listed_below.get(code, ()))

    def shared(self, unit: Held, division: Division) -> int:
        """How many children of the unit are found by name below the division, apart from those it had before."""
        listed = self.names_listed_below(division.code)
        other = self.unit_of.get(division.code)
        if other is not None and other != unit.pk:
            listed -= self.names_below(other)
        return (self.names_below(unit.pk) & listed).total()


def match(units: Iterable[Held], divisions: Iterable[Division]) -> Matching:
    """Pair what can be paired."""
    found = Matching({unit.pk: unit for unit in units}, {division.code: division for division in divisions})
    for unit in found.units.values():
        found.below[unit.parent_id or 0].append(unit)
    for division in found.divisions.values():
        found.listed_below[division.parent_code or ""].append(division)
    for level in Level:
        _match_level(found, level)
    return found


def _match_level(found: Matching, level: Level) -> None:
    units = [unit for unit in found.units.values() if unit.level == level]
    divisions = [division for division in found.divisions.values() if division.level == level]
    _by_code_and_name(found, units)
    _by_name_below_parent(found, units, divisions, _name, (0.95, "名称相同，上级相同或随上级变动"))
    _by_name_below_parent(found, units, divisions, core_of, (0.9, "同一上级下名称主体相同"))
    _by_code(found, _loose(found, units))
    if level in _SURROUNDINGS:
        _by_name_nearby(found, level, units, divisions)
    _by_children(found, _loose(found, units), _free(found, divisions))
    for unit in _loose(found, units):
        _find_home(found, unit, divisions)


def _name(name: str) -> str:
    return name


def _by_name_below_parent(
    found: Matching,
    units: list[Held],
    divisions: list[Division],
    name_of: Callable[[str], str],
    sign: tuple[float, str],
) -> None:
    """Alone of their name below the same parent, or below the one that took the parent over."""

    def of_unit(unit: Held) -> Hashable:
        return found.home_of(unit.parent_id), name_of(unit.name)

    def of_division(division: Division) -> Hashable:
        return division.parent_code, name_of(division.name)

    _by_key(found, _loose(found, units), _free(found, divisions), of_unit, of_division, sign)


def _loose(found: Matching, units: list[Held]) -> list[Held]:
    return [unit for unit in units if unit.pk not in found.code_of]


def _free(found: Matching, divisions: list[Division]) -> list[Division]:
    return [division for division in divisions if division.code not in found.unit_of]


def _by_code_and_name(found: Matching, units: list[Held]) -> None:
    for unit in units:
        for code in (found.carried_code(unit), unit.code):
            division = found.divisions.get(code)
            if division is not None and division.name == unit.name and code not in found.unit_of:
                found.pair(unit, division, 1.0, "代码和名称相同")
                break


def _by_key(
    found: Matching,
    units: list[Held],
    divisions: list[Division],
    key_of_unit: Callable[[Held], Hashable],
    key_of_division: Callable[[Division], Hashable],
    sign: tuple[float, str],
) -> None:
    """Pair those that have a key alone on both sides."""
    ours, theirs = defaultdict(list), defaultdict(list)
    for unit in units:
        ours[key_of_unit(unit)].append(unit)
    for division in divisions:
        theirs[key_of_division(division)].append(division)
    for key, group in ours.items():
        if len(group) == 1 and len(theirs.get(key, ())) == 1:
            found.pair(group[0], theirs[key][0], *sign)


def _by_code(found: Matching, units: list[Held]) -> None:
    """The same code with another name is a renaming, unless the children are others."""
    for unit in units:
        division = found.divisions.get(found.carried_code(unit))
        if division is None or division.code in found.unit_of or division.level != unit.level:
            continue
        count = len(found.below.get(unit.pk, ()))
        share = found.shared(unit, division) / count if count else None
        if share is None:
            found.pair(unit, division, 0.7, "代码相同，名称不同")
        elif share >= ALIKE:
            found.pair(unit, division, 0.95, f"代码相同，下级有 {share:.0%} 相同")


def _by_name_nearby(found: Matching, level: Level, units: list[Held], divisions: list[Division]) -> None:
    """The same name under another parent of the surroundings: 改隶, if the children are the same."""
    widest = _SURROUNDINGS[level]
    for digits in sorted({digits for digits in CODE_DIGITS.values() if widest <= digits}, reverse=True):
        if digits >= CODE_DIGITS[level]:
            continue
        theirs = defaultdict(list)
        for division in _free(found, divisions):
            theirs[division.code[:digits], division.name].append(division)
        ours = defaultdict(list)
        for unit in _loose(found, units):
            ours[(found.home_of(unit.parent_id) or unit.code)[:digits], unit.name].append(unit)
        for key, group in ours.items():
            if len(group) == 1 and len(theirs.get(key, ())) == 1:
                _pair_moved(found, group[0], theirs[key][0])


def _pair_moved(found: Matching, unit: Held, division: Division) -> None:
    count = len(found.below.get(unit.pk, ()))
    share = found.shared(unit, division) / count if count else None
    if share is None:
        score = 0.9 if unit.parent_id not in found.code_of or not _is_known(found, division) else 0.75
        found.pair(unit, division, score, "名称相同，上级不同")
    elif share >= ALIKE:
        found.pair(unit, division, 0.95, f"名称相同，下级有 {share:.0%} 相同")


def _is_known(found: Matching, division: Division) -> bool:
    """Whether the parent of a division is a unit already."""
    return division.parent_code in found.unit_of


def _by_children(found: Matching, units: list[Held], divisions: list[Division]) -> None:
    """Another code and another name, but most children of each are those of the other."""
    for unit in units:
        near = _near(found, unit)
        best = max(
            (
                (_likeness_below(found, unit, division), division)
                for division in divisions
                if division.code.startswith(near)
            ),
            key=lambda pair: pair[0],
            default=None,
        )
        if best is not None and best[0] >= ALIKE and best[1].code not in found.unit_of:
            found.pair(unit, best[1], best[0], f"下级有 {best[0]:.0%} 相同")


def _likeness_below(found: Matching, unit: Held, division: Division) -> float:
    ours, theirs = found.names_below(unit.pk), found.names_listed_below(division.code)
    return (ours & theirs).total() / (ours | theirs).total() if ours and theirs else 0.0


def _find_home(found: Matching, unit: Held, divisions: list[Division]) -> None:
    shares = shares_of(found, unit, divisions)
    if shares and shares[0][0] * 2 >= len(found.below[unit.pk]):
        found.homes[unit.pk] = shares[0][1].code


def _near(found: Matching, unit: Held) -> str:
    """The beginning of the codes among which a unit is looked for."""
    return (found.home_of(unit.parent_id) or unit.code)[: _SURROUNDINGS.get(Level(unit.level), 2)]


def shares_of(found: Matching, unit: Held, divisions: Iterable[Division]) -> list[tuple[int, Division]]:
    """The divisions of the surroundings to which children of the unit went, with how many, most first."""
    if not found.below.get(unit.pk):
        return []
    near = _near(found, unit)
    counted = [
        (found.shared(unit, division), division)
        for division in divisions
        if division.code.startswith(near) and found.unit_of.get(division.code) != unit.pk
    ]
    return sorted((pair for pair in counted if pair[0]), key=lambda pair: (-pair[0], pair[1].code))
