"""主题宣传日, edited by the province: each way out of the service, and the pages."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from accounts.models import User
from audit.models import AuditEvent
from core.actor import SYSTEM
from core.errors import DomainError, Forbidden
from sanzhang.models import ActivityKind, CampaignDay
from sanzhang.services import activity_kinds
from sanzhang.services.campaign_days import delete_day, save_day


@pytest.fixture
def kind(db: None) -> ActivityKind:
    """A kind of the default list."""
    activity_kinds.load_defaults(by=SYSTEM)
    return ActivityKind.objects.filter(is_active=True)[0]


@pytest.fixture
def typed(kind: ActivityKind) -> dict[str, Any]:
    return {"name": "全省科技日", "month": 2, "day": 29, "days": 3, "kind": kind, "is_active": True}


def test_day_is_saved_changed_and_deleted(province_official: User, typed: dict[str, Any]) -> None:
    day = save_day(**typed, by=province_official)
    changed = save_day(**(typed | {"day": 1, "is_active": False}), campaign=day, by=province_official)
    assert (changed.pk, changed.day, changed.is_active) == (day.pk, 1, False)
    delete_day(campaign=changed, by=province_official)
    assert not CampaignDay.objects.filter(name="全省科技日").exists()
    kinds = AuditEvent.objects.filter(kind__startswith="sanzhang.campaign_day").values_list("kind", flat=True)
    assert sorted(kinds) == [
        "sanzhang.campaign_day_deleted",
        "sanzhang.campaign_day_saved",
        "sanzhang.campaign_day_saved",
    ]


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"name": " "}, "name_missing"),
        ({"day": 30}, "no_such_day"),
        ({"month": 13}, "no_such_month"),
        ({"days": 32}, "too_many_days"),
    ],
)
def test_impossible_days(
    province_official: User, typed: dict[str, Any], changed: dict[str, Any], code: str
) -> None:
    with pytest.raises(DomainError) as refused:
        save_day(**(typed | changed), by=province_official)
    assert [problem.code for problem in refused.value.problems] == [code]
    assert save_day(**typed, by=province_official)


def test_name_taken_kind_retired_and_foreign_desk(
    province_official: User, city_official: User, kind: ActivityKind, typed: dict[str, Any]
) -> None:
    day = save_day(**typed, by=province_official)
    with pytest.raises(DomainError) as twice:
        save_day(**typed, by=province_official)
    assert twice.value.problems[0].code == "name_taken"
    kind.is_active = False
    kind.save()
    with pytest.raises(DomainError) as retired:
        save_day(**(typed | {"name": "另一日"}), by=province_official)
    assert retired.value.problems[0].code == "kind_retired"
    assert save_day(**(typed | {"days": 2}), campaign=day, by=province_official).days == 2
    with pytest.raises(Forbidden):
        save_day(**(typed | {"name": "市里的"}), by=city_official)
    with pytest.raises(Forbidden):
        delete_day(campaign=day, by=city_official)


def test_pages_of_campaign_days(
    province_official: User, city_official: User, kind: ActivityKind, typed: dict[str, Any], client_of: Any
) -> None:
    client = client_of(province_official)
    form = typed | {"kind": kind.pk, "is_active": "on"}
    bad = client.post(reverse("duty:new_day"), form | {"day": "30"})
    assert bad.status_code == 422
    assert "2月没有30日" in bad.content.decode() and "全省科技日" in bad.content.decode()
    assert client_of(city_official).post(reverse("duty:new_day"), form).status_code == 403
    assert client.post(reverse("duty:new_day"), form).status_code == 302
    day = CampaignDay.objects.get(name="全省科技日")
    assert "全省科技日" in client.get(reverse("duty:kinds")).content.decode()
    edit, delete = (reverse(f"duty:{name}", args=[day.pk]) for name in ("edit_day", "delete_day"))
    assert client.get(edit).status_code == 200
    assert client.post(edit, form | {"day": "28"}).status_code == 302
    assert client_of(city_official).post(delete).status_code == 403
    assert client.post(delete).status_code == 302
    assert client.get(edit).status_code == 404
