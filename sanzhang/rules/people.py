"""What a person, a seat and a step must fulfil. One function per demand; each returns problems and saves nothing."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence

from core import formats
from core.errors import Problem
from orgs.choices import Level
from orgs.models import OrgUnit
from sanzhang.choices import (
    POSITIONS_AT,
    Employment,
    Giver,
    Position,
    WayIn,
)
from sanzhang.models import Candidacy, CandidacyStep, KeyPerson, Occupation, Opinion, Term
from sanzhang.procedures import Plan, Step

#: The first congresses after the founding of the county associations; nothing in office began before.
EARLIEST = dt.date(1978, 1, 1)
#: How far ahead a seat may be entered.
ANNOUNCED_DAYS = 31
YOUNGEST, OLDEST = 18, 80

_IDENTITY_NUMBER = re.compile(r"\d{17}[\dXx]|\b\d{15}\b")
_PHONE = re.compile(r"1\d{10}|0\d{9,11}")

Allowed = dict[int, Sequence[str]]


def _labels(positions: Iterable[str]) -> str:
    return "、".join(Position(position).label for position in positions)


def name_is_a_name(name: str) -> list[Problem]:
    """A name stands there, without digits."""
    if not name:
        return [Problem("name_missing", "请填写姓名。", "name")]
    if re.search(r"\d|[<>@/\\]", name):
        return [Problem("name_odd", "姓名中不能有数字或符号，请核对。", "name")]
    return []


def employer_is_named(employer: str, *, is_backfill: bool) -> list[Problem]:
    """The employer is known of everyone but of people already in post when the portal began."""
    if employer or is_backfill:
        return []
    return [Problem("employer_missing", "请填写工作单位；存量补录的可以不填。", "employer")]


def holds_no_identity_number(**texts: str) -> list[Problem]:
    """Rule 10: no identity-card numbers anywhere."""
    return [
        Problem("identity_number", "请勿填写身份证号码，本平台不收集身份证号。", field)
        for field, text in texts.items()
        if text and _IDENTITY_NUMBER.search(text)
    ]


def phone_is_a_number(phone: str | None) -> list[Problem]:
    """A mobile number of eleven digits, or a fixed line with its area code."""
    if not phone or _PHONE.fullmatch(re.sub(r"[\s-]", "", phone)):
        return []
    return [Problem("phone_odd", "电话应为11位手机号，或带区号的固定电话（如 0531-82345678）。", "phone")]


def birth_is_possible(birth_month: dt.date | None, today: dt.date) -> list[Problem]:
    """Nobody registered is under 18 or over 110."""
    if birth_month is None or 18 <= _age(birth_month, today) <= 110:
        return []
    return [Problem("birth_impossible", "出生年月有误，请核对。", "birth_month")]


def retirement_is_possible(
    retired_on: dt.date | None, birth_month: dt.date | None, today: dt.date
) -> list[Problem]:
    """Retired on a day that has come, by somebody who was grown up by then."""
    if retired_on is None:
        return []
    if retired_on > today:
        return [Problem("retired_in_future", "退休时间不能晚于今天。", "retired_on")]
    if birth_month is not None and _age(birth_month, retired_on) < 40:
        return [Problem("retired_young", "按出生年月计算，退休时不满40岁，请核对。", "retired_on")]
    return []


def change_follows(changed_on: dt.date, since: dt.date, today: dt.date) -> list[Problem]:
    """A change of work lies after the change before it, and not in the future."""
    if changed_on > today:
        return [Problem("change_in_future", "变动日期不能晚于今天，请届时再登记。", "changed_on")]
    if changed_on <= since:
        message = f"变动日期应晚于上一次变动（{formats.day(since)}）；如是更正错误，请不要填写变动日期。"
        return [Problem("change_backwards", message, "changed_on")]
    return []


def occupation_is_in_use(occupation: Occupation, *, was: int | None = None) -> list[Problem]:
    """An occupation taken off the list stays with those who have it, and is given to nobody new."""
    if occupation.is_active or occupation.pk == was:
        return []
    return [Problem("occupation_retired", f"“{occupation.name}”已停用，请另选职业身份。", "occupation")]


def level_has_position(level: int, position: str) -> list[Problem]:
    """Rule 1: the bodies of a level know certain positions only."""
    known = POSITIONS_AT.get(Level(level), ())
    if position in known:
        return []
    message = f"{Level(level).label}只能任{_labels(known)}，请另选职务。"
    return [Problem("position_not_at_level", message, "position")]


def occupation_may_take(occupation: Occupation, allowed: Allowed, level: int, position: str) -> list[Problem]:
    """Rule 1 (Zhoukou 四(一), Shandong 三.1): which occupation may take which position at which level.

    ``allowed`` is the occupation's positions by level, from the list that the province edits.
    """
    positions = allowed.get(level, ())
    if position in positions:
        return []
    if not positions:
        message = f"“{occupation.name}”不在{Level(level).label}吸纳范围内，请核对职业身份或任职单位。"
        return [Problem("occupation_not_at_level", message, "occupation")]
    message = (
        f"“{occupation.name}”在{Level(level).label}可任{_labels(positions)}，不能任{_labels([position])}。"
    )
    return [Problem("occupation_not_in_position", message, "position")]


def employment_fits(level: int, position: str, employment: str) -> list[Problem]:
    """Zhoukou 四(一): in a township the key people are part-time or seconded vice-chairs."""
    if level == Level.TOWNSHIP and position == Position.VICE_CHAIR and employment == Employment.FULL_TIME:
        return [
            Problem("not_full_time", "“三长”在乡镇（街道）科协任副主席的，应为兼职或挂职。", "employment")
        ]
    return []


def start_is_possible(start: dt.date, today: dt.date) -> list[Problem]:
    """Not before 1978, not more than 31 days ahead."""
    if start < EARLIEST:
        return [Problem("start_too_early", "任职起始日期不能早于1978年，请核对。", "valid_from")]
    if start > today + dt.timedelta(days=ANNOUNCED_DAYS):
        return [
            Problem(
                "start_too_late",
                f"任职起始日期最多可提前{ANNOUNCED_DAYS}天登记，请届时再登记。",
                "valid_from",
            )
        ]
    return []


def end_follows_start(start: dt.date, end: dt.date, today: dt.date) -> list[Problem]:
    """The first day out of office lies after the first day in it, and at most 31 days ahead."""
    if end <= start:
        message = f"离任日期应晚于任职起始日期（{formats.day(start)}）；如系登记错误，请用“作废”。"
        return [Problem("end_before_start", message, "on")]
    if end > today + dt.timedelta(days=ANNOUNCED_DAYS):
        return [Problem("end_too_late", f"离任日期最多可提前{ANNOUNCED_DAYS}天登记。", "on")]
    return []


def secondment_ends(employment: str, start: dt.date, ends_on: dt.date | None) -> list[Problem]:
    """A secondment has a start and an end."""
    if employment != Employment.SECONDED:
        return []
    if ends_on is None:
        return [Problem("secondment_open", "挂职必须填写截止日期。", "secondment_ends_on")]
    if ends_on <= start:
        return [Problem("secondment_backwards", "挂职截止日期应晚于起始日期。", "secondment_ends_on")]
    return []


def age_fits(birth_month: dt.date | None, start: dt.date) -> list[Problem]:
    """Between 18 and 80 at the start, by the month of birth."""
    if birth_month is None:
        return []
    age = _age(birth_month, start)
    if YOUNGEST <= age <= OLDEST:
        return []
    message = f"按出生年月计算，任职时{age}岁，应在{YOUNGEST}至{OLDEST}岁之间，请核对出生年月和任职日期。"
    return [Problem("age_impossible", message, "birth_month")]


def way_in_is_stated(way_in: str, basis: str, *, is_backfill: bool) -> list[Problem]:
    """Elected, co-opted or another way with its basis; people already in post need none of it."""
    if is_backfill:
        return []
    if not way_in:
        return [Problem("way_in_missing", "请选择吸纳方式；已在任人员补录请勾选“存量补录”。", "way_in")]
    if way_in == WayIn.OTHER and not basis:
        return [Problem("basis_missing", "以其他方式吸纳的，请写明依据（如文件名称、文号）。", "basis")]
    return []


def seat_is_free(taken_from: dt.date | None) -> list[Problem]:
    """Never two seats in one body at a time; ``taken_from`` is the start of the seat that stands in the way."""
    if taken_from is None:
        return []
    message = f"此人在同一机构已有任职（自{formats.day(taken_from)}起），请先办理离任，再登记新职务。"
    return [Problem("second_seat", message, "position")]


def term_covers(terms: Iterable[Term], start: dt.date) -> list[Problem]:
    """The start falls into a term of the body, where its terms are on record."""
    known = list(terms)
    if not known or term_of(known, start) is not None:
        return []
    message = f"任职起始日期（{formats.day(start)}）不在该机构已登记的任何一届之内，请核对届次。"
    return [Problem("outside_terms", message, "valid_from", level="warning")]


def term_of(terms: Iterable[Term], day: dt.date) -> Term | None:
    """The term that ``day`` falls into."""
    for term in terms:
        if term.starts_on <= day and (term.ended_on is None or day < term.ended_on):
            return term
    return None


def is_not_a_double(doubles: Iterable[KeyPerson]) -> list[Problem]:
    """Same name and employer, or same telephone: perhaps the same head. Passes with an explanation."""
    return [
        Problem(
            "double",
            f"可能重复登记：{person.name}（{person.employer or '工作单位未填'}，{person.unit.display_name}）已在库。",
            "name",
            level="warning",
            meta={"person": person.pk},
        )
        for person in doubles
    ]


def step_is_next(step: str, due: Step | None, plan: Plan) -> list[Problem]:
    """No step is skipped and none is taken twice."""
    if due is None:
        return [Problem("steps_done", "程序各环节均已完成，请办理任职。", "step")]
    if step != due.key:
        message = f"应先办理“{due.name}”，不能跳到“{plan.name_of(step)}”。"
        return [Problem("step_out_of_order", message, "step")]
    return []


def step_follows(on: dt.date, taken: Sequence[CandidacyStep], plan: Plan, today: dt.date) -> list[Problem]:
    """No step is dated before the one before it, nor in the future; the same day is fine."""
    if on > today:
        return [Problem("step_in_future", "环节日期不能晚于今天。", "on")]
    if on < EARLIEST:
        return [Problem("step_too_old", "环节日期不能早于1978年，请核对。", "on")]
    if taken and on < taken[-1].on:
        last = taken[-1]
        message = f"日期不能早于上一环节“{plan.name_of(last.step)}”（{formats.day(last.on)}）。"
        return [Problem("step_too_early", message, "on")]
    return []


def superior_speaks_for_itself(step: str, plan: Plan, unit: OrgUnit) -> list[Problem]:
    """The superior association gives its opinion in the portal; the clerk does not write it (Zhoukou 四(四)二)."""
    if not any(rule.key == step and rule.giver == Giver.SUPERIOR for rule in plan.rules):
        return []
    superior = unit.parent.association if unit.parent else "上级科协"
    message = f"“{plan.name_of(step)}”由{superior}的审核员在平台上出具，请等待或与其联系。"
    return [Problem("superior_in_portal", message, "step")]


def paper_is_complete(rule: Step, opinion: str, number: str, has_file: bool) -> list[Problem]:
    """The number and the file that the province's rule demands of a step; putting off needs neither."""
    if opinion == Opinion.DEFER:
        return []
    problems = []
    if rule.needs_number and not number:
        problems.append(Problem("number_missing", f"按省级规则，“{rule.name}”须填写文号。", "number"))
    if rule.needs_file and not has_file:
        problems.append(Problem("file_missing", f"按省级规则，“{rule.name}”须上传文件。", "file"))
    return problems


