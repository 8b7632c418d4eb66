"""Many rows at once: new ones by COPY, changed ones by one UPDATE."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from core.actor import SYSTEM
from core.copying import copy_rows, set_columns, update_rows
from orgs.models import OrgUnit
from sanzhang.models import KeyPerson, Occupation
from sanzhang.services import occupations
from tests.factories import Tree


@pytest.mark.django_db
def test_update_rows_writes_the_named_fields_of_each_row_in_one_statement(tree: Tree) -> None:
    county, city = tree["370102"], tree["3701"]
    county.display_name, county.closed_on, county.parent = "历下'区\\", dt.date(2026, 11, 1), tree.province
    city.display_name, city.closed_on = "济南市 {}", None
    county.name = "没有要求写的"
    others = set(OrgUnit.objects.exclude(pk__in=[county.pk, city.pk]).values_list("pk", "display_name"))
    with CaptureQueriesContext(connection) as queries:
        update_rows([county, city], ["display_name", "closed_on", "parent"])
    assert len(queries) == 1
    names = ("display_name", "closed_on", "parent_id", "name")
    stored = {row[0]: row[1:] for row in OrgUnit.objects.values_list("pk", *names)}
    assert stored[county.pk] == ("历下'区\\", dt.date(2026, 11, 1), tree.province.pk, "历下区")
    assert stored[city.pk] == ("济南市 {}", None, tree.province.pk, "济南市")
    assert others == set(
        OrgUnit.objects.exclude(pk__in=[county.pk, city.pk]).values_list("pk", "display_name")
    )


@pytest.mark.django_db
def test_update_rows_of_nothing_asks_nothing() -> None:
    with CaptureQueriesContext(connection) as queries:
        update_rows([], ["name"])
    assert not queries.captured_queries


@pytest.mark.django_db
def test_set_columns_takes_lists_and_codes_as_the_columns_are(tree: Tree) -> None:
    occupations.load_defaults(by=SYSTEM)
    occupation = Occupation.objects.get(name="医院院长")
    person = KeyPerson.objects.create(unit=tree.county, name="王秀兰", occupation=occupation)
    set_columns(KeyPerson, ["disciplines", "sex"], [(person.pk, ["medicine", "education"], "f")])
    person.refresh_from_db()
    assert (person.disciplines, person.sex) == (["medicine", "education"], "f")
    set_columns(KeyPerson, ["disciplines"], [(person.pk, [])])
    person.refresh_from_db()
    assert person.disciplines == []


@pytest.mark.django_db
def test_copy_rows_against_a_constraint_is_refused_as_django_refuses(tree: Tree) -> None:
    before = Occupation.objects.count()
    with pytest.raises(IntegrityError, match="name"), transaction.atomic():
        copy_rows(Occupation, ["id", "name"], [(1, None)])
    assert Occupation.objects.count() == before
