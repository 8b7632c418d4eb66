"""Who asked for what in one's unit, for its administrator: the list, never the content."""

from __future__ import annotations

import pytest
from django.urls import reverse

from accounts.roles import Role
from files.models import ExportJob
from tests.factories import user_at

pytestmark = pytest.mark.django_db
LIST = "/files/unit/"


def job(unit, user, title, **values):
    return ExportJob.objects.create(
        kind="orgs.units",
        title=title,
        requested_by_id=user.pk,
        requested_by_label=user.actor_label,
        unit_id=unit.pk,
        **values,
    )


def test_administrator_sees_the_list_of_the_unit_and_opens_nothing(tree, client_of, unit_admin):
    clerk = user_at(tree.city, Role.REPORTER)
    own = job(tree.city, clerk, "济南名册")
    job(tree.other_city, clerk, "青岛名册")
    page = client_of(unit_admin).get(LIST).content.decode()
    assert "济南名册" in page
    assert clerk.name in page
    assert "青岛名册" not in page
    assert client_of(unit_admin).post(reverse("files:download", args=[own.pk])).status_code == 404
    assert client_of(unit_admin).get(reverse("files:status", args=[own.pk])).status_code == 404
    assert client_of(clerk).get(LIST).status_code == 403


def test_list_is_narrowed_sorted_and_paged(tree, client_of, unit_admin):
    for number in range(25):
        job(
            tree.city, unit_admin, f"文件{number:02}", size=number, state="failed" if number % 2 else "queued"
        )
    browser = client_of(unit_admin)
    failed = browser.get(LIST, {"state": "failed", "sort": "-size", "size": "20"}).content.decode()
    assert "文件24" not in failed
    assert failed.index("文件23") < failed.index("文件01")
    assert "文件01" not in browser.get(LIST, {"sort": "-size", "size": "20"}).content.decode()
    assert "没有符合条件的文件" in browser.get(LIST, {"q": "没有"}).content.decode()


def test_own_files_are_narrowed(tree, client_of, clerk):
    job(tree.county, clerk, "县域台账")
    job(tree.county, clerk, "工作月报", state="failed", error="太大")
    browser = client_of(clerk)
    page = browser.get("/files/", {"q": "月报"}).content.decode()
    assert "工作月报" in page
    assert "县域台账" not in page
    assert "没有符合条件的文件" in browser.get("/files/", {"until": "2020-01-01"}).content.decode()
    assert "没有符合条件的文件" not in browser.get("/files/", {"since": "2020-01-01"}).content.decode()
