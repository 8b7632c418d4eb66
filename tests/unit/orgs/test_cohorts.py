"""Named, dated sets of units."""

import datetime as dt

import pytest
from django.urls import reverse

from audit.models import AuditEvent
from core import clock
from core.actor import SYSTEM
from core.errors import DomainError, Forbidden
from orgs.models import Cohort, CohortMember, OrgUnit
from orgs.selectors import cohorts as selectors
from orgs.services import cohorts as services

DAY = dt.date(2024, 5, 1)
LATER = dt.date(2025, 5, 1)
TOMORROW = clock.today() + dt.timedelta(days=1)


@pytest.fixture
def cohort(tree):
    return services.open_cohort(owner=tree.city, name="试点县", is_pilot=True, on=DAY, by=SYSTEM)


def refusal(act, **options):
    with pytest.raises(DomainError) as refused:
        act(**options)
    return [(problem.code, problem.field) for problem in refused.value.problems]


def names(cohort, on):
    return {unit.name for unit in selectors.units_of(cohort, on)}


def test_cohort_is_opened_by_the_city_and_not_by_the_county(tree, clerk, city_official):
    with pytest.raises(Forbidden):
        services.open_cohort(owner=tree.city, name="试点", by=clerk)
    made = services.open_cohort(owner=tree.city, name=" 试点 ", note="首批", by=city_official)
    assert (made.name, made.note, made.opened_on) == ("试点", "首批", clock.today())
    assert AuditEvent.objects.get(kind="orgs.cohort_opened").unit_id == tree.city.pk


def test_cohort_name_is_wanted_and_stands_once(tree, cohort):
    options = {"owner": tree.city, "by": SYSTEM}
    assert refusal(services.open_cohort, name=" ", **options) == [("no_name", "name")]
    assert refusal(services.open_cohort, name="试点县", **options) == [("name_taken", "name")]
    assert refusal(services.open_cohort, name="新", on=TOMORROW, **options) == [("future", "on")]
    services.open_cohort(owner=tree.other_city, name="试点县", by=SYSTEM)


def test_cohort_is_renamed_by_its_keeper(tree, cohort, city_official, province_official, other_clerk):
    with pytest.raises(Forbidden):
        services.change_cohort(cohort=cohort, name="新名", is_pilot=False, by=other_clerk)
    changed = services.change_cohort(cohort=cohort, name="新名", is_pilot=False, by=city_official)
    assert (changed.name, changed.is_pilot) == ("新名", False)
    services.open_cohort(owner=tree.city, name="另一个", by=SYSTEM)
    options = {"cohort": cohort, "is_pilot": False, "by": province_official}
    assert refusal(services.change_cohort, name="另一个", **options) == [("name_taken", "name")]


def test_members_come_and_go_by_days(tree, cohort):
    assert (
        services.add_members(cohort=cohort, units=[tree.county, tree.sister_county], since=DAY, by=SYSTEM)
        == 2
    )
    assert (
        services.add_members(cohort=cohort, units=[tree.county, tree["370171"]], since=LATER, by=SYSTEM) == 1
    )
    assert services.end_members(cohort=cohort, units=[tree.county], on=LATER, by=SYSTEM) == 1
    before = LATER - dt.timedelta(days=1)
    assert names(cohort, before) == {"历下区", "历城区"}
    assert names(cohort, LATER) == {"历城区", "济南高新技术产业开发区"}
    assert services.add_members(cohort=cohort, units=[tree.county], since=LATER, by=SYSTEM) == 1
    assert "历下区" in names(cohort, LATER)


def test_member_that_leaves_the_day_it_came_never_was_in(tree, cohort):
    services.add_members(cohort=cohort, units=[tree.county], since=DAY, by=SYSTEM)
    services.end_members(cohort=cohort, units=[tree.county], on=DAY, by=SYSTEM)
    assert CohortMember.objects.get().voided_at is not None
    assert names(cohort, DAY) == set()