def proposal_names_another(opinion: str, other: KeyPerson | None, held: Candidacy) -> list[Problem]:
    """“另提人选” names somebody on record who is not the one being considered."""
    if opinion != Opinion.PROPOSE:
        return []
    if other is None:
        return [Problem("other_missing", "另提人选的，请查找并选取人选（须已登记在库）。", "other")]
    if other.pk == held.person_id:
        return [Problem("other_is_the_same", "另提的人选不能是同一人。", "other")]
    return []


def disagreement_has_a_reason(opinion: str, note: str) -> list[Problem]:
    """A refusal or a deferral says why."""
    if opinion == Opinion.AGREE or note:
        return []
    return [Problem("reason_missing", f"意见为“{Opinion(opinion).label}”的，请写明原因。", "note")]


def seat_follows_decision(start: dt.date, decided_on: dt.date) -> list[Problem]:
    """Nobody is in office before the election or co-option."""
    if start >= decided_on:
        return []
    message = f"任职起始日期不能早于选举或增补日期（{formats.day(decided_on)}）。"
    return [Problem("seat_before_decision", message, "valid_from")]


def term_is_possible(starts_on: dt.date, lawful_end: dt.date, today: dt.date) -> list[Problem]:
    """A term begins in the time of the associations, ends after it begins and lasts ten years at most."""
    if starts_on < EARLIEST or starts_on > today + dt.timedelta(days=ANNOUNCED_DAYS):
        return [
            Problem(
                "term_start", f"届期开始日期应在1978年以后，最多可提前{ANNOUNCED_DAYS}天登记。", "starts_on"
            )
        ]
    if lawful_end <= starts_on:
        return [Problem("term_end", "应换届日期应晚于届期开始日期。", "lawful_end")]
    if lawful_end > starts_on.replace(year=starts_on.year + 10, day=min(starts_on.day, 28)):
        return [Problem("term_long", "一届最长不超过10年，请核对应换届日期。", "lawful_end")]
    return []


def filed_after_start(filed_on: dt.date, start: dt.date, today: dt.date) -> list[Problem]:
    """A seat is filed once it is taken, not before, and not in the future."""
    if filed_on < start:
        return [Problem("filed_early", f"备案日期不能早于任职起始日期（{formats.day(start)}）。", "filed_on")]
    if filed_on > today:
        return [Problem("filed_in_future", "备案日期不能晚于今天。", "filed_on")]
    return []


def _age(birth_month: dt.date, day: dt.date) -> int:
    return day.year - birth_month.year - (day.month < birth_month.month)
