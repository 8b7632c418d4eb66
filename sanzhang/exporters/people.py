"""The roster as a workbook, with the scope of who asked and every telephone masked."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.db.models import QuerySet
from django.http import QueryDict

from core.chunks import in_chunks
from core.xlsx import SheetColumn
from files.conditions import Asker, query_of
from files.lists import Listing, listing_file, with_export
from sanzhang.choices import (
    Category,
    Discipline,
    Education,
    Employment,
    Field,
    NewOrganisation,
    Position,
    Sex,
    WayIn,
)
from sanzhang.filters.people import PeopleFilter
from sanzhang.models import Appointment, KeyPerson, Occupation
from sanzhang.permissions import VIEW_PEOPLE
from sanzhang.tables.people import BY_PINYIN, BY_STROKES

KIND = "sanzhang.people"
CHUNK = 2000

COLUMNS = [
    SheetColumn("姓名", width=12),
    SheetColumn("性别", width=6),
    SheetColumn("职业身份", width=20),
    SheetColumn("类别", width=12),
    SheetColumn("领域", width=8),
    SheetColumn("工作单位", width=28),
    SheetColumn("单位职务", width=14),
    SheetColumn("学历", width=10),
    SheetColumn("职称", width=14),
    SheetColumn("学科", width=12),
    SheetColumn("中共党员", width=9),
    SheetColumn("一线科技工作者", width=14),
    SheetColumn("新经济、新社会组织", width=16),
    SheetColumn("已退休", width=8),
    SheetColumn("在任职务", width=34),
    SheetColumn("任职方式", width=10),
    SheetColumn("吸纳方式", width=10),
    SheetColumn("起始日期", "day", width=12),
    SheetColumn("其他在任职务", width=40),
    SheetColumn("存量补录", width=10),
    SheetColumn("电话", width=14),
]


PERSON_VALUES = (
    *("pk", "name", "sex", "occupation_id", "employer", "post", "education", "title"),
    *("disciplines", "is_party_member", "is_front_line", "new_organisation", "is_retired", "phone_mask"),
)
SEAT_VALUES = ("unit__display_name", "position", "employment", "way_in", "valid_from", "is_backfill")
SEXES, EDUCATIONS = dict(Sex.choices), dict(Education.choices)
DISCIPLINES, NEW_ORGANISATIONS = dict(Discipline.choices), dict(NewOrganisation.choices)
YES_NO = {True: "是", False: "否"}
ORDERS = (BY_PINYIN, BY_STROKES)
CATEGORIES, FIELDS = dict(Category.choices), dict(Field.choices)
POSITIONS, EMPLOYMENTS, WAYS_IN = dict(Position.choices), dict(Employment.choices), dict(WayIn.choices)


def people_asked_for(user: Any, query: Mapping[str, Any]) -> PeopleFilter:
    """The filter over everyone ``user`` may see, as the list and the file both use it."""
    data = query_of(query, office="in")
    people = KeyPerson.objects.present().visible_to(user, VIEW_PEOPLE)
    return PeopleFilter(data, people, request=Asker(user))


def _find(user: Any, query: QueryDict) -> Listing:
    asked = people_asked_for(user, query)
    order = query.get("order")
    people = asked.qs.order_by(order if order in ORDERS else BY_PINYIN, "id")
    return listing_of(people, seats_on=asked.day, on=asked.day, title="“三长”名册", name="三长名册")


def listing_of(
    people: QuerySet[KeyPerson], *, seats_on: dt.date, remarks: Sequence[str] = (), **caption: Any
) -> Listing:
    """``people`` with their seats of the day ``seats_on``; telephones are masked for everyone."""
    return Listing(
        columns=COLUMNS,
        rows=_rows(people, seats_on),
        total=people.count(),
        counted="人",
        remarks=[*remarks, "电话已隐去中间数字"],
        **caption,
    )


def _rows(people: Any, day: dt.date) -> Iterator[list[Any]]:
    """Rows by chunks: plain values, since a province has 200,000 of them."""
    occupations = Occupation.objects.in_bulk()
    for chunk in in_chunks(people.values_list(*PERSON_VALUES), CHUNK):
        seats = _seats([person[0] for person in chunk], day)
        for pk, *person, phone in chunk:
            yield [*_facts(person, occupations), *_held(seats.get(pk, [])), phone]


def _facts(person: list[Any], occupations: dict[int, Occupation]) -> list[Any]:
    """The cells about who somebody is, in the order of the columns."""
    name, sex, occupation, employer, post, education, title, disciplines, *flags = person
    is_party_member, is_front_line, new_organisation, is_retired = flags
    return [
        name,
        SEXES.get(sex, ""),
        *_kind(occupations[occupation]),
        employer,
        post,
        EDUCATIONS.get(education, ""),
        title,
        "、".join(DISCIPLINES.get(key, key) for key in disciplines),
        YES_NO[is_party_member],
        YES_NO[is_front_line],
        NEW_ORGANISATIONS.get(new_organisation, ""),
        YES_NO[is_retired],
    ]


def _seats(people: list[int], day: dt.date) -> dict[int, list[tuple[Any, ...]]]:
    """The seats of ``people``, highest first, as plain values by person."""
    seats: dict[int, list[tuple[Any, ...]]] = defaultdict(list)
    rows = Appointment.objects.on(day).filter(person__in=people).highest_first()
    for person, *seat in rows.values_list("person_id", *SEAT_VALUES):
        seats[person].append(tuple(seat))
    return seats


def _kind(occupation: Occupation) -> tuple[str, str, str]:
    return occupation.name, CATEGORIES[occupation.category], FIELDS[occupation.field]


def _held(seats: list[tuple[Any, ...]]) -> list[Any]:
    """The cells about seats: the highest in full, the others in words."""
    if not seats:
        return ["", "", "", None, "", ""]
    words = [f"{unit}科协{POSITIONS[position]}" for unit, position, *_rest in seats]
    _unit, _position, employment, way_in, valid_from, is_backfill = seats[0]
    return [
        words[0],
        EMPLOYMENTS[employment],
        WAYS_IN.get(way_in, ""),
        valid_from,
        "；".join(words[1:]),
        "是" if is_backfill else "",
    ]


PEOPLE_FILE = listing_file(kind=KIND, title="三长名册", allowed=with_export(VIEW_PEOPLE), find=_find)