def test_joining_refuses_foreign_closed_and_wrongly_dated_units(tree, cohort):
    options = {"cohort": cohort, "by": SYSTEM}
    county = [tree.county]
    assert refusal(services.add_members, units=[tree.other_county], since=DAY, **options) == [
        ("foreign", "units")
    ]
    assert refusal(services.add_members, units=county, since=TOMORROW, **options) == [("future", "since")]
    early = DAY - dt.timedelta(days=1)
    assert refusal(services.add_members, units=county, since=early, **options) == [
        ("before_opening", "since")
    ]
    assert refusal(services.add_members, units=[], since=DAY, **options) == [("none", "units")]
    services.add_members(cohort=cohort, units=county, since=DAY, by=SYSTEM)
    services.end_members(cohort=cohort, units=county, on=LATER, by=SYSTEM)
    assert refusal(services.add_members, units=county, since=DAY, **options) == [("before_history", "since")]
    OrgUnit.objects.filter(pk=tree.sister_county.pk).update(closed_on=DAY)
    closed = [OrgUnit.objects.get(pk=tree.sister_county.pk)]
    assert refusal(services.add_members, units=closed, since=LATER, **options) == [("closed", None)]


def test_leaving_refuses_who_is_not_in(tree, cohort):
    services.add_members(cohort=cohort, units=[tree.county], since=LATER, by=SYSTEM)
    options = {"cohort": cohort, "by": SYSTEM}
    assert refusal(services.end_members, units=[tree.sister_county], on=LATER, **options) == [
        ("none", "units")
    ]
    assert refusal(services.end_members, units=[tree.county], on=DAY, **options) == [("before_history", "on")]


def test_members_are_moved_by_the_keeper_alone(tree, cohort, clerk, city_official):
    options = {"cohort": cohort, "units": [tree.county]}
    with pytest.raises(Forbidden):
        services.add_members(since=DAY, by=clerk, **options)
    services.add_members(since=DAY, by=city_official, **options)
    with pytest.raises(Forbidden):
        services.end_members(on=LATER, by=clerk, **options)


def test_closed_cohort_lets_everyone_go_and_takes_no_one(tree, cohort, city_official):
    services.add_members(cohort=cohort, units=[tree.county], since=DAY, by=SYSTEM)
    services.close_cohort(cohort=cohort, on=LATER, by=city_official)
    assert names(cohort, LATER - dt.timedelta(days=1)) == {"历下区"}
    assert names(cohort, LATER) == set()
    assert refusal(services.add_members, cohort=cohort, units=[tree.county], since=LATER, by=SYSTEM) == [
        ("closed", None)
    ]
    assert refusal(services.close_cohort, cohort=cohort, on=LATER, by=SYSTEM) == [("closed", None)]


def test_reopened_cohort_takes_back_who_left_by_the_closing(tree, cohort, clerk, city_official):
    units = [tree.county, tree.sister_county, tree["370171"]]
    services.add_members(cohort=cohort, units=units, since=DAY, by=SYSTEM)
    services.end_members(cohort=cohort, units=[tree["370171"]], on=LATER, by=SYSTEM)
    services.close_cohort(cohort=cohort, on=LATER, by=city_official)
    OrgUnit.objects.filter(pk=tree.sister_county.pk).update(closed_on=LATER)
    again = LATER + dt.timedelta(days=30)
    with pytest.raises(Forbidden):
        services.reopen_cohort(cohort=cohort, on=again, by=clerk)
    assert services.reopen_cohort(cohort=cohort, on=again, by=city_official) == 1
    cohort.refresh_from_db()
    assert cohort.closed_on is None
    assert names(cohort, again - dt.timedelta(days=1)) == set()
    assert names(cohort, again) == {"历下区"}
    event = AuditEvent.objects.get(kind="orgs.cohort_reopened")
    assert event.data == {"closed_on": LATER.isoformat(), "on": again.isoformat(), "members": 1}


def test_reopening_without_members_leaves_the_set_empty(tree, cohort, city_official, client_of):
    services.add_members(cohort=cohort, units=[tree.county], since=DAY, by=SYSTEM)
    services.close_cohort(cohort=cohort, on=LATER, by=SYSTEM)
    page = reverse("orgs:cohort", args=[cohort.pk])
    assert "恢复使用" in client_of(city_official).get(page).content.decode()
    answer = client_of(city_official).post(
        reverse("orgs:reopen_cohort", args=[cohort.pk]), {"on": str(LATER)}
    )
    assert answer.status_code == 302
    assert names(cohort, clock.today()) == set()
    assert "恢复使用" not in client_of(city_official).get(page).content.decode()


