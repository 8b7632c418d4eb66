"""The roster as a workbook, with the scope of who asked and every telephone masked."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any

from django.http import QueryDict

from core import clock, formats
from core.xlsx import XLSX, SheetColumn, write_rows
from files.permissions import EXPORT
from files.registry import Built, Exporter, Progress
from sanzhang.filters import PeopleFilter
from sanzhang.models import KeyPerson
from sanzhang.permissions import VIEW_PEOPLE
from sanzhang.selectors import seats_of_people
from sanzhang.tables import highest, seat_words

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
    SheetColumn("在任职务", width=34),
    SheetColumn("任职方式", width=10),
    SheetColumn("吸纳方式", width=10),
    SheetColumn("起始日期", "day", width=12),
    SheetColumn("其他在任职务", width=40),
    SheetColumn("存量补录", width=10),
    SheetColumn("电话", width=14),
]


class _Request:
    """What the filter wants of a request: who asks."""

    def __init__(self, user: Any) -> None:
        self.user = user


def people_asked_for(user: Any, query: dict[str, Any]) -> PeopleFilter:
    """The filter over everyone ``user`` may see, as the list and the file both use it."""
    data = QueryDict(mutable=True)
    for key, value in query.items():
        data.setlist(key, value if isinstance(value, list) else [value])
    data.setdefault("office", "in")
    people = KeyPerson.objects.present().visible_to(user, VIEW_PEOPLE)
    return PeopleFilter(data, people, request=_Request(user))


def _allowed(user: Any, params: dict[str, Any]) -> bool:
    return bool(user.can_anywhere(VIEW_PEOPLE) and user.can_anywhere(EXPORT))


def _build(user: Any, params: dict[str, Any], path: str, progress: Progress) -> Built:
    asked = people_asked_for(user, params.get("query", {}))
    people = asked.qs.select_related("occupation").order_by("pinyin", "id")
    total, day = people.count(), asked.day
    written = write_rows(
        path,
        COLUMNS,
        _rows(people, day),
        sheet="三长名册",
        title="“三长”名册",
        note=f"截至{formats.day(day)}，共{total}人；电话已隐去中间数字。导出人：{user.actor_label}",
        total=total,
        progress=progress,
    )
    return Built(f"三长名册-{day:%Y%m%d}.xlsx", {"人数": written, "截至": formats.day(day)})


def _rows(people: Any, day: Any) -> Iterator[list[Any]]:
    stream = people.iterator(chunk_size=CHUNK)
    while chunk := list(islice(stream, CHUNK)):
        seats = seats_of_people(chunk, day)
        for person in chunk:
            person.seats = seats.get(person.pk, [])
            yield _row(person)


def _row(person: KeyPerson) -> list[Any]:
    occupation, seat = person.occupation, highest(person)
    return [
        person.name,
        person.get_sex_display(),
        occupation.name,
        occupation.get_category_display(),
        occupation.get_field_display(),
        person.employer,
        person.post,
        person.get_education_display(),
        person.title,
        seat_words(seat) if seat else "",
        seat.get_employment_display() if seat else "",
        seat.get_way_in_display() if seat else "",
        seat.valid_from if seat else None,
        "；".join(seat_words(other) for other in person.seats[1:]),
        "是" if seat and seat.is_backfill else "",
        person.phone_masked,
    ]


PEOPLE_EXPORTER = Exporter(
    kind=KIND,
    title=lambda params: f"三长名册（{formats.day(clock.today())}）",
    allowed=_allowed,
    build=_build,
    content_type=XLSX,
)
