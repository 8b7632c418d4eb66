"""One person's page as data: facts, the life line of seats with what may be done to each, candidacies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from core import clock, formats
from files.permissions import EXPORT
from orgs.permissions import MANAGE_AFFILIATES
from sanzhang.forms import EndSeatForm, FileForm, VoidForm
from sanzhang.models import Appointment, KeyPerson
from sanzhang.permissions import MANAGE_PEOPLE, UNMASK
from sanzhang.selectors import life_of, merges_into
from sanzhang.selectors.duty_life import duty_of_person
from sanzhang.selectors.leading import posts_of
from sanzhang.selectors.life import life_line, span_of, work_of
from sanzhang.services.merging import what_is_newer
from sanzhang.tables.people import disciplines_in_words
from sanzhang.tables.seats import seat_words


@dataclass(slots=True)
class SeatCard:
    """A seat with its dates in words, its state, and the dialogs open to the reader."""

    seat: Appointment
    title: str
    span: str
    details: list[str]
    state: tuple[str, str]
    end_form: EndSeatForm | None = None
    void_form: VoidForm | None = None
    file_form: FileForm | None = None

    @property
    def tone(self) -> str:
        return self.state[1]

    @property
    def key(self) -> str:
        """What makes the anchors of this seat's dialogs unique."""
        return str(self.seat.pk)


def list_crumb() -> tuple[str, str]:
    return ("三长名册", reverse("sanzhang:list"))


def crumbs_of(person: KeyPerson) -> list[tuple[str, str]]:
    """The way back from what is done to a person."""
    return [list_crumb(), (person.name, person.get_absolute_url())]


def person_page(user: Any, person: KeyPerson) -> dict[str, Any]:
    """What the page shows to ``user``; the month of birth only to who keeps the record."""
    seats = life_of(person)
    manages = user.can(MANAGE_PEOPLE, person.unit)
    candidacies = person.candidacies.select_related("unit").order_by("-opened_on", "-id")
    return {
        "person": person,
        "crumbs": [list_crumb()],
        "facts": person_facts(person, in_full=user.can(UNMASK, person.unit)),
        "seats": [seat_card(user, seat) for seat in seats],
        "candidacies": candidacies,
        "manages": manages,
        "may_unmask": bool(person.phone_cipher) and user.can(UNMASK, person.unit),
        "open_seats": sum(seat.is_open for seat in seats),
        "duty": duty_of_person(user, person),
        "leads": posts_of(person, user),
        "may_lead": user.can_anywhere(MANAGE_AFFILIATES),
        "life": life_line(person, seats),
        "work": [(spell, span_of(spell)) for spell in work_of(person)],
        "merges": [(merged, what_is_newer(merged, person)) for merged in merges_into(person)]
        if manages
        else [],
        "may_export": user.can_anywhere(EXPORT),
    }


def person_facts(person: KeyPerson, *, in_full: bool) -> list[tuple[str, Any]]:
    occupation = person.occupation
    born = formats.month(person.birth_month) if in_full else "****" if person.birth_month else None
    return [
        (
            "职业身份",
            f"{occupation.name}（{occupation.get_category_display()}，{occupation.get_field_display()}）",
        ),
        ("工作单位", person.employer),
        ("单位职务", person.post),
        ("性别", person.get_sex_display()),
        ("出生年月", born),
        ("学历", person.get_education_display()),
        ("职称", person.title),
        ("中共党员", "是" if person.is_party_member else "否"),
        ("一线科技工作者", "是" if person.is_front_line else "否"),
        ("学科", disciplines_in_words(person)),
        ("新经济、新社会组织", person.get_new_organisation_display()),
        ("已退休", _retired(person, in_full)),
        ("档案单位", person.unit.association),
        ("登记", f"{person.recorded_by}　{formats.moment(person.recorded_at)}"),
    ]


def _retired(person: KeyPerson, in_full: bool) -> str:
    if not person.is_retired:
        return "否"
    if person.retired_on is None:
        return "是"
    return f"是（{formats.month(person.retired_on) if in_full else '****'}）"


def seat_card(user: Any, seat: Appointment) -> SeatCard:
    card = SeatCard(seat, seat_words(seat), _span(seat), _details(seat), _state(seat))
    if seat.voided_at is None and user.can(MANAGE_PEOPLE, seat.unit):
        card.void_form = VoidForm(auto_id=f"void{seat.pk}_%s")
        card.file_form = FileForm.offering(seat.unfiled, auto_id=f"file{seat.pk}_%s")
        if seat.is_open:
            card.end_form = EndSeatForm(auto_id=f"end{seat.pk}_%s")
    return card


def _span(seat: Appointment) -> str:
    return f"{formats.day(seat.valid_from)} 至 {formats.day(seat.valid_to) if seat.valid_to else '今'}"


def _state(seat: Appointment) -> tuple[str, str]:
    today = clock.today()
    if seat.voided_at is not None:
        return ("已作废", "neutral")
    if seat.valid_from > today:
        return ("尚未到任", "info")
    if not seat.holds_on(today):
        return (f"已离任（{seat.get_end_reason_display()}）", "neutral")
    return (
        ("在任", "success")
        if seat.is_open
        else (f"在任，将离任（{seat.get_end_reason_display()}）", "warning")
    )


def _details(seat: Appointment) -> list[str]:
    lines = [f"{seat.body.get_kind_display()}　{seat.get_employment_display()}"]
    if seat.term:
        lines[0] += f"　第{seat.term.ordinal}届"
    if seat.secondment_ends_on:
        lines.append(f"挂职至{formats.day(seat.secondment_ends_on)}")
    if seat.is_backfill:
        lines.append("存量补录")
    if seat.way_in:
        lines.append(f"{seat.get_way_in_display()}{f'（{seat.basis}）' if seat.basis else ''}")
    if seat.end_note:
        lines.append(f"离任说明：{seat.end_note}")
    lines += [
        f"已备案：{filing.authority}{f'，{filing.number}' if filing.number else ''}，{formats.day(filing.filed_on)}"
        for filing in seat.filings.all()
    ]
    if seat.unfiled:
        lines.append(f"待备案：{'、'.join(seat.unfiled)}")
    return lines