def test_reopening_an_open_set_or_before_its_closing_is_refused(tree, cohort):
    assert refusal(services.reopen_cohort, cohort=cohort, on=LATER, by=SYSTEM) == [("open", None)]
    services.close_cohort(cohort=cohort, on=LATER, by=SYSTEM)
    assert refusal(services.reopen_cohort, cohort=cohort, on=DAY, by=SYSTEM) == [("before_closing", "on")]
    assert refusal(services.reopen_cohort, cohort=cohort, on=TOMORROW, by=SYSTEM) == [("future", "on")]


def test_closing_before_somebody_came_is_refused(tree, cohort, clerk):
    services.add_members(cohort=cohort, units=[tree.county], since=LATER, by=SYSTEM)
    assert refusal(services.close_cohort, cohort=cohort, on=DAY, by=SYSTEM) == [("before_history", "on")]
    with pytest.raises(Forbidden):
        services.close_cohort(cohort=cohort, on=LATER, by=clerk)


def test_cohort_is_known_to_its_keeper_those_above_and_those_below(
    tree, cohort, clerk, other_clerk, province_official
):
    foreign = services.open_cohort(owner=tree.other_city, name="青岛试点", by=SYSTEM)
    assert list(selectors.known_cohorts(clerk)) == [cohort]
    assert list(selectors.known_cohorts(other_clerk)) == [foreign]
    assert set(selectors.known_cohorts(province_official)) == {cohort, foreign}


def test_pages_make_fill_and_close_a_cohort(tree, city_official, client_of):
    client = client_of(city_official)
    client.post(reverse("orgs:new_cohort"), {"name": "帮扶乡镇", "on": "2024-05-01"})
    made = Cohort.objects.get()
    join = reverse("orgs:join_cohort", args=[made.pk])
    assert (
        client.post(join, {"codes": "370102001，370102002 999999", "since": "2024-06-01"}).status_code == 422
    )
    assert client.post(join, {"codes": "370102001，370102002", "since": "2024-06-01"}).status_code == 302
    assert client.post(join, {"units": tree["370112001"].pk, "since": "2024-06-01"}).status_code == 302
    assert (
        client.post(
            f"{join}?county={tree['370171'].pk}&level=4", {"everything": "1", "since": "2024-06-01"}
        ).status_code
        == 302
    )
    assert names(made, clock.today()) == {"解放路街道", "千佛山街道", "山大路街道", "舜华路街道"}
    shown = client.get(reverse("orgs:cohort", args=[made.pk]), {"q": "山大"}).content.decode()
    assert "山大路街道" in shown
    assert "舜华路街道" not in shown
    leave = reverse("orgs:leave_cohort", args=[made.pk])
    assert client.post(leave, {"on": "2024-07-01"}).status_code == 422
    assert client.post(leave, {"units": tree.township.pk, "on": "2024-07-01"}).status_code == 302
    assert client.post(reverse("orgs:edit_cohort", args=[made.pk]), {"name": "重点乡镇"}).status_code == 302
    assert client.post(reverse("orgs:close_cohort", args=[made.pk]), {"on": "2024-08-01"}).status_code == 302
    assert names(made, clock.today()) == set()


def test_county_sees_the_cohort_and_cannot_change_it(tree, cohort, clerk, other_clerk, client_of):
    page, edit = (reverse(f"orgs:{name}", args=[cohort.pk]) for name in ("cohort", "edit_cohort"))
    assert client_of(clerk).get(page).status_code == 200
    assert client_of(clerk).get(edit).status_code == 403
    assert client_of(other_clerk).get(page).status_code == 404


def test_list_of_units_is_narrowed_to_a_cohort(tree, cohort, city_official, client_of, api_of):
    services.add_members(cohort=cohort, units=[tree.county], since=DAY, by=SYSTEM)
    shown = client_of(city_official).get(reverse("orgs:list"), {"cohort": cohort.pk, "level": 3})
    assert [row.record.pk for row in shown.context["table"].rows] == [tree.county.pk]
    answer = api_of(city_official).get("/api/v1/units/", {"cohort": cohort.pk, "level": 3}).json()
    assert [row["division_code"] for row in answer["results"]] == ["370102"]


def test_api_tells_cohorts_in_sight(tree, cohort, clerk, other_clerk, api_of):
    services.add_members(cohort=cohort, units=[tree.county], since=DAY, by=SYSTEM)
    (row,) = api_of(clerk).get("/api/v1/cohorts/").json()["results"]
    assert (row["name"], row["is_pilot"], row["size"]) == ("试点县", True, 1)
    assert api_of(other_clerk).get(f"/api/v1/cohorts/{cohort.pk}/").status_code == 404
