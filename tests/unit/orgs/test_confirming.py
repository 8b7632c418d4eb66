"""The yearly word on 六有四缺: giving it, checking it, sending it back."""

import datetime as dt

import pytest
import time_machine
from django.urls import reverse

from accounts.roles import Role
from audit.models import AuditEvent
from core.actor import SYSTEM
from core.errors import Conflict, DomainError, Forbidden
from notices.models import Message
from orgs.models import OrgUnit, YearlyConfirmation
from orgs.selectors import confirmations as selectors
from orgs.services import confirming
from orgs.services import facts as services
from tests.factories import user_at

DAY = dt.date(2024, 5, 1)
YEAR = 2026


@pytest.fixture(autouse=True)
def standing_in_november():
    with time_machine.travel(dt.datetime(2026, 11, 10, 2, tzinfo=dt.UTC), tick=False):
        yield


@pytest.fixture
def reviewer(tree):
    """Checks for the county whose clerk confirms."""
    return user_at(tree.county, Role.REVIEWER)


@pytest.fixture
def furnished(tree):
    services.set_items(
        unit=tree.township, haves=["premises", "nameplate"], lacks=["posts"], on=DAY, by=SYSTEM
    )
    return tree.township


def confirm(units, by, **options):
    return confirming.confirm_unchanged(**{"units": units, "year": YEAR, "by": by} | options)


def codes(act, **options):
    with pytest.raises(DomainError) as refused:
        act(**options)
    return [problem.code for problem in refused.value.problems]


def test_word_keeps_what_was_on_record(furnished, clerk):
    (word,) = confirm([furnished], clerk)
    assert word.state == "confirmed"
    assert set(word.snapshot["haves"]) == {"premises", "nameplate"}
    assert word.snapshot["lacks"]["posts"]["since"] == "2024-05-01"
    assert (word.confirmed_by, word.confirmed_by_id) == (clerk.actor_label, clerk.pk)
    event = AuditEvent.objects.get(kind="orgs.items_confirmed")
    assert (event.unit_id, event.actor_id) == (furnished.pk, clerk.pk)


def test_all_townships_are_confirmed_at_once_or_none(tree, clerk):
    units = [tree.township, tree.sister_township]
    assert len(confirm(units, clerk)) == 2
    assert codes(confirming.confirm_unchanged, units=[*units, tree["370102003"]], year=YEAR, by=clerk) == [
        "already",
        "already",
    ]
    assert YearlyConfirmation.objects.count() == 2


def test_word_is_given_within_reach_alone(furnished, clerk, other_clerk, reviewer):
    for stranger in (other_clerk, reviewer):
        with pytest.raises(Forbidden):
            confirm([furnished], stranger)
    assert not YearlyConfirmation.objects.exists()
    confirm([furnished], clerk)


@pytest.mark.parametrize(("year", "code"), [(2027, "future_year"), (2024, "old_year")])
def test_word_of_another_year_is_refused(furnished, clerk, year, code):
    assert codes(confirming.confirm_unchanged, units=[furnished], year=year, by=clerk) == [code]
    assert confirm([furnished], clerk, year=2025)[0].year == 2025


def test_word_without_units_or_of_a_closed_one_is_refused(furnished, clerk):
    assert codes(confirming.confirm_unchanged, units=[], year=YEAR, by=clerk) == ["none"]
    OrgUnit.objects.filter(pk=furnished.pk).update(closed_on=DAY)
    assert codes(confirming.confirm_unchanged, units=[furnished], year=YEAR, by=clerk) == ["closed"]


def test_word_is_given_anew_after_a_change(furnished, clerk, reviewer):
    (word,) = confirm([furnished], clerk)
    confirming.check_confirmations(confirmations=[word], by=reviewer)
    services.set_have(unit=furnished, item="funding", since=dt.date(2026, 11, 1), by=clerk)
    (again,) = confirm([furnished], clerk)
    assert (again.pk, again.state, again.checked_at) == (word.pk, "confirmed", None)
    assert "funding" in again.snapshot["haves"]


def test_level_above_checks(furnished, clerk, reviewer, other_clerk):
    (word,) = confirm([furnished], clerk)
    for stranger in (clerk, other_clerk, user_at(furnished, Role.REVIEWER)):
        with pytest.raises(Forbidden):
            confirming.check_confirmations(confirmations=[word], by=stranger)
    (checked,) = confirming.check_confirmations(confirmations=[word], by=reviewer, remark="属实")
    assert (checked.state, checked.checked_by, checked.remark) == ("checked", reviewer.actor_label, "属实")
    assert codes(confirming.check_confirmations, confirmations=[word], by=reviewer) == ["not_waiting"]
    assert codes(confirming.check_confirmations, confirmations=[], by=reviewer) == ["none"]


