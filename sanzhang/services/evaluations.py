"""年度评价 in four grades with a quota for the best; exemplars chosen with their reasons and taken up from above."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from django.db import transaction

from audit.services import record
from core import clock
from core.actor import Actor
from core.errors import Conflict, DomainError, Problem, check
from orgs.choices import Level
from orgs.models import OrgUnit
from sanzhang.choices import ExemplarKind, Grade
from sanzhang.models import Activity, Evaluation, Exemplar, ExemplarStep, KeyPerson
from sanzhang.permissions import EVALUATE, TAKE_UP
from sanzhang.rules import duty as rules_duty
from sanzhang.rules import people as rules
from sanzhang.selectors.duty import DutyQuery, duty_counts, duty_rows, standard_of
from sanzhang.services.guards import ensure, hold

#: Where the province has set nothing.
DEFAULT_PERCENT = 20


@dataclasses.dataclass(frozen=True, slots=True)
class Judgement:
    """What is to be said of one person's year."""

    person: KeyPerson
    grade: str
    remark: str = ""


def evaluate(*, judgements: Sequence[Judgement], year: int, by: Actor) -> list[Evaluation]:
    """年度评价 of any number of people in one go, all or none; a grade given again replaces the one before.

    Raises:
        Forbidden: a person's highest seat lies outside the desk's reach.
        DomainError: every problem at once, each at ``<field>-<person>``.
    """
    people = {one.person.pk: one.person for one in judgements}
    if not people:
        raise DomainError.of("nobody", "没有填写任何人的等次。")
    with transaction.atomic():
        seats = _seats(list(people.values()), year)
        for county in sorted({_quota_unit(unit) for unit in seats.values()}):
            hold(county)
        problems = [problem for one in judgements for problem in _problems(one, seats, year, by)]
        check(problems)
        held = {
            row.person_id: row
            for row in Evaluation.objects.select_for_update().filter(person__in=people, year=year)
        }
        given = [
            _give(one, held.get(one.person.pk), seats[one.person.pk], year, by)
            for one in judgements
            if not _says_the_same(one, held.get(one.person.pk))
        ]
        _within_quota({_quota_unit(unit) for unit in seats.values()}, year)
    return given


def _seats(people: Sequence[KeyPerson], year: int) -> dict[int, OrgUnit]:
    """The unit of each one's highest seat."""
    province = OrgUnit.objects.get(pk=people[0].unit.province_id)
    rows = duty_rows(DutyQuery(within=province, year=year, people=[person.pk for person in people]))
    return {row.person_id: row.unit for row in rows}


def _problems(one: Judgement, seats: dict[int, OrgUnit], year: int, by: Actor) -> list[Problem]:
    unit = seats.get(one.person.pk)
    if unit is None:
        return [Problem("no_seat", f"{one.person.name}该年度不在领导机构任职，不作评价。", None)]
    ensure(by, EVALUATE, unit)
    found = [
        *rules_duty.year_can_be_judged(year, clock.today()),
        *([] if one.grade in Grade else [Problem("grade_unknown", "请选择等次。", "grade")]),
        *rules_duty.grade_is_explained(one.grade, one.remark),
        *rules.holds_no_identity_number(remark=one.remark),
    ]
    return [
        dataclasses.replace(
            problem,
            field=f"{problem.field}-{one.person.pk}" if problem.field else None,
            message=f"{one.person.name}：{problem.message}",
        )
        for problem in found
    ]


def _says_the_same(one: Judgement, held: Evaluation | None) -> bool:
    return held is not None and (held.grade, held.remark) == (one.grade, one.remark.strip()[:300])


def _give(one: Judgement, held: Evaluation | None, unit: OrgUnit, year: int, by: Actor) -> Evaluation:
    before = held.get_grade_display() if held else ""
    given = held or Evaluation(person=one.person, year=year, revision=0)
    given.unit, given.grade, given.remark = unit, one.grade, one.remark.strip()[:300]
    given.given_at, given.given_by = clock.now(), by.actor_label[:120]
    given.revision += 1
    given.save()
    record(
        kind="sanzhang.evaluated",
        by=by,
        summary=f"{year}年度评价{one.person.name}：{given.get_grade_display()}",
        unit=unit,
        obj=given,
        data={"before": before, "grade": given.grade},
    )
    return given


def _quota_unit(unit: OrgUnit) -> int:
    """优秀 is counted over a county; a township without one counts for itself."""
    return unit.county_id or unit.pk


