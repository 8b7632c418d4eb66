"""花名册: the people of a unit, a subtree or a body, in the order of pinyin or of the surnames' strokes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from core import formats
from core.leaflets import Leaflet, Listing
from sanzhang.models import KeyPerson
from sanzhang.selectors import seats_of_people
from sanzhang.tables.people import BY_STROKES, seats_in_words

HEADS = (
    *("序号", "姓名", "性别", "学历", "职称", "工作单位及职务"),
    *("职业身份", "科协职务", "任职方式", "任职时间", "联系电话"),
)
WIDTHS = (5, 9, 5, 8, 11, 21, 14, 21, 9, 12, 17)
#: Longer rosters go out as a workbook: a thousand rows take a worker ten seconds to set.
MOST_ON_PAPER = 1_000
CHUNK = 500


def roster(people: Any, *, order: str, day: dt.date, of: str, made_by: str) -> Leaflet:
    """The roster of ``people`` (a queryset in order), with the seats of ``day``; telephones always masked."""
    rows = list(_rows(people, day))
    sorted_by = "以姓氏笔画为序" if order.removeprefix("-") == BY_STROKES else "以姓名拼音为序"
    return Leaflet(
        title=f"{of}“三长”花名册",
        lead=f"截至{formats.day(day)}，共{len(rows)}人（{sorted_by}）",
        blocks=[Listing(HEADS, WIDTHS, rows, empty="没有符合条件的人员", left=frozenset({5, 6, 7}))],
        note=f"电话已隐去中间数字。制表：{made_by}",
        is_landscape=True,
        author=made_by,
    )


def _rows(people: Any, day: dt.date) -> Iterator[tuple[str, ...]]:
    found = list(people.select_related("occupation", "unit"))
    for start in range(0, len(found), CHUNK):
        chunk = found[start : start + CHUNK]
        seats = seats_of_people(chunk, day)
        for number, person in enumerate(chunk, start=start + 1):
            person.seats = seats.get(person.pk, [])
            yield _row(number, person)


def _row(number: int, person: KeyPerson) -> tuple[str, ...]:
    seat = person.seats[0] if person.seats else None
    return (
        str(number),
        _spread(person.name),
        person.get_sex_display(),
        person.get_education_display(),
        person.title,
        f"{person.employer}{person.post}",
        person.occupation.name,
        seats_in_words(person),
        seat.get_employment_display() if seat else "",
        f"{seat.valid_from:%Y-%m}" if seat else "",
        person.phone_masked,
    )


def _spread(name: str) -> str:
    """A name of two characters is set as wide as one of three."""
    return f"{name[0]}　{name[1]}" if len(name) == 2 and ord(name[0]) > 0x2E80 else name
