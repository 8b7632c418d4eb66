"""The sheet of people: columns with the occupations, positions and units that the person who asks may use."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

from core.roundtrip import BadCell, Field, Layout, Offer
from orgs.choices import Level
from sanzhang.choices import (
    POSITIONS_AT,
    Discipline,
    Education,
    Employment,
    NewOrganisation,
    Position,
    Sex,
    WayIn,
)
from sanzhang.models import KeyPerson, Occupation
from sanzhang.permissions import MANAGE_PEOPLE, UNMASK
from sanzhang.selectors.places import units_of_sheet

SHEET = "三长人员"
HIDDEN = "****"
#: Columns about the seat; the others are about the person.
SEAT_COLUMNS = (
    *("position", "employment", "valid_from", "secondment_ends_on"),
    *("way_in", "basis", "is_backfill"),
)
#: More units than a list one would scroll through: then the name is typed.
MOST_OFFERED = 400
_MONTH = re.compile(r"(\d{4})\s*[-/.年]?\s*(\d{1,2})(?:\s*[-/.月]\s*(\d{1,2}\s*日?)?)?")


def month_typed(text: str) -> str:
    """1975-06 of a month in any of the usual spellings."""
    found = _MONTH.fullmatch(text.strip().removesuffix("月"))
    if found is None or not 1 <= int(found[2]) <= 12:
        raise BadCell(f"“{text[:20]}”不是年月，请写成 1975-06")
    return f"{int(found[1]):04d}-{int(found[2]):02d}"


def month_of(text: str) -> dt.date | None:
    """The first day of a month as the sheet has it."""
    return dt.date(int(text[:4]), int(text[5:7]), 1) if text else None


def people_layout(user: Any) -> Layout:
    """The sheet as ``user`` gets it and sends it back; three queries."""
    reach = list(units_of_sheet(user).values_list("display_name", "pk", "level"))
    units = {name: pk for name, pk, _level in reach}
    occupations = Occupation.objects.filter(is_active=True)
    offers = _Offers(reach, occupations)
    return Layout(
        sheet=SHEET,
        fields=(*_person_fields(offers, user), *_seat_fields(units, offers), *_act_fields()),
        key=lambda person: str(person.pk),
        name=lambda person: person.name,
        takes_new=True,
    )


class _Offers:
    """The occupations and positions that the units within reach may have, level by level (Zhoukou 四(一))."""

    def __init__(self, reach: list[tuple[str, int, int]], occupations: Any) -> None:
        self.reach = reach
        self.levels = sorted({Level(level) for _name, _pk, level in reach})
        self.occupations = list(occupations.prefetch_related("seats"))
        self.positions = [one for one in Position if any(one in POSITIONS_AT[level] for level in self.levels)]

    def of_occupations(self) -> Offer | None:
        return self._by_unit(
            [
                tuple(
                    one.name for one in self.occupations if level in {seat.level for seat in one.seats.all()}
                )
                for level in self.levels
            ],
            len(self.occupations),
        )

    def of_positions(self) -> Offer | None:
        return self._by_unit(
            [
                tuple(one.label for one in self.positions if one in POSITIONS_AT[level])
                for level in self.levels
            ],
            len(self.positions),
        )

    def _by_unit(self, groups: list[tuple[str, ...]], all_words: int) -> Offer | None:
        """Nothing to choose by where every unit may have all the words, or some have none."""
        if not all(groups) or all(len(group) == all_words for group in groups):
            return None
        return Offer(
            on="unit",
            groups=tuple(groups),
            group_of=tuple((name, self.levels.index(Level(level))) for name, _pk, level in self.reach),
        )


def _person_fields(offers: _Offers, user: Any) -> tuple[Field, ...]:
    offered = tuple((one.pk, one.name) for one in offers.occupations)
    return (
        Field(key="name", label="姓名", is_required=True, longest=40, width=10),
        Field(
            key="occupation",
            label="职业身份",
            kind="choice",
            choices=offered,
            is_required=True,
            read=_occupation_of(dict(offered)),
            offer=offers.of_occupations(),
            hint="选定任职单位后，下拉列表为该单位可用的职业身份。",
            width=18,
        ),
        Field(key="employer", label="工作单位", longest=100, width=26),
        Field(key="post", label="单位职务", longest=60),
        Field(
            key="phone", label="联系电话", longest=20, is_masked=True, read=lambda person: person.phone_masked
        ),
        Field(key="sex", label="性别", kind="choice", choices=tuple(Sex.choices), width=6),
        Field(
            key="birth_month",
            label="出生年月",
            is_masked=True,
            clean=month_typed,
            read=_month_for(user, "birth_month"),
            width=10,
            hint="写成 1975-06。",
        ),
        Field(key="education", label="学历", kind="choice", choices=tuple(Education.choices), width=12),
        Field(key="title", label="职称", longest=40),
        Field(key="disciplines", label="学科", kind="list", choices=tuple(Discipline.choices)),
        Field(key="is_party_member", label="中共党员", kind="flag", width=9),
        Field(key="is_front_line", label="一线科技工作者", kind="flag", width=14),
        Field(
            key="new_organisation",
            label="新经济、新社会组织",
            kind="choice",
            choices=tuple(NewOrganisation.choices),
            width=16,
        ),
        Field(key="is_retired", label="已退休", kind="flag", width=8),
        Field(
            key="retired_on",
            label="退休时间",
            is_masked=True,
            clean=month_typed,
            read=_month_for(user, "retired_on"),
            width=10,
        ),
    )


def _seat_fields(units: dict[str, int], offers: _Offers) -> tuple[Field, ...]:
    def unit_named(text: str) -> str:
        if text not in units:
            raise BadCell(f"“{text[:40]}”不在您管理的单位中，请按下拉列表填写全称")
        return text

    offered = len(units) <= MOST_OFFERED
    return (
        Field(
            key="unit",
            label="任职单位",
            kind="choice" if offered else "text",
            choices=tuple((name, name) for name in units) if offered else (),
            clean=None if offered else unit_named,
            is_required=True,
            read=lambda person: _seat(person, lambda seat: str(seat.unit)) or str(person.unit),
            longest=160,
            width=22,
        ),
        Field(
            key="position",
            label="职务",
            kind="choice",
            choices=tuple((one.value, one.label) for one in offers.positions),
            offer=offers.of_positions(),
            read=lambda person: _seat(person, lambda seat: seat.position),
            hint="县级以上可任代表、委员、常委、副主席、主席；乡镇级可任委员、常委、副主席；村级为队员。",
            width=10,
        ),
        Field(
            key="employment",
            label="任职方式",
            kind="choice",
            choices=tuple(Employment.choices),
            read=lambda person: _seat(person, lambda seat: seat.employment),
            width=9,
        ),
        Field(
            key="valid_from",
            label="任职起始日期",
            kind="day",
            read=lambda person: _seat(person, lambda seat: seat.valid_from),
        ),
        Field(
            key="secondment_ends_on",
            label="挂职截止日期",
            kind="day",
            read=lambda person: _seat(person, lambda seat: seat.secondment_ends_on),
        ),
        Field(
            key="way_in",
            label="吸纳方式",
            kind="choice",
            choices=tuple(WayIn.choices),
            read=lambda person: _seat(person, lambda seat: seat.way_in),
            width=10,
        ),
        Field(
            key="basis", label="依据", longest=200, read=lambda person: _seat(person, lambda seat: seat.basis)
        ),
        Field(
            key="is_backfill",
            label="存量补录",
            kind="flag",
            read=lambda person: _seat(person, lambda seat: seat.is_backfill),
            hint="平台启用前已在任的填“是”，可不填吸纳方式。",
            width=9,
        ),
    )


def _act_fields() -> tuple[Field, ...]:
    return (
        Field(
            key="changed_on",
            label="变动日期",
            kind="day",
            read=lambda person: None,
            hint="职业身份、工作单位或退休情况有变动的，填变动之日；只是更正错误的不填。",
        ),
        Field(
            key="explanation",
            label="情况说明",
            read=lambda person: "",
            hint="系统提示可能重复、超职数等的，核对无误后在此写明情况。",
            width=24,
        ),
    )


def _occupation_of(offered: dict[int, str]) -> Callable[[KeyPerson], Any]:
    """The key of an occupation in use; the name of one taken off the list, which the sheet then leaves as it is."""
    return lambda person: person.occupation_id if person.occupation_id in offered else person.occupation.name


def _month_for(user: Any, column: str) -> Callable[[KeyPerson], str]:
    """The month of birth or retirement for who manages the record; asterisks for everyone else."""
    known: dict[int, bool] = {}

    def read(person: KeyPerson) -> str:
        month: dt.date | None = getattr(person, column)
        if month is None:
            return ""
        if person.unit_id not in known:
            known[person.unit_id] = user.can(UNMASK, person.unit)
        return f"{month:%Y-%m}" if known[person.unit_id] else HIDDEN

    return read


def _seat(person: KeyPerson, read: Callable[[Any], Any]) -> Any:
    return read(person.seats[0]) if person.seats else None


def editable_people(user: Any) -> Any:
    """Everybody whose record ``user`` keeps."""
    return KeyPerson.objects.present().visible_to(user, MANAGE_PEOPLE).select_related("unit", "occupation")
