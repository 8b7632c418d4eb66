"""给分管领导的汇报材料: a page of text drafted from the records, for the clerk to put into own words."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from django.db.models import Count, Sum

from core import formats
from core.leaflets import Leaflet, Text
from orgs.models import OrgUnit
from sanzhang.choices import Employment
from sanzhang.models import Activity, Appointment, Briefing, Candidacy, LeadershipBody
from sanzhang.selectors import HeadSummary, summary_of_unit
from sanzhang.selectors.board import SLOW_DAYS
from sanzhang.selectors.terms import TermState, in_state, with_present_term

#: Secondments that end within so many days are named.
ENDING_DAYS = 90
MOST_KINDS = 5
MOST_NAMED = 8
_HEADING = re.compile(r"^[一二三四五六七八九十]+、")
TO_BE_WRITTEN = "（请根据实际情况填写）"


@dataclass(frozen=True, slots=True)
class Draft:
    """A title and a text of lines; lines that begin with 一、 are headings."""

    title: str
    text: str


def draft_briefing(unit: OrgUnit, day: dt.date) -> Draft:
    """What the records say of ``unit`` and everything below it on ``day``: how many, by field, what was done, what is
    due. Counts of people are heads."""
    lines = [
        "一、队伍情况",
        *_people(summary_of_unit(unit, day), unit, day),
        "二、今年以来开展的工作",
        *_work(unit, day),
        "三、近期需要办理的事项",
        *_due(unit, day),
        "四、需请领导协调解决的问题",
        TO_BE_WRITTEN,
    ]
    return Draft(f"关于{unit.association}“3+1”工作情况的汇报", "\n".join(lines))


def briefing_leaflet(briefing: Briefing) -> Leaflet:
    """The saved text as a paper."""
    blocks: list[Text] = []
    heading, paragraphs = "", list[str]()
    for line in [*briefing.text.splitlines(), "一、"]:
        if not _HEADING.match(line):
            paragraphs += [line.strip()] if line.strip() else []
            continue
        if heading or paragraphs:
            blocks.append(Text(paragraphs, heading))
        heading, paragraphs = line.strip(), []
    blocks.append(Text([f"　　　　　　　　　　　　　　{formats.day(briefing.drafted_on)}"]))
    return Leaflet(title=briefing.title, blocks=blocks, author=briefing.written_by)


def _people(summary: HeadSummary, unit: OrgUnit, day: dt.date) -> list[str]:
    fields = "、".join(f"{label}领域{heads}人" for label, heads in summary.field_rows if heads)
    positions = "、".join(f"{label}{heads}人" for label, heads in summary.position_rows)
    lines = [
        f"截至{formats.day(day)}，{unit.association}及所属科协领导机构共吸纳“三长”{summary.heads}人"
        + (f"（按最高职务计：{positions}）" if positions else "")
        + (f"，其中{fields}" if fields else "")
        + "。"
    ]
    if summary.pan or summary.village_workers:
        lines.append(f"其中泛三长{summary.pan}人；另有村级工作队伍{summary.village_workers}人。")
    this_year = dt.date(day.year, 1, 1)
    seats = Appointment.objects.standing().within(unit)
    new = seats.filter(valid_from__gte=this_year, valid_from__lte=day).values("person").distinct().count()
    left = seats.filter(valid_to__gte=this_year, valid_to__lte=day).values("person").distinct().count()
    lines.append(f"今年以来新任职{new}人，离任{left}人。")
    return lines


def _work(unit: OrgUnit, day: dt.date) -> list[str]:
    done = Activity.objects.standing().hosted_within(unit)
    done = done.filter(held_on__year=day.year, held_on__lte=day)
    total = done.aggregate(events=Count("pk"), reached=Sum("reached"))
    if not total["events"]:
        return [f"履职台账中今年尚无活动记录。{TO_BE_WRITTEN}"]
    kinds = (
        done.order_by()
        .values_list("kind__name")
        .annotate(events=Count("pk"))
        .order_by("-events", "kind__name")
    )
    named = "、".join(f"{name}{events}场" for name, events in kinds[:MOST_KINDS])
    return [
        f"今年以来共开展活动{formats.number(total['events'])}场，服务{formats.number(total['reached'] or 0)}人次，"
        f"主要有{named}。",
        f"典型做法：{TO_BE_WRITTEN}",
    ]


def _due(unit: OrgUnit, day: dt.date) -> list[str]:
    items = [*_renewals(unit, day), *_waiting(unit, day), *_secondments(unit, day)]
    return [f"（{number}）{item}" for number, item in enumerate(items, start=1)] or [
        "目前没有到期或逾期事项。"
    ]


def _renewals(unit: OrgUnit, day: dt.date) -> list[str]:
    items = []
    for state, words in ((TermState.OVERDUE, "已逾期未换届"), (TermState.SOON, "12个月内应换届")):
        bodies = in_state(with_present_term(LeadershipBody.objects.within(unit)), state.code, day)
        count = bodies.count()
        if count:
            named = "、".join(
                f"{body.unit.association}{body.get_kind_display()}" for body in bodies[:MOST_NAMED]
            )
            items.append(f"{words}的机构{count}个：{named}{'等' if count > MOST_NAMED else ''}。")
    return items


def _waiting(unit: OrgUnit, day: dt.date) -> list[str]:
    open_ones = Candidacy.objects.open().within(unit)
    count = open_ones.count()
    if not count:
        return []
    slow = open_ones.filter(moved_on__lte=day - dt.timedelta(days=SLOW_DAYS)).count()
    return [
        f"正在办理吸纳程序的{count}人{f'，其中超过{SLOW_DAYS}天未办理下一环节的{slow}人' if slow else ''}。"
    ]


def _secondments(unit: OrgUnit, day: dt.date) -> list[str]:
    ending = (
        Appointment.objects.on(day)
        .within(unit)
        .filter(employment=Employment.SECONDED, secondment_ends_on__lte=day + dt.timedelta(days=ENDING_DAYS))
        .select_related("person", "unit")
        .order_by("secondment_ends_on", "pk")
    )
    count = ending.count()
    if not count:
        return []
    named = "、".join(
        f"{seat.person.name}（{seat.unit.association}，{formats.day(seat.secondment_ends_on)}）"
        for seat in ending[:MOST_NAMED]
    )
    return [f"挂职已到期或{ENDING_DAYS}天内到期的{count}人：{named}{'等' if count > MOST_NAMED else ''}。"]
