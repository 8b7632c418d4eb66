"""The registry's papers as files: registration form, roster and briefing, each as workbook, Word file and PDF."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from core import clock, formats
from core.errors import DomainError
from core.leaflets import FORMATS, Leaflet, write
from files.lists import conditions_asked, with_export
from files.permissions import EXPORT
from files.registry import Built, Exporter, Progress
from sanzhang.exporters.people import ORDERS, people_asked_for
from sanzhang.models import Briefing, KeyPerson
from sanzhang.papers.briefing import briefing_leaflet
from sanzhang.papers.registration_form import registration_form
from sanzhang.papers.roster import MOST_ON_PAPER, roster
from sanzhang.permissions import UNMASK, VIEW_PEOPLE, WRITE_BRIEFINGS
from sanzhang.services.people import unmask
from sanzhang.tables.people import BY_PINYIN

STEPS = 3
Draw = Callable[[Any, dict[str, Any]], tuple[Leaflet, str]]


def person_of(user: Any, params: dict[str, Any]) -> KeyPerson | None:
    """The person whose form is asked for, if ``user`` sees them."""
    people = KeyPerson.objects.present().visible_to(user, VIEW_PEOPLE).select_related("unit", "occupation")
    return people.filter(pk=params.get("person") or 0).first()


def briefing_of(user: Any, params: dict[str, Any]) -> Briefing | None:
    """The text asked for, if ``user`` may write those of its unit."""
    rows = Briefing.objects.visible_to(user, WRITE_BRIEFINGS).select_related("unit")
    return rows.filter(pk=params.get("briefing") or 0).first()


def _draw_form(user: Any, params: dict[str, Any]) -> tuple[Leaflet, str]:
    person = person_of(user, params)
    if person is None:
        raise DomainError.of("person_gone", "该人员已不在您的管辖范围内，或已并入其他记录。")
    in_full = user.can(UNMASK, person.unit)
    phone = unmask(person=person, by=user) if in_full and person.phone_cipher else person.phone_masked
    paper = registration_form(person, phone=phone, in_full=in_full, made_by=user.actor_label)
    return paper, f"登记表-{person.name}"


def _draw_roster(user: Any, params: dict[str, Any]) -> tuple[Leaflet, str]:
    asked = people_asked_for(user, conditions_asked(params))
    order = str(params.get("order"))
    order = order if order in ORDERS else BY_PINYIN
    people = asked.qs.order_by(order, "id")
    count = people.count()
    if count > MOST_ON_PAPER:
        raise DomainError.of(
            "roster_long",
            f"共{count}人，超过{MOST_ON_PAPER}人的请用“下载名册”导出Excel，或先按单位、机构筛选。",
        )
    unit = asked.form.cleaned_data.get("unit") or user.unit
    of = unit.association if unit else ""
    made = roster(people, order=order, day=asked.day, of=of, made_by=user.actor_label)
    return made, f"花名册-{asked.day:%Y%m%d}"


def _draw_briefing(user: Any, params: dict[str, Any]) -> tuple[Leaflet, str]:
    briefing = briefing_of(user, params)
    if briefing is None:
        raise DomainError.of("briefing_gone", "该材料已不在您的管辖范围内。")
    return briefing_leaflet(briefing), briefing.title


def _may_have_form(user: Any, params: dict[str, Any]) -> bool:
    return bool(user.can_anywhere(EXPORT)) and person_of(user, params) is not None


def _may_have_briefing(user: Any, params: dict[str, Any]) -> bool:
    return bool(user.can_anywhere(EXPORT)) and briefing_of(user, params) is not None


def _paper(
    name: str, title: str, draw: Draw, allowed: Callable[[Any, dict[str, Any]], bool]
) -> list[Exporter]:
    """One exporter for each format of a paper."""
    return [_in_format(name, title, draw, allowed, form) for form in FORMATS]


def _in_format(
    name: str, title: str, draw: Draw, allowed: Callable[[Any, dict[str, Any]], bool], form: str
) -> Exporter:
    label, content_type = FORMATS[form]

    def build(user: Any, params: dict[str, Any], path: str, progress: Progress) -> Built:
        progress(1, STEPS, "正在汇总")
        leaflet, file_name = draw(user, params)
        progress(2, STEPS, "正在排版")
        write(leaflet, form, Path(path))
        return Built(f"{file_name}.{form}", {"截至": formats.day(clock.today())})

    return Exporter(
        kind=f"sanzhang.{name}_{form}",
        title=lambda params: f"{title}（{label}）",
        allowed=allowed,
        build=build,
        content_type=content_type,
    )


PAPERS = [
    *_paper("form", "三长人员登记表", _draw_form, _may_have_form),
    *_paper("roster", "三长花名册", _draw_roster, with_export(VIEW_PEOPLE)),
    *_paper("briefing", "汇报材料", _draw_briefing, _may_have_briefing),
]
