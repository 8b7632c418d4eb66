"""登记表: one person on one sheet, with room for the opinions and seals of who recommends and who decides."""

from __future__ import annotations

from core import clock, formats
from core.leaflets import Box, Form, Leaflet, Listing
from sanzhang.models import Appointment, KeyPerson
from sanzhang.selectors import life_of
from sanzhang.selectors.life import life_line, span_of, work_of
from sanzhang.tables.people import disciplines_in_words

TITLE = "科协“三长”人员登记表"
#: The newest entries of a life that the sheet has room for.
MOST_EVENTS = 12
OPINIONS = ("所在单位意见", "党委组织部门（乡镇党委）意见", "科协意见")
SEAL = "\n（盖章）　　　　　年　　月　　日"


def registration_form(person: KeyPerson, *, phone: str, in_full: bool, made_by: str) -> Leaflet:
    """The form of ``person``; ``phone`` as it may be shown, the month of birth only ``in_full``."""
    seats = [seat for seat in life_of(person) if seat.voided_at is None]
    life = life_line(person, seats)[:MOST_EVENTS]
    return Leaflet(
        title=TITLE,
        lead=f"档案单位：{person.unit.association}　　填表日期：{formats.day(clock.today())}",
        blocks=[
            Form(_facts(person, phone, in_full), (14, 18, 14, 16, 18, 16)),
            Listing(
                ("任职单位", "职务", "任职方式", "任职时间", "吸纳方式", "备案"),
                (22, 10, 10, 26, 12, 20),
                [_seat(seat) for seat in seats],
                heading="科协任职情况",
                left=frozenset({0, 5}),
            ),
            Listing(
                ("起止时间", "工作单位及职务", "职业身份"),
                (26, 44, 30),
                [
                    (span_of(spell) or "至今", f"{spell.employer}{spell.post}", spell.occupation.name)
                    for spell in work_of(person)
                ],
                heading="工作经历",
                left=frozenset({1}),
            ),
            Listing(
                ("时间", "事项"),
                (22, 78),
                [
                    (formats.day(event.on), f"{event.title}{f'（{event.note}）' if event.note else ''}")
                    for event in life
                ],
                heading="主要经历",
                left=frozenset({1}),
            ),
            Form([[Box(label, is_label=True), Box(SEAL, lines=3)] for label in OPINIONS], (20, 80)),
        ],
        note=f"制表：{made_by}",
        author=made_by,
    )


def _facts(person: KeyPerson, phone: str, in_full: bool) -> list[list[Box]]:
    born = formats.month(person.birth_month) if in_full else "****" if person.birth_month else ""
    occupation = person.occupation
    lines = [
        [("姓名", person.name), ("性别", person.get_sex_display()), ("出生年月", born)],
        [
            ("学历", person.get_education_display()),
            ("职称", person.title),
            ("中共党员", _yes(person.is_party_member)),
        ],
        [
            ("职业身份", occupation.name),
            ("类别", occupation.get_category_display()),
            ("领域", occupation.get_field_display()),
        ],
        [
            ("学科", disciplines_in_words(person)),
            ("一线科技工作者", _yes(person.is_front_line)),
            ("新经济、新社会组织", person.get_new_organisation_display() or "否"),
        ],
    ]
    rows = [[box for label, value in line for box in (_label(label), Box(value))] for line in lines]
    retired = "否"
    if person.is_retired:
        month = formats.month(person.retired_on) if in_full else "****"
        retired = month if person.retired_on else "是"
    rows.append([_label("工作单位及职务"), Box(f"{person.employer}{person.post}", 5)])
    rows.append([_label("联系电话"), Box(phone, 3), _label("退休时间"), Box(retired)])
    return rows


def _label(text: str) -> Box:
    return Box(text, is_label=True)


def _yes(flag: bool) -> str:
    return "是" if flag else "否"


def _seat(seat: Appointment) -> tuple[str, ...]:
    end = formats.day(seat.valid_to) if seat.valid_to else "今"
    filings = "；".join(
        f"{filing.authority}{f' {filing.number}' if filing.number else ''}" for filing in seat.filings.all()
    )
    return (
        seat.unit.association,
        seat.get_position_display(),
        seat.get_employment_display(),
        f"{formats.day(seat.valid_from)}至{end}",
        "存量补录" if seat.is_backfill else seat.get_way_in_display(),
        filings,
    )
