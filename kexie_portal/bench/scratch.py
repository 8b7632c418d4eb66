"""A scratch database with the real divisions of Shandong, made for the measurement and dropped after it."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Model

from core import clock
from core.actor import SYSTEM
from core.copying import copy_rows, new_keys
from core.windows import previous_month
from orgs.choices import HavesItem, Level, OfficerRole
from orgs.importing.divisions import SHIPPED, read_divisions
from orgs.models import Establishment, OrgUnit, SixHaves, UnitOfficer
from orgs.services.divisions import import_divisions
from reporting.models import Cycle, Figure, Indicator, Report, ReportVersion
from reporting.services.cycles import open_cycle
from reporting.services.forms import load_collection
from sanzhang.choices import BODY_OF_POSITION, BodyKind, Employment, Position, WayIn
from sanzhang.models import Appointment, KeyPerson, LeadershipBody, Occupation
from sanzhang.services.histories import begin_spells

NAME = "kexie_bench"
DIVISIONS = SHIPPED / "divisions-2023-37-shandong.csv.gz"
INDICATORS = 30
PEOPLE = 170_000
SEATS = 200_000


@dataclass(slots=True)
class Land:
    """The province and its cycle, whose window has ended."""

    province: OrgUnit
    cycle: Cycle


@contextmanager
def scratch_database() -> Iterator[None]:
    """The default connection points at an empty, migrated database of its own, which is dropped at the end."""
    own_name = connection.settings_dict["NAME"]
    connection.settings_dict["TEST"]["NAME"] = NAME
    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    try:
        yield
    finally:
        connection.creation.destroy_test_db(own_name, verbosity=0)


def make_land() -> Land:
    """Every division, the monthly collection, and last month's cycle with its reports."""
    import_divisions(rows=read_divisions(DIVISIONS), by=SYSTEM)
    province = OrgUnit.objects.get(level=Level.PROVINCE)
    collection = load_collection(owner=province, by=SYSTEM)
    period = previous_month(clock.today())
    return Land(province, open_cycle(collection=collection, period=period, by=SYSTEM))


def write(model: type[Model], rows: Iterable[Model]) -> None:
    """Write instances by COPY, with primary keys of their own where they have none."""
    columns = list(model._meta.concrete_fields)
    instances = list(rows)
    for instance, key in zip(instances, new_keys(model, len(instances)), strict=True):
        if instance.pk is None:
            instance.pk = key
    copy_rows(
        model,
        [str(column.column) for column in columns],
        ([_plain(column, instance) for column in columns] for instance in instances),
    )


def _plain(field: Any, instance: Model) -> Any:
    value = field.get_db_prep_save(getattr(instance, field.attname), connection)
    return "{" + ",".join(value) + "}" if isinstance(value, list) else value


def write_figures(cycle: Cycle) -> None:
    """Thirty indicators typed by every unit that reports, all accepted."""
    indicators = [
        Indicator(
            key=f"bench_{number}",
            name=f"测量指标{number}",
            value_kind="count",
            source="T",
            space="sum",
            time="sum",
        )
        for number in range(INDICATORS)
    ]
    Indicator.objects.bulk_create(indicators)
    reports = list(Report.objects.filter(cycle=cycle))
    versions = [ReportVersion(report=report, number=99, frozen_by="测量", digest="0") for report in reports]
    ReportVersion.objects.bulk_create(versions, batch_size=1000)
    rng = random.Random(1)  # noqa: S311
    Figure.objects.bulk_create(
        (
            Figure(version=version, indicator=indicator, value=Decimal(rng.randint(0, 500)))
            for version in versions
            for indicator in indicators
        ),
        batch_size=2000,
    )
    for report, version in zip(reports, versions, strict=True):
        report.live_version = version
    Report.objects.bulk_update(reports, ["live_version"], batch_size=1000)
    _analyze()


def write_people(land: Land) -> None:
    """200,000 appointments of 170,000 people in the bodies of counties and townships, and the facts of units."""
    rng = random.Random(2)  # noqa: S311
    day = dt.date(2023, 6, 1)
    recorded = clock.start_of(day)
    known: dict[str, Any] = {"valid_from": day, "recorded_at": recorded}
    units = list(OrgUnit.objects.filter(level__gte=Level.COUNTY))
    townships = [unit for unit in units if unit.level == Level.TOWNSHIP]
    write(
        Establishment,
        (Establishment(unit=unit, state="established", **known) for unit in units if rng.random() < 0.95),
    )
    write(
        SixHaves, (SixHaves(unit=unit, item=item, **known) for unit in townships for item in HavesItem.values)
    )
    roles = (OfficerRole.LEADER_IN_CHARGE, OfficerRole.LIAISON)
    write(
        UnitOfficer,
        (UnitOfficer(unit=unit, role=role, name="某某", **known) for unit in townships for role in roles),
    )
    occupations = [
        Occupation(name=f"测量职业{category}{field}", category=category, field=field)
        for category in ("core", "pan")
        for field in ("health", "education", "agriculture", "other")
    ]
    Occupation.objects.bulk_create(occupations)
    bodies = [
        LeadershipBody(unit=unit, kind=kind)
        for unit in units
        if unit.level != Level.VILLAGE
        for kind in ("congress", "committee", "standing", "leadership")
    ]
    write(LeadershipBody, bodies)
    people = [
        KeyPerson(
            unit=land.province,
            name=f"人员{number}",
            employer="某单位",
            occupation=rng.choice(occupations),
            recorded_at=recorded,
            updated_at=recorded,
        )
        for number in range(PEOPLE)
    ]
    write(KeyPerson, people)
    begin_spells()
    write(Appointment, _seats(people, bodies, rng))
    _analyze()


def _seats(
    people: list[KeyPerson], bodies: list[LeadershipBody], rng: random.Random
) -> Iterator[Appointment]:
    position_of = {
        body: position for position, body in BODY_OF_POSITION.items() if position != Position.CHAIR
    }
    for number in range(SEATS):
        person = people[number % PEOPLE]
        start = dt.date(2023, 6, 1) + dt.timedelta(days=rng.randint(0, 1000))
        body = bodies[(number * 7919 + number // PEOPLE) % len(bodies)]
        yield Appointment(
            person=person,
            body=body,
            unit_id=body.unit_id,
            position=position_of[BodyKind(body.kind)],
            employment=Employment.PART_TIME,
            way_in=WayIn.CO_OPTION,
            valid_from=start,
            recorded_at=clock.start_of(start),
        )


def _analyze() -> None:
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