def test_nobody_checks_their_own_word(furnished, city_official):
    both = user_at(furnished.county, Role.REPORTER, Role.REVIEWER)
    (word,) = confirm([furnished], both)
    assert codes(confirming.check_confirmations, confirmations=[word], by=both) == ["own_word"]
    assert confirming.check_confirmations(confirmations=[word], by=city_official)[0].state == "checked"


def test_county_is_checked_by_its_city_and_not_by_itself(tree, clerk, reviewer, city_official):
    (word,) = confirm([tree.county], clerk)
    with pytest.raises(Forbidden):
        confirming.check_confirmations(confirmations=[word], by=reviewer)
    confirming.check_confirmations(confirmations=[word], by=city_official)


def test_sent_back_with_remarks_reaches_the_desks(furnished, clerk, reviewer):
    own_desk = user_at(furnished, Role.REPORTER)
    (word,) = confirm([furnished], clerk)
    returned = confirming.send_back(
        confirmation=word,
        remark="请补充",
        item_remarks={"haves.nameplate": "没有照片", "lacks.posts": " "},
        by=reviewer,
    )
    assert (returned.state, returned.item_remarks) == ("returned", {"haves.nameplate": "没有照片"})
    told = Message.objects.filter(kind="orgs.confirmation_returned")
    assert set(told.values_list("user_id", flat=True)) == {clerk.pk, own_desk.pk}
    assert "有牌子：没有照片" in told.first().body
    assert list(selectors.returned_to(clerk)) == [returned]


def test_sending_back_refuses_silence_and_what_has_moved_on(furnished, clerk, reviewer):
    (word,) = confirm([furnished], clerk)
    assert codes(confirming.send_back, confirmation=word, remark=" ", by=reviewer) == ["no_remark"]
    with pytest.raises(Conflict):
        confirming.send_back(confirmation=word, remark="不实", revision=word.revision + 1, by=reviewer)
    confirming.check_confirmations(confirmations=[word], by=reviewer)
    assert codes(confirming.send_back, confirmation=word, remark="不实", by=reviewer) == ["not_waiting"]
    assert not Message.objects.exists()


def test_returned_word_wants_a_change_or_an_answer(furnished, clerk, reviewer):
    (word,) = confirm([furnished], clerk)
    confirming.send_back(confirmation=word, remark="请核实", by=reviewer)
    assert codes(confirming.confirm_unchanged, units=[furnished], year=YEAR, by=clerk) == ["unanswered"]
    (again,) = confirm([furnished], clerk, reply="已现场核实，情况属实")
    assert (again.state, again.reply, again.remark) == ("confirmed", "已现场核实，情况属实", "")


def test_page_confirms_checks_and_sends_back(furnished, clerk, reviewer, client_of):
    page = reverse("orgs:confirmation", args=[furnished.pk])
    values = {"units": furnished.pk, "year": YEAR, "from_unit": furnished.pk}
    clerks, reviewers = client_of(clerk), client_of(reviewer)
    assert "确认无变化" in clerks.get(page).content.decode()
    assert "确认无变化" not in reviewers.get(page).content.decode()
    assert clerks.post(reverse("orgs:confirm_items"), values).status_code == 302
    word = YearlyConfirmation.objects.get()
    back = reverse("orgs:return_items", args=[furnished.pk])
    blank = {"year": YEAR, "revision": word.revision}
    assert reviewers.post(back, blank).status_code == 422
    assert clerks.post(back, blank | {"remark": "不实"}).status_code == 403
    assert reviewers.post(back, blank | {"item_haves_premises": "无租约"}).status_code == 302
    assert "无租约" in clerks.get(page).content.decode()
    clerks.post(reverse("orgs:confirm_items"), values | {"reply": "已补"})
    reviewers.post(reverse("orgs:check_items"), values)
    word.refresh_from_db()
    assert word.state == "checked"


def test_list_confirms_everything_that_is_owed(tree, clerk, client_of):
    client = client_of(clerk)
    shown = client.get(reverse("orgs:confirmations"))
    owing = shown.context["owing"]
    assert owing == len(shown.context["rows"]) == 4
    client.post(reverse("orgs:confirm_items"), {"everything": "1", "year": YEAR})
    assert YearlyConfirmation.objects.filter(confirmed_by_id=clerk.pk).count() == owing
    again = client.post(reverse("orgs:confirm_items"), {"everything": "1", "year": YEAR}, follow=True)
    assert "请至少选择一个单位" in again.content.decode()


def test_foreign_unit_is_neither_confirmed_nor_shown(tree, clerk, client_of):
    client = client_of(clerk)
    foreign = tree.other_township
    assert client.get(reverse("orgs:confirmation", args=[foreign.pk])).status_code == 404
    client.post(reverse("orgs:confirm_items"), {"units": foreign.pk, "year": YEAR})
    assert not YearlyConfirmation.objects.exists()