def _within_quota(counties: set[int], year: int) -> None:
    problems: list[Problem] = []
    for county in OrgUnit.objects.filter(pk__in=counties):
        asked = DutyQuery(within=county, year=year)
        heads = sum(duty_counts(asked).values())
        excellent = sum(duty_counts(dataclasses.replace(asked, grade=Grade.EXCELLENT)).values())
        problems += rules_duty.excellent_within_quota(
            given=excellent - 1, heads=heads, percent=percent_of(county, year)
        )
    check(problems)


def percent_of(unit: OrgUnit, year: int) -> int:
    """The share that may be graded 优秀."""
    standard = standard_of(unit.province_id, year)
    return standard.excellent_percent if standard else DEFAULT_PERCENT


def choose_exemplar(
    *,
    unit: OrgUnit,
    kind: str,
    title: str,
    text: str,
    by: Actor,
    person: KeyPerson | None = None,
    activity: Activity | None = None,
) -> Exemplar:
    """推荐典型 (Shandong 四.5): a person, a unit or a deed, with the story; it goes up level by level."""
    ensure(by, EVALUATE, unit)
    problems = [
        *([] if kind in ExemplarKind else [Problem("kind_unknown", "请选择类别。", "kind")]),
        *([] if title.strip() else [Problem("title_missing", "请填写标题。", "title")]),
        *([] if text.strip() else [Problem("text_missing", "请写明事迹。", "text")]),
        *([] if len(text) <= 2000 else [Problem("too_long", "事迹请控制在2000字以内。", "text")]),
        *rules.holds_no_identity_number(title=title, text=text),
    ]
    if kind == ExemplarKind.PERSON and person is None:
        problems.append(Problem("person_missing", "请选择人员。", "person"))
    check(problems)
    with transaction.atomic():
        exemplar = Exemplar.objects.create(
            unit=unit,
            kind=kind,
            year=clock.today().year,
            person=person,
            activity=activity,
            title=title.strip(),
            text=text.strip(),
            level=unit.level,
            chosen_by=by.actor_label[:120],
        )
        record(
            kind="sanzhang.exemplar_chosen",
            by=by,
            summary=f"推荐{exemplar.get_kind_display()}“{exemplar.title}”",
            unit=unit,
            obj=exemplar,
        )
    return exemplar


def next_above(exemplar: Exemplar) -> OrgUnit | None:
    """The unit whose turn it is to take the exemplar up; ``None`` once the province has."""
    above = [pk for pk in exemplar.unit.ancestor_ids() if pk != exemplar.unit_id]
    return OrgUnit.objects.filter(pk__in=above, level__lt=exemplar.level).order_by("-level").first()


def take_up(*, exemplar: Exemplar, by: Actor, note: str = "") -> Exemplar:
    """选树 by the next level above; its name stands on the page from then on."""
    with transaction.atomic():
        held = _standing(exemplar)
        unit = next_above(held)
        if unit is None:
            raise Conflict.of("at_the_top", "已是省级典型。")
        ensure(by, TAKE_UP, unit)
        held.level = unit.level
        held.save(update_fields=["level"])
        ExemplarStep.objects.create(
            exemplar=held, unit=unit, by=by.actor_label[:120], note=note.strip()[:200]
        )
        record(
            kind="sanzhang.exemplar_taken_up",
            by=by,
            summary=f"选树为{Level(unit.level).label}典型：“{held.title}”",
            unit=held.unit,
            obj=held,
            data={"level": unit.level, "note": note},
        )
    return held


def withdraw_exemplar(*, exemplar: Exemplar, by: Actor) -> Exemplar:
    """撤回 by who chose it; what was taken up above is withdrawn there too."""
    with transaction.atomic():
        held = _standing(exemplar)
        ensure(by, EVALUATE, held.unit)
        held.withdrawn_at = clock.now()
        held.save(update_fields=["withdrawn_at"])
        record(
            kind="sanzhang.exemplar_withdrawn",
            by=by,
            summary=f"撤回典型“{held.title}”",
            unit=held.unit,
            obj=held,
        )
    return held


def _standing(exemplar: Exemplar) -> Exemplar:
    held = Exemplar.objects.select_for_update(of=("self",)).select_related("unit").get(pk=exemplar.pk)
    if held.withdrawn_at is not None:
        raise Conflict.of("withdrawn", "该典型已撤回。")
    return held
