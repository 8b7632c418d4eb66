"""Each body of a subtree with its composition, held against the ratios of the day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from core.dated import Moment
from orgs.choices import ANCESTOR_FIELD, Level, UnitKind
from orgs.models import OrgUnit, UnitEdition
from sanzhang.choices import LEADERSHIP_KINDS, BodyKind, Measure, Verdict
from sanzhang.models import CompositionTarget
from sanzhang.rules.composition import verdict
from sanzhang.selectors.composition import TOGETHER, Composition, Compositions, compositions_below_and_own
from sanzhang.selectors.seated import COMPOSED_LEVELS

_ORDER = {kind.value: place for place, kind in enumerate(LEADERSHIP_KINDS)}


@dataclass(frozen=True, slots=True)
class Standing:
    """A unit as it stood on the day; ``child`` is the unit right below the one looked at that it belongs to."""

    unit_id: int
    name: str
    code: str
    level: Level
    is_zone: bool
    is_expected: bool
    child: int | None

    @property
    def association(self) -> str:
        return f"{self.name}科协"


def standings(
    within: OrgUnit, at: Moment, levels: Collection[Level] = COMPOSED_LEVELS
) -> dict[int, Standing]:
    """The units of ``levels`` inside ``within`` and those right below it, of the tree of the day, in code order; one query."""
    below = [name for level, name in ANCESTOR_FIELD.items() if level > within.level]
    scope = ANCESTOR_FIELD.get(Level(within.level), "unit")
    editions = UnitEdition.objects.on(at.day).filter(**{scope: within.pk}, level__lte=Level.TOWNSHIP)
    rows = editions.order_by("division_code", "unit_id").values(
        *("unit_id", "display_name", "division_code", "level", "kind", "is_expected"),
        *(f"{name}_id" for name in below),
    )
    found = {}
    for row in rows:
        child = next((row[f"{name}_id"] for name in below if row[f"{name}_id"] is not None), None)
        if row["level"] in levels or child == row["unit_id"]:
            found[row["unit_id"]] = Standing(
                row["unit_id"],
                row["display_name"],
                row["division_code"],
                Level(row["level"]),
                row["kind"] == UnitKind.ZONE,
                row["is_expected"],
                child,
            )
    return found


@dataclass(frozen=True, slots=True)
class Check:
    """One ratio held against one body."""

    target: CompositionTarget
    share: Fraction | None
    unknown: int
    verdict: Verdict


@dataclass(slots=True)
class BodyRow:
    """One body of one unit: of whom it is made up, and what is asked of it."""

    unit: Standing
    kind: BodyKind
    composition: Composition
    checks: list[Check] = field(default_factory=list)

    def __str__(self) -> str:
        return f"{self.unit.association}{self.kind.label}"

    @property
    def verdict(self) -> Verdict | None:
        """Unmet if one ratio is, then open if one is; ``None`` where nothing is asked."""
        found = {check.verdict for check in self.checks}
        return next((one for one in (Verdict.UNMET, Verdict.OPEN, Verdict.MET) if one in found), None)


def targets_on(within: OrgUnit, at: Moment) -> list[CompositionTarget]:
    """The ratios of the province that hold on the day, by level, body and measure; one query."""
    return list(CompositionTarget.objects.on(at.day).filter(owner=within.province_id))


def body_rows(
    units: dict[int, Standing],
    own: Compositions,
    targets: Sequence[CompositionTarget],
) -> list[BodyRow]:
    """Every body in which somebody sits, in the order of codes, with its checks."""
    asked: dict[tuple[str, int], list[CompositionTarget]] = defaultdict(list)
    for target in targets:
        asked[target.kind, target.level].append(target)
    rows = []
    for unit_id, unit in units.items():
        mine = own.get(unit_id, {})
        for kind in sorted((kind for kind in mine if kind != TOGETHER), key=_ORDER.__getitem__):
            checks = checks_of(mine[kind], asked[kind, unit.level])
            rows.append(BodyRow(unit, BodyKind(kind), mine[kind], checks))
    return rows


def checks_of(composition: Composition, targets: Iterable[CompositionTarget]) -> list[Check]:
    """What each of ``targets`` says of one body."""
    found = []
    for target in targets:
        measure = Measure(target.measure)
        unknown = composition.unknown(measure)
        said = verdict(
            bound=target.bound,
            percent=target.percent,
            count=composition.count(measure),
            unknown=unknown,
            members=composition.members,
        )
        if said is not None:
            found.append(Check(target, composition.share(measure), unknown, said))
    return found


@dataclass(slots=True)
class Tally:
    """How many bodies a ratio is asked of, and how they stand to it."""

    target: CompositionTarget
    counts: dict[Verdict, int] = field(default_factory=lambda: dict.fromkeys(Verdict, 0))

    @property
    def bodies(self) -> int:
        return sum(self.counts.values())

    @property
    def met(self) -> int:
        return self.counts[Verdict.MET]

    @property
    def unmet(self) -> int:
        return self.counts[Verdict.UNMET]

    @property
    def open(self) -> int:
        return self.counts[Verdict.OPEN]

    @property
    def rate(self) -> Fraction | None:
        return Fraction(self.met, self.bodies) if self.bodies else None


def tallies(rows: Iterable[BodyRow], targets: Sequence[CompositionTarget]) -> list[Tally]:
    """Each ratio with how many of the bodies meet it."""
    found = {target.pk: Tally(target) for target in targets}
    for row in rows:
        for check in row.checks:
            found[check.target.pk].counts[check.verdict] += 1
    return list(found.values())


@dataclass(slots=True)
class ChildRow:
    """One unit right below the one looked at: all bodies in its subtree put together, heads counted once."""

    unit: Standing
    composition: Composition
    asked: int = 0
    met: int = 0

    def __str__(self) -> str:
        return self.unit.name

    @property
    def met_rate(self) -> Fraction | None:
        """The share of bodies that meet all that is asked of them."""
        return Fraction(self.met, self.asked) if self.asked else None


@dataclass(slots=True)
class Picture:
    """All that the page of one unit shows: itself, those right below, each body, and the ratios."""

    at: Moment
    whole: dict[str, Composition]
    own: dict[str, Composition]
    children: list[ChildRow]
    bodies: list[BodyRow]
    targets: list[CompositionTarget]
    tallies: list[Tally]


def picture(
    within: OrgUnit,
    at: Moment,
    *,
    kind: str = TOGETHER,
    levels: Collection[Level] = COMPOSED_LEVELS,
) -> Picture:
    """The composition of ``within`` on a day; children by the bodies of ``kind``. Three queries, whatever the size."""
    units = standings(within, at, levels)
    below, own = compositions_below_and_own(within, at, levels)
    targets = [target for target in targets_on(within, at) if target.level in levels]
    rows = [row for row in body_rows(units, own, targets) if kind in (TOGETHER, row.kind)]
    children = {
        pk: ChildRow(unit, below.get(pk, {}).get(kind, Composition()))
        for pk, unit in units.items()
        if unit.child == pk
    }
    for row in rows:
        child = children.get(row.unit.child or 0)
        if child is not None and row.verdict is not None:
            child.asked += 1
            child.met += row.verdict == Verdict.MET
    return Picture(
        at,
        below.get(within.pk, {}),
        own.get(within.pk, {}),
        list(children.values()),
        rows,
        targets,
        tallies(rows, [target for target in targets if kind in (TOGETHER, target.kind)]),
    )
