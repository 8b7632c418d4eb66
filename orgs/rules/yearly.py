"""A new year's list of divisions against the tree: every difference, with what it may be and the evidence for it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from orgs.choices import ChangeKind, Decision
from orgs.rules.divisions import Division
from orgs.rules.yearly_matching import Held, Matching, match, shares_of
from orgs.rules.yearly_names import core_of, likeness

#: From this score on a proposal may be accepted together with others.
SURE = 0.85
#: From this score on a candidate is proposed, and from the other on it is shown at all.
LIKELY, SHOWN = 0.5, 0.3
MOST_CANDIDATES = 5


@dataclass(frozen=True, slots=True)
class Candidate:
    """What a difference may be. A target is the key of a unit or the code of a division of the list."""

    decision: Decision
    targets: tuple[int | str, ...]
    score: float
    evidence: str


@dataclass(slots=True)
class Difference:
    """One difference; ``unit`` is none for an added division, ``division`` for one that is gone."""

    kind: ChangeKind
    unit: Held | None
    division: Division | None
    candidates: list[Candidate] = field(default_factory=list)

    @property
    def proposal(self) -> Candidate | None:
        best = self.candidates[0] if self.candidates else None
        return best if best is not None and best.score >= LIKELY else None

    @property
    def is_sure(self) -> bool:
        """Whether one reading stands out."""
        if not self.candidates or self.candidates[0].score < SURE:
            return False
        return len(self.candidates) < 2 or self.candidates[1].score < self.candidates[0].score - 0.2


@dataclass(slots=True)
class Comparison:
    """``unchanged`` counts the divisions that stand in both with nothing of their own to change."""

    matching: Matching
    differences: list[Difference]
    unchanged: int


def compare(units: Iterable[Held], divisions: Iterable[Division]) -> Comparison:
    """Every difference between the open units and the list, in the order of codes. One pass a level."""
    found = match(units, divisions)
    _part_unsure_villages(found)
    differences = [*_changed(found)]
    unchanged = len(found.code_of) - len(differences)
    gone = [unit for unit in found.units.values() if unit.pk not in found.code_of]
    added = [division for code, division in found.divisions.items() if code not in found.unit_of]
    lost = [Difference(ChangeKind.GONE, unit, None) for unit in gone]
    fresh = [Difference(ChangeKind.ADDED, None, division) for division in added]
    _propose_for_gone(found, lost, added)
    _propose_for_added(found, fresh, lost)
    differences += [*lost, *fresh]
    differences.sort(key=_code)
    return Comparison(found, differences, unchanged)


def _code(difference: Difference) -> str:
    return difference.division.code if difference.division else getattr(difference.unit, "code", "")


def _part_unsure_villages(found: Matching) -> None:
    """A unit without anything below it that was paired by weak signs is rather gone and added, for a person to join."""
    for pk, sign in list(found.signs.items()):
        if sign.score < SURE and not found.below.get(pk):
            code = found.code_of.pop(pk)
            del found.unit_of[code]


def _changed(found: Matching) -> Iterator[Difference]:
    for pk, code in found.code_of.items():
        unit, division = found.units[pk], found.divisions[code]
        kinds = [*_kinds(found, unit, division)]
        if kinds:
            sign = found.signs[pk]
            evidence = f"{sign.words}；{'、'.join(str(kind.label) for kind in kinds)}"
            yield Difference(kinds[0], unit, division, [Candidate(Decision.SAME, (), sign.score, evidence)])


def _kinds(found: Matching, unit: Held, division: Division) -> Iterator[ChangeKind]:
    """The weightiest first. A code that only follows the code above it is no difference."""
    is_moved = unit.parent_id in found.units and (
        found.unit_of.get(division.parent_code or "") != unit.parent_id
    )
    if is_moved:
        yield ChangeKind.MOVED
    carried = unit.code if is_moved else found.carried_code(unit)
    if division.code != carried:
        yield ChangeKind.RECODED
    if division.name != unit.name:
        yield ChangeKind.RENAMED
    if division.kind != unit.kind:
        yield ChangeKind.RECLASSED


def _propose_for_gone(found: Matching, lost: list[Difference], added: list[Division]) -> None:
    by_level = defaultdict(list)
    for division in found.divisions.values():
        by_level[division.level.value].append(division)
    for difference in lost:
        unit = difference.unit
        assert unit is not None
        candidates = [
            *_by_children(found, unit, by_level[unit.level]),
            *_by_name(found, unit),
            *_by_other_level(found, unit, added),
        ]
        difference.candidates = _best(candidates)


def _best(candidates: list[Candidate]) -> list[Candidate]:
    """Each reading once, by its best evidence, the likeliest first."""
    found: dict[tuple[Decision, tuple[int | str, ...]], Candidate] = {}
    for candidate in sorted(candidates, key=lambda each: -each.score):
        if candidate.score >= SHOWN:
            found.setdefault((candidate.decision, candidate.targets), candidate)
    return list(found.values())[:MOST_CANDIDATES]


def _target(found: Matching, code: str) -> int | str:
    return found.unit_of.get(code, code)


def _by_children(found: Matching, unit: Held, divisions: list[Division]) -> Iterator[Candidate]:
    total = len(found.below.get(unit.pk, ()))
    shares = [(count / total, division) for count, division in shares_of(found, unit, divisions)]
    for share, division in shares[:MOST_CANDIDATES]:
        yield Candidate(
            Decision.MERGE,
            (_target(found, division.code),),
            round(share, 2),
            f"下级 {total:,} 个中 {round(share * total):,} 个现列在{division.name}（{division.code}）之下",
        )
    parts = [(share, division) for share, division in shares if share >= 0.15]
    if len(parts) > 1 and sum(share for share, _division in parts) >= 0.6 and parts[0][0] < 0.8:
        words = "、".join(f"{division.name} {share:.0%}" for share, division in parts)
        yield Candidate(
            Decision.SPLIT,
            tuple(_target(found, division.code) for _share, division in parts),
            0.8,
            f"下级分别列在{words}",
        )


def _by_name(found: Matching, unit: Held) -> Iterator[Candidate]:
    """By likeness of names among those under the same parent, or under the one that took the parent over."""
    home = found.home_of(unit.parent_id)
    for division in found.listed_below.get(home or "", ()):
        if division.level != unit.level:
            continue
        like = likeness(unit.name, division.name)
        if division.code not in found.unit_of:
            same_code = division.code == found.carried_code(unit)
            score = min(0.8, like * 0.8 + (0.3 if same_code else 0))
            words = f"名称相近（{like:.0%}）" + ("，代码相同" if same_code else "")
            yield Candidate(Decision.SAME, (division.code,), round(score, 2), words)
        elif like >= LIKELY:
            yield Candidate(
                Decision.MERGE,
                (found.unit_of[division.code],),
                round(like * 0.6, 2),
                f"与{division.name}（{division.code}）名称相近（{like:.0%}）",
            )


def _by_other_level(found: Matching, unit: Held, added: list[Division]) -> Iterator[Candidate]:
    """升格 and 降格: the same name at another level nearby."""
    for division in added:
        is_near = division.level != unit.level and division.code[:4] == unit.code[:4]
        if is_near and core_of(division.name) == core_of(unit.name):
            yield Candidate(Decision.SAME, (division.code,), 0.6, f"名称相同，改为{division.level.label}")


def _propose_for_added(found: Matching, fresh: list[Difference], lost: list[Difference]) -> None:
    claims = defaultdict(list)
    for difference in lost:
        for candidate in difference.candidates:
            for target in candidate.targets:
                claims[target].append((difference.unit, candidate))
    for difference in fresh:
        division = difference.division
        assert division is not None
        candidates = [*_claimed(claims.get(division.code, [])), *_parted_from(found, division)]
        strongest = max((each.score for each in candidates), default=0)
        merged = [unit for unit, each in claims.get(division.code, ()) if each.decision != Decision.SAME]
        words = "没有相近的原有单位"
        if merged:
            words = "承接" + "、".join(dict.fromkeys(unit.name for unit in merged if unit is not None))
        elif strongest >= LIKELY:
            words = "另有相近的原有单位"
        likely_same = any(each.decision == Decision.SAME and each.score >= LIKELY for each in candidates)
        score = 0.4 if likely_same else 0.9
        difference.candidates = _best([Candidate(Decision.OPEN, (), score, words), *candidates])


def _claimed(claims: list[tuple[Held | None, Candidate]]) -> Iterator[Candidate]:
    for unit, candidate in claims:
        if candidate.decision == Decision.SAME and unit is not None:
            yield Candidate(
                Decision.SAME,
                (unit.pk,),
                candidate.score,
                f"{unit.name}（{unit.code}）：{candidate.evidence}",
            )


def _parted_from(found: Matching, division: Division) -> Iterator[Candidate]:
    """A new division whose children lay below one unit that lives on was parted from it."""
    sources: dict[int, int] = defaultdict(int)
    listed = found.listed_below.get(division.code, ())
    for child in listed:
        former = found.units.get(found.unit_of.get(child.code, 0))
        if former is not None and former.parent_id in found.code_of:
            sources[former.parent_id] += 1
    for pk, count in sources.items():
        source = found.units[pk]
        if source.level == division.level:
            yield Candidate(
                Decision.SPLIT,
                (pk,),
                round(0.6 * count / len(listed), 2),
                f"下级 {len(listed):,} 个中 {count:,} 个原属{source.name}（{source.code}）",
            )
