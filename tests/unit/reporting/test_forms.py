"""The monthly form as it ships."""

import datetime as dt

import pytest

from audit.models import AuditEvent
from core.actor import SYSTEM
from core.errors import DomainError
from orgs.choices import Level
from orgs.models import OrgUnit
from reporting.expressions import cells_of, read
from reporting.models import CalendarDay, FormItem, Indicator
from reporting.services.forms import load_calendar_days, load_collection, load_monthly_form

pytestmark = pytest.mark.django_db

TOWNSHIP_CELLS = [
    "health_events",
    "health_reached",
    "contest_events",
    "contest_reached",
    "agri_events",
    "agri_reached",
    "agri_adopted",
    "popularisation_events",
    "popularisation_reached",
    "led_events",
    "volunteer_events",
]


def make_unit(*, level: Level, code: str, parent: OrgUnit | None = None) -> OrgUnit:
    return OrgUnit.objects.create(
        parent=parent,
        name=code,
        display_name=code,
        division_code=code,
        level=level,
        opened_on=dt.date(2020, 1, 1),
    )


@pytest.fixture
def province() -> OrgUnit:
    return make_unit(level=Level.PROVINCE, code="37")


def owed_at(version, level: Level) -> list[str]:
    items = FormItem.objects.filter(version=version, owed_by__contains=[level]).order_by("order")
    return list(items.values_list("indicator__key", flat=True))


def test_monthly_form_township_owes_eleven_cells_in_order(province):
    version = load_monthly_form(owner=province, by=SYSTEM)
    numbers = [
        key for key in owed_at(version, Level.TOWNSHIP) if Indicator.objects.get(key=key).value_kind != "file"
    ]
    assert numbers == TOWNSHIP_CELLS


def test_monthly_form_province_owes_its_guidance_and_village_nothing(province):
    version = load_monthly_form(owner=province, by=SYSTEM)
    sections = set(
        FormItem.objects.filter(version=version, owed_by__contains=[Level.PROVINCE]).values_list(
            "section__key", flat=True
        )
    )
    assert sections == {"guidance"}
    assert owed_at(version, Level.VILLAGE) == []


def test_monthly_form_registry_indicators_are_owed_by_nobody(province):
    version = load_monthly_form(owner=province, by=SYSTEM)
    registry = FormItem.objects.filter(version=version, indicator__source="R")
    assert registry.count() > 40
    assert not registry.exclude(owed_by=[]).exists()
    assert not FormItem.objects.filter(version=version, owed_by=[]).exclude(indicator__source="R").exists()


def test_monthly_form_rules_name_its_own_indicators(province):
    version = load_monthly_form(owner=province, by=SYSTEM)
    keys = set(version.items.values_list("indicator__key", flat=True))
    for rule in version.rules:
        assert cells_of(read(rule["demand"])) | {rule["field"]} <= keys


def test_monthly_form_cities_must_write_progress_and_next_steps(province):
    version = load_monthly_form(owner=province, by=SYSTEM)
    required = version.items.exclude(required_at=[]).values_list("indicator__key", "required_at")
    assert dict(required) == {"progress": [Level.CITY], "next_steps": [Level.CITY]}


def test_monthly_form_loaded_twice_is_the_same_version(province):
    first = load_monthly_form(owner=province, by=SYSTEM)
    assert load_monthly_form(owner=province, by=SYSTEM) == first
    assert AuditEvent.objects.filter(kind="reporting.form_published").count() == 1
    assert first.published_at is not None


def test_collection_for_a_province_carries_the_policy_days(province):
    collection = load_collection(owner=province, by=SYSTEM, first_period=dt.date(2026, 3, 9))
    assert (collection.township_day, collection.county_day, collection.city_day) == (20, 22, 25)
    assert collection.first_period == dt.date(2026, 3, 1)
    assert load_collection(owner=province, by=SYSTEM) == collection


def test_collection_below_a_province_is_refused(province):
    city = make_unit(level=Level.CITY, code="3701", parent=province)
    with pytest.raises(DomainError, match="省级"):
        load_collection(owner=city, by=SYSTEM)


def test_calendar_knows_days_off_and_shifted_working_days():
    assert load_calendar_days(by=SYSTEM) == CalendarDay.objects.count()
    assert CalendarDay.objects.get(day=dt.date(2026, 9, 25)).is_off
    assert not CalendarDay.objects.get(day=dt.date(2026, 9, 20)).is_off
    assert load_calendar_days(by=SYSTEM) == 0
    weekday_work = [day for day in CalendarDay.objects.filter(is_off=False) if day.day.weekday() < 5]
    assert weekday_work == []
