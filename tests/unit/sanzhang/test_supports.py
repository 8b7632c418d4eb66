"""The support ledger: entry, receipt, sums; who may, and who sees it."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal

import pytest
import time_machine
from django.urls import reverse

from accounts.roles import Role
from core.errors import Conflict, DomainError, Forbidden
from notices.models import Message
from sanzhang.models import Support
from sanzhang.permissions import VIEW_PEOPLE
from sanzhang.selectors.supports import sums_of, waiting_for
from sanzhang.services.supports import (
    SupportFacts,
    change_support,
    confirm_receipt,
    record_support,
    void_support,
)
from tests.factories import user_at
from tests.work import support

NOW = dt.datetime(2026, 11, 20, 9, 0, tzinfo=dt.timezone(dt.timedelta(hours=8)))
DAY = dt.date(2026, 11, 10)


@pytest.fixture(autouse=True)
def stopped():
    with time_machine.travel(NOW, tick=False):
        yield


def facts(**changed) -> SupportFacts:
    return SupportFacts(**{"kind": "project", "given_on": DAY, "title": "科普惠农项目"} | changed)


def test_same_key_sent_twice_is_one_record(tree, city_official):
    key = uuid.uuid4()
    first = record_support(facts=facts(), giver=tree.city, by=city_official, key=key)
    assert record_support(facts=facts(), giver=tree.city, by=city_official, key=key) == first


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"title": " "}, "title_missing"),
        ({"kind": "loan"}, "kind_unknown"),
        ({"kind": "fund"}, "amount_missing"),
        ({"kind": "award", "heads": 1, "amount": Decimal(1)}, "amount_odd"),
        ({"amount": Decimal("0")}, "amount_odd"),
        ({"kind": "training"}, "heads_missing"),
        ({"kind": "training", "heads": 200_000}, "heads_odd"),
        ({"given_on": dt.date(2026, 11, 21)}, "in_the_future"),
    ],
)
def test_support_that_breaks_a_rule_is_refused(tree, city_official, changed, code):
    with pytest.raises(DomainError) as refusal:
        support(
            tree.city,
            on=changed.pop("given_on", DAY),
            of=changed.pop("kind", "project"),
            by=city_official,
            **changed,
        )
    assert code in [problem.code for problem in refusal.value.problems]
    assert not Support.objects.exists()


def test_receiver_stands_below_the_giver(tree, city_official):
    for receiver in (tree.city, tree.province, tree.other_county):
        with pytest.raises(DomainError) as refusal:
            support(tree.city, on=DAY, by=city_official, receiver=receiver)
        assert refusal.value.problems[0].code == "not_below"
    support(tree.city, on=DAY, by=city_official, receiver=tree.township)


def test_only_the_givers_desk_records(tree, clerk, other_clerk, city_official):
    for nobody in (clerk, other_clerk):
        with pytest.raises(Forbidden):
            support(tree.city, on=DAY, by=nobody)
    support(tree.city, on=DAY, by=city_official)
    support(tree.county, on=DAY, by=clerk)


def test_both_ends_see_it_and_nobody_else(tree, clerk, other_clerk, city_official):
    made = support(tree.city, on=DAY, by=city_official, receiver=tree.township)
    assert set(Support.objects.visible_to(clerk, VIEW_PEOPLE)) == {made}
    assert set(Support.objects.visible_to(city_official, VIEW_PEOPLE)) == {made}
    assert not Support.objects.visible_to(other_clerk, VIEW_PEOPLE).exists()


def test_receipt_is_the_receivers_word_given_once(tree, clerk, other_clerk, city_official):
    made = support(tree.city, on=DAY, by=city_official, receiver=tree.county)
    assert waiting_for(tree.county) == 1
    for nobody in (other_clerk, city_official):
        with pytest.raises(Forbidden):
            confirm_receipt(support=made, by=nobody)
    assert confirm_receipt(support=made, by=clerk).confirmed_by == clerk.actor_label
    assert waiting_for(tree.county) == 0
    with pytest.raises(Conflict):
        confirm_receipt(support=made, by=clerk)
    with pytest.raises(Conflict):
        change_support(support=made, revision=1, facts=facts(receiver=tree.county), by=city_official)


def test_giver_does_not_confirm_for_the_receiver(tree, clerk):
    made = support(tree.county, on=DAY, by=clerk, receiver=tree.township)
    with pytest.raises(Forbidden):
        confirm_receipt(support=made, by=clerk)
    confirm_receipt(support=made, by=user_at(tree.township, Role.REPORTER))


def test_support_for_all_needs_no_receipt(tree, city_official, clerk):
    made = support(tree.city, on=DAY, by=city_official)
    with pytest.raises(Conflict):
        confirm_receipt(support=made, by=clerk)


def test_change_and_void(tree, clerk, city_official):
    made = support(tree.city, on=DAY, by=city_official)
    changed = change_support(support=made, revision=1, facts=facts(amount=Decimal("8.5")), by=city_official)
    assert (changed.amount, changed.revision) == (Decimal("8.5"), 2)
    with pytest.raises(Conflict):
        change_support(support=made, revision=1, facts=facts(), by=city_official)
    with pytest.raises(Forbidden):
        void_support(support=made, reason="登记错误", by=clerk)
    with pytest.raises(DomainError):
        void_support(support=made, reason="", by=city_official)
    void_support(support=made, reason="登记错误", by=city_official)
    with pytest.raises(Conflict):
        void_support(support=made, reason="再来", by=city_official)


def test_desks_hear_of_it(tree, clerk, city_official):
    made = support(tree.city, on=DAY, by=city_official, receiver=tree.township)
    assert Message.objects.get(user=clerk).link == made.get_absolute_url()
    confirm_receipt(support=made, by=clerk)
    assert Message.objects.filter(user=city_official, kind="sanzhang.support_confirmed").count() == 1


def test_sums_by_kind_and_year_lead_to_their_rows(tree, clerk, city_official, client_of):
    support(tree.city, on=DAY, by=city_official, receiver=tree.county, amount=Decimal("3.50"))
    support(tree.city, on=DAY, by=city_official, receiver=tree.township, amount=Decimal("1.25"))
    support(tree.city, on=dt.date(2025, 5, 1), by=city_official, of="talent", heads=2)
    void_support(support=support(tree.city, on=DAY, by=city_official), reason="错", by=city_official)
    given, received = sums_of(Support.objects.visible_to(city_official, VIEW_PEOPLE), tree.city, 2026)
    rows = dict(given.rows)
    cell = rows["项目"][0]
    assert (cell.count, cell.amount) == (2, Decimal("4.75"))
    assert rows["人才举荐"][1].heads == 2
    assert dict(received.rows)["项目"][0].count == 2
    shown = client_of(city_official).get(cell.url).context["table"].rows
    assert sum(row.record.amount for row in shown) == cell.amount
    own = dict(sums_of(Support.objects.visible_to(clerk, VIEW_PEOPLE), tree.county, 2026)[1].rows)
    assert own["项目"][0].amount == Decimal("4.75")


def test_pages_from_entry_to_receipt(tree, clerk, other_clerk, city_official, client_of):
    city, county = client_of(city_official), client_of(clerk)
    body = {
        "giver": tree.city.pk,
        "kind": "fund",
        "receiver": tree.county.pk,
        "given_on": "2026-11-10",
        "title": "科普专项",
        "amount": "12.50",
        "is_own": "on",
    }
    refused = city.post(reverse("duty:new_support"), body | {"amount": ""})
    assert refused.status_code == 422
    assert "请填写金额" in refused.content.decode()
    assert city.post(reverse("duty:new_support"), body).status_code == 302
    made = Support.objects.get()
    assert client_of(other_clerk).get(made.get_absolute_url()).status_code == 404
    assert "确认收到" in county.get(made.get_absolute_url()).content.decode()
    assert county.get(reverse("duty:edit_support", args=[made.pk])).status_code == 403
    edited = body | {"title": "科普惠民专项", "revision": "1"}
    assert city.post(reverse("duty:edit_support", args=[made.pk]), edited).status_code == 302
    assert city.post(reverse("duty:confirm_support", args=[made.pk])).status_code == 403
    assert county.post(reverse("duty:confirm_support", args=[made.pk])).status_code == 302
    made.refresh_from_db()
    assert (made.title, made.confirmed_at) == ("科普惠民专项", NOW)
    assert county.get(reverse("duty:supports"), {"side": "received"}).context["table"].rows
    assert not county.get(reverse("duty:supports"), {"side": "given"}).context["table"].rows


def test_api_records_and_lists(tree, city_official, clerk, api_of):
    body = {
        "giver": tree.city.pk,
        "kind": "project",
        "given_on": "2026-11-10",
        "title": "科普惠农",
        "amount": "5.00",
    }
    made = api_of(city_official).post(reverse("v1:support-list"), body, format="json")
    assert made.status_code == 201, made.content.decode()
    assert api_of(city_official).get(reverse("v1:support-list")).json()["count"] == 1
    assert api_of(clerk).post(reverse("v1:support-list"), body, format="json").status_code in (400, 403)
