"""Bodies of cities and the province: their own clerks keep them; the programme's figures stay with county and township."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.urls import reverse

from accounts.models import User
from core import clock
from core.dated import Moment
from core.errors import Forbidden
from sanzhang.filters.composition import PROGRAMME
from sanzhang.layouts.people import people_layout
from sanzhang.models import Candidacy, KeyPerson
from sanzhang.permissions import MANAGE_PEOPLE, UNMASK
from sanzhang.procedures import presets
from sanzhang.selectors import summary_of_unit
from sanzhang.selectors.composition import Grouping, compositions
from sanzhang.selectors.coverage import coverage
from sanzhang.selectors.places import units_to_fill
from sanzhang.selectors.seated import SEATED_LEVELS
from sanzhang.services import appointments, candidacies, meetings, terms
from sanzhang.services.appointments import SeatFacts
from sanzhang.services.composition import TargetFacts, set_target
from sanzhang.services.meetings import Elected, MeetingFacts
from tests.factories import Tree, user_at

ON = dt.date(2026, 3, 2)
SEAT = SeatFacts(position="vice_chair", valid_from=ON, way_in="election")


def test_city_keeps_its_own_people_and_nobody_elses(
    tree: Tree, city_official: User, province_official: User, person_of: Any
) -> None:
    assert list(units_to_fill(city_official)) == [tree.city]
    assert list(units_to_fill(province_official)) == [tree.province]
    seat = appointments.appoint(
        person=person_of("赵一", unit=tree.city), unit=tree.city, seat=SEAT, by=city_official
    )
    assert seat.body.kind == "leadership"
    for unit, by in ((tree.county, city_official), (tree.city, province_official)):
        with pytest.raises(Forbidden):
            appointments.appoint(person=person_of(f"钱{unit.name}", unit=unit), unit=unit, seat=SEAT, by=by)
    assert city_official.can(UNMASK, tree.city) and not city_official.can(UNMASK, tree.county)
    assert not city_official.can(MANAGE_PEOPLE, tree.township)


def test_city_registers_in_the_page_and_opens_terms(
    tree: Tree, city_official: User, client_of: Any, form_of: Any
) -> None:
    client = client_of(city_official)
    page = client.get(reverse("sanzhang:register"))
    assert (page.status_code, page.context["form"].chosen) == (200, tree.city)
    typed = form_of(unit=tree.city.pk)
    assert client.post(reverse("sanzhang:register"), typed).status_code == 302
    assert KeyPerson.objects.get().unit == tree.city
    foreign = form_of(unit=tree.county.pk, name="钱二", phone="13805310009")
    assert client.post(reverse("sanzhang:register"), foreign).status_code == 422
    term = {"unit": tree.city.pk, "kind": "congress", "ordinal": 8, "starts_on": "2024-01-01"}
    assert client.post(reverse("sanzhang:open_term"), term).status_code == 302
    bodies = client.get(reverse("sanzhang:bodies", args=[tree.city.pk]))
    assert bodies.context["manages"]
    assert not client.get(reverse("sanzhang:bodies", args=[tree.county.pk])).context["manages"]


def test_sheet_of_a_city_offers_its_own_unit_and_positions(
    tree: Tree, city_official: User, occupation_of: Any
) -> None:
    occupation_of("医院院长")
    fields = {field.key: field for field in people_layout(city_official).fields}
    assert [name for name, _label in fields["unit"].choices] == [tree.city.display_name]
    offered = {position for position, _label in fields["position"].choices}
    assert offered == {"delegate", "member", "standing_member", "vice_chair", "chair"}


def test_candidacies_of_city_and_province_end_in_their_meetings(
    tree: Tree, city_official: User, province_official: User, person_of: Any
) -> None:
    for unit, by in ((tree.city, city_official), (tree.province, province_official)):
        terms.open_term(unit=unit, kind="committee", ordinal=8, starts_on=dt.date(2024, 1, 1), by=by)
        candidacy = candidacies.open_candidacy(
            person=person_of("周" + "一二"[unit.level - 1], unit=unit),
            unit=unit,
            position="member",
            opened_on=ON,
            by=by,
        )
        candidacies.record_step(candidacy=candidacy, step="organisation", on=ON, opinion="agree", by=by)
        meeting = meetings.save_meeting(unit=unit, facts=MeetingFacts(kind="plenary", held_on=ON), by=by)
        [seat] = meetings.elect(meeting=meeting, elected=[Elected(candidacy)], way_in="co_option", by=by)
        assert seat.term.ordinal == 8
    assert set(Candidacy.objects.values_list("outcome", flat=True)) == {"appointed"}


def test_no_superior_is_asked_above_the_province() -> None:
    zhoukou = presets()["zhoukou"]
    assert [step.key for step in zhoukou.steps(1)] == ["shortlist", "organisation", "decision"]
    assert [step.key for step in zhoukou.steps(2)] == [step.key for step in zhoukou.steps(3)]
    assert presets()["shandong"].filed_with(2) == []


def test_seats_of_city_and_province_change_no_figure_of_the_programme(
    tree: Tree, city_official: User, person_of: Any, seat_of: Any
) -> None:
    seat_of(person_of("赵一"))
    before = coverage(tree.province, Moment(clock.today(), clock.now())).whole
    counted = (before.heads, before.covered, summary_of_unit(tree.province).heads)
    seat_of(person_of("钱二", unit=tree.city), tree.city)
    seat_of(person_of("孙三", unit=tree.province), tree.province)
    after = coverage(tree.province, Moment(clock.today(), clock.now())).whole
    assert (after.heads, after.covered, summary_of_unit(tree.province).heads) == counted
    assert summary_of_unit(tree.city, own=True).heads == 1


def test_composition_counts_every_level_and_the_programme_its_own(
    tree: Tree, city_official: User, clerk: User, province_official: User, person_of: Any, client_of: Any
) -> None:
    """A city's bodies are in the composition; coverage and “县级和乡镇级” know counties and townships alone."""
    for unit, by in ((tree.city, city_official), (tree.county, clerk), (tree.province, province_official)):
        person = person_of(f"赵{unit.name}", unit=unit)
        appointments.appoint(person=person, unit=unit, seat=SEAT, by=by)
    at = Moment(clock.today(), clock.now())
    made = compositions(tree.province, at)
    assert made[tree.province.pk][""].members == 3
    assert made[tree.city.pk][""].members == 2
    assert set(compositions(tree.province, at, grouping=Grouping.OWN)) == {
        tree.province.pk,
        tree.city.pk,
        tree.county.pk,
    }
    assert compositions(tree.province, at, levels=SEATED_LEVELS)[tree.province.pk][""].members == 1
    client = client_of(province_official)
    page = reverse("sanzhang:composition")
    assert client.get(page).context["whole"].members == 3
    assert client.get(page, {"level": PROGRAMME}).context["whole"].members == 1
    assert client.get(page, {"level": 2}).context["whole"].members == 1
    names = client.get(reverse("sanzhang:composed_people"), {"level": PROGRAMME})
    assert [person.name for person in names.context["page"]] == [f"赵{tree.county.name}"]
    covered = client.get(reverse("sanzhang:coverage"))
    assert f"level={PROGRAMME}" in covered.context["people_url"]
    asked = client.get(reverse("v1:composition"), {"level": 1}).json()
    assert asked["bodies"]["together"]["members"] == 1


def test_ratio_of_a_city_is_held_against_its_bodies(
    tree: Tree, city_official: User, province_official: User, person_of: Any, client_of: Any
) -> None:
    person = person_of("赵一", unit=tree.city)
    appointments.appoint(person=person, unit=tree.city, seat=SEAT, by=city_official)
    facts = TargetFacts("leadership", 2, "core", "at_least", 50, dt.date(2026, 1, 1), "省科协文件")
    set_target(owner=tree.province, facts=facts, by=user_at(tree.province, "reviewer"))
    rows = client_of(province_official).get(reverse("sanzhang:composed_bodies"), {"level": 2}).context["page"]
    assert [(str(row), row.verdict.value) for row in rows] == [
        (f"{tree.city.display_name}科协领导班子", "met")
    ]
