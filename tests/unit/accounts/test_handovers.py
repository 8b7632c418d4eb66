"""Handing a desk over: the list, the word of both, and what passes with the second."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from accounts import registry
from accounts.models import Handover, HandoverState, LineKind, Posting, SavedView
from accounts.registry import Work
from accounts.roles import Role
from accounts.selectors import people_at
from accounts.services.handover_lines import since
from accounts.services.handovers import NewLines, cancel, give, open_handover, take, write_remarks
from audit.models import AuditEvent
from core import clock
from core.errors import Conflict, DomainError, Forbidden
from files import services as files
from files.models import ExportJob
from notices.models import Message
from tests.factories import PostingFactory, Tree, user_at


@pytest.fixture
def successor(tree):
    return user_at(tree.county, Role.LEADER, name="赵接任")


@pytest.fixture
def handover(tree, clerk, successor, unit_admin) -> Handover:
    return open_handover(leaver=clerk, successor=successor, by=unit_admin)


def texts(handover: Handover, kind: LineKind) -> list[str]:
    return list(handover.lines.filter(kind=kind).values_list("text", flat=True))


def marks(handover: Handover) -> list[str]:
    return [entry.mark for entry in since(handover).new]


@pytest.fixture
def in_hand(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """What every reporter has to do, as far as it is; the tests change it."""
    work = {"11月月报": "填报中"}

    def told(posting: Posting) -> list[Work]:
        return [Work(*one) for one in work.items()] if posting.role == Role.REPORTER else []

    monkeypatch.setattr(registry, "_counters", [told])
    return work


def works(handover: Handover) -> list[tuple[str, str, bool, bool]]:
    rows = handover.lines.filter(kind=LineKind.WORK)
    return [(row.text, row.standing, row.added_at is not None, row.settled_at is not None) for row in rows]


def test_work_that_came_since_is_seen_before_it_is_given(clerk, successor, in_hand, handover):
    in_hand["12月月报"] = "填报中"
    with pytest.raises(NewLines, match="12月月报"):
        give(handover=handover, by=clerk)
    give(handover=handover, by=clerk, seen=marks(handover))
    assert works(handover) == [("11月月报", "填报中", False, False), ("12月月报", "填报中", True, False)]
    in_hand["季度普查"] = "填报中"
    with pytest.raises(NewLines, match="季度普查"):
        take(handover=handover, by=successor, seen=["work|12月月报|1"])
    assert take(handover=handover, by=successor, seen=marks(handover)).state == HandoverState.DONE
    assert works(handover)[-1] == ("季度普查", "填报中", True, False)


def test_successor_confirms_again_what_came_after_the_first_word(clerk, successor, in_hand, handover):
    take(handover=handover, by=successor)
    in_hand["12月月报"] = "填报中"
    given = give(handover=handover, by=clerk, seen=marks(handover))
    assert given.is_open and given.taken_at is None
    assert take(handover=handover, by=successor).state == HandoverState.DONE


def test_work_done_meanwhile_is_marked_and_its_standing_followed(clerk, successor, in_hand, handover):
    in_hand["11月月报"] = "已退回"
    give(handover=handover, by=clerk)
    assert works(handover) == [("11月月报", "已退回", False, False)]
    in_hand.clear()
    take(handover=handover, by=successor)
    assert works(handover) == [("11月月报", "已退回", False, True)]


def test_a_posting_given_meanwhile_passes_only_when_seen(tree, clerk, successor, handover):
    give(handover=handover, by=clerk)
    PostingFactory(user=clerk, unit=tree.county, role=Role.REVIEWER)
    clerk.forget_postings()
    with pytest.raises(NewLines, match="审核员"):
        take(handover=handover, by=successor)


def test_page_shows_what_came_and_keeps_what_was_typed(clerk, successor, client_of, in_hand, handover):
    page = reverse("accounts:handover", args=[handover.pk])
    leaving = client_of(clerk)
    assert "清单之后新增" not in leaving.get(page).content.decode()
    in_hand["12月月报"] = "填报中"
    line = handover.lines.filter(kind=LineKind.UNIT).first()
    typed = {"note": "祝顺利", f"remark-{line.pk}": "电话收数"}
    refused = leaving.post(f"{page}give/", typed)
    assert refused.status_code == 409
    text = refused.content.decode()
    assert "12月月报" in text and "电话收数" in text and "祝顺利" in text
    assert leaving.post(f"{page}give/", typed).status_code == 302
    in_hand["季度普查"] = "填报中"
    taking = client_of(successor)
    assert taking.post(f"{page}take/").status_code == 409
    shown = taking.get(page)
    assert "季度普查" in shown.content.decode()
    seen = [entry.mark for entry in shown.context["new"]]
    assert taking.post(f"{page}take/", {"seen": seen}).status_code == 302
    assert Handover.objects.get(pk=handover.pk).state == HandoverState.DONE


def test_list_names_posts_units_and_views(tree: Tree, clerk, successor, unit_admin):
    SavedView.objects.create(owner=clerk, unit=tree.county, page="orgs:list", name="空白点")
    handover = open_handover(leaver=clerk, successor=successor, by=unit_admin, note="每月18日收数")
    assert texts(handover, LineKind.POSTING) == ["历下区 填报员"]
    assert texts(handover, LineKind.UNIT) == [
        "历下区",
        "历下区解放路街道",
        "历下区千佛山街道",
        "历下区趵突泉街道",
    ]
    assert texts(handover, LineKind.VIEW) == ["空白点"]
    assert (handover.note, handover.unit) == ("每月18日收数", tree.county)


def test_nothing_passes_before_both_have_confirmed(tree, clerk, successor, handover):
    give(handover=handover, by=clerk)
    assert people_at(tree.county, [Role.REPORTER]) == [clerk]
    done = take(handover=handover, by=successor)
    assert done.state == HandoverState.DONE
    assert people_at(tree.county, [Role.REPORTER]) == [successor]
    clerk.refresh_from_db()
    assert not clerk.is_active
    assert Posting.objects.on(clock.today()).filter(user=successor).count() == 2
    assert AuditEvent.objects.filter(kind="accounts.handed_over").count() == 1


def test_either_may_be_the_first_to_confirm(tree, clerk, successor, handover):
    assert take(handover=handover, by=successor).is_open
    assert not give(handover=handover, by=clerk).is_open


def test_account_stays_where_that_was_asked(clerk, successor, unit_admin):
    handover = open_handover(leaver=clerk, successor=successor, by=unit_admin, closes_account=False)
    give(handover=handover, by=clerk)
    take(handover=handover, by=successor)
    clerk.refresh_from_db()
    assert clerk.is_active
    assert not clerk.postings.on(clock.today()).exists()


def test_views_pass_and_keep_apart(tree, clerk, successor, unit_admin, handover):
    for owner in (clerk, successor):
        SavedView.objects.create(owner=owner, unit=tree.county, page="orgs:list", name="空白点")
    give(handover=handover, by=clerk, seen=marks(handover))
    take(handover=handover, by=successor)
    assert set(SavedView.objects.filter(owner=successor).values_list("name", flat=True)) == {
        "空白点",
        f"空白点（{clerk.name[:10]}）",
    }


def test_remarks_are_the_leavers_until_confirmed(clerk, successor, handover):
    line = handover.lines.filter(kind=LineKind.UNIT).first()
    with pytest.raises(Forbidden):
        write_remarks(handover=handover, remarks={line.pk: "找小王"}, note="", by=successor)
    give(handover=handover, by=clerk, remarks={line.pk: "找小王要数"}, note="祝顺利")
    line.refresh_from_db()
    handover.refresh_from_db()
    assert (line.remark, handover.note) == ("找小王要数", "祝顺利")
    with pytest.raises(Conflict):
        write_remarks(handover=handover, remarks={line.pk: "改口"}, note="", by=clerk)


def test_stand_in_needs_a_reason_and_the_right(unit_admin, other_clerk, successor, handover):
    for by, error in ((other_clerk, Forbidden), (successor, Forbidden), (unit_admin, DomainError)):
        with pytest.raises(error):
            give(handover=handover, by=by)
    assert give(handover=handover, by=unit_admin, reason="已调离").stand_in_reason == "已调离"


def test_only_the_successor_takes_over(clerk, unit_admin, successor, handover):
    for by in (clerk, unit_admin):
        with pytest.raises(Forbidden):
            take(handover=handover, by=by)
    take(handover=handover, by=successor)
    with pytest.raises(Conflict):
        take(handover=handover, by=successor)


def test_confirmed_twice_by_the_leaver(clerk, handover):
    give(handover=handover, by=clerk)
    with pytest.raises(Conflict):
        give(handover=handover, by=clerk)


def test_cancelled_changes_nothing_and_ends_it(tree, clerk, successor, other_clerk, handover):
    with pytest.raises(Forbidden):
        cancel(handover=handover, reason="不走了", by=other_clerk)
    with pytest.raises(DomainError, match="原因"):
        cancel(handover=handover, reason=" ", by=clerk)
    assert cancel(handover=handover, reason="不走了", by=clerk).state == HandoverState.CANCELLED
    with pytest.raises(Conflict):
        take(handover=handover, by=successor)
    assert people_at(tree.county, [Role.REPORTER]) == [clerk]


def test_one_open_handover_a_leaver(clerk, successor, unit_admin, handover):
    with pytest.raises(Conflict):
        open_handover(leaver=clerk, successor=successor, by=unit_admin)
    cancel(handover=handover, reason="重来", by=unit_admin)
    assert open_handover(leaver=clerk, successor=successor, by=unit_admin).is_open


def test_opened_by_who_administers_the_desk_alone(tree, clerk, successor, other_clerk, unit_admin):
    for by in (clerk, successor, other_clerk):
        with pytest.raises(Forbidden):
            open_handover(leaver=clerk, successor=successor, by=by)
    assert open_handover(leaver=clerk, successor=successor, by=unit_admin).is_open


def test_handover_to_an_officer_or_oneself_or_of_nothing(tree, clerk, successor, unit_admin):
    officer = user_at(tree.province, Role.AUDIT_ADMIN)
    with pytest.raises(DomainError, match="互斥"):
        open_handover(leaver=clerk, successor=officer, by=unit_admin)
    with pytest.raises(DomainError, match="本人"):
        open_handover(leaver=clerk, successor=clerk, by=unit_admin)
    clerk.postings.update(ends_on=dt.date(2021, 1, 1))
    clerk.forget_postings()
    with pytest.raises(DomainError, match="无需交接"):
        open_handover(leaver=clerk, successor=successor, by=unit_admin)


def test_all_postings_pass_at_once(tree, clerk, successor, unit_admin):
    PostingFactory(user=clerk, unit=tree.county, role=Role.LEADER)
    clerk.forget_postings()
    handover = open_handover(leaver=clerk, successor=successor, by=unit_admin)
    give(handover=handover, by=clerk)
    take(handover=handover, by=successor)
    held = Posting.objects.on(clock.today()).filter(user=successor)
    assert {posting.role for posting in held} == {"leader", "reporter"}


def test_both_are_told_and_not_who_acts(clerk, successor, unit_admin, handover):
    told = lambda user: Message.objects.to(user).filter(kind="handover").count()  # noqa: E731
    assert (told(clerk), told(successor), told(unit_admin)) == (1, 1, 0)
    give(handover=handover, by=clerk)
    assert (told(clerk), told(successor), told(unit_admin)) == (1, 2, 1)


def test_journey_on_the_pages(tree, clerk, successor, unit_admin, other_clerk, client_of):
    admin = client_of(unit_admin)
    begin = reverse("accounts:begin_handover", args=[clerk.pk])
    assert "历下区 填报员" in admin.get(begin).content.decode()
    assert admin.post(begin, {"successor": "nobody"}).status_code == 422
    assert admin.post(begin, {"successor": successor.username, "closes_account": "on"}).status_code == 302
    page = reverse("accounts:handover", args=[Handover.objects.get().pk])
    assert client_of(other_clerk).get(page).status_code == 404
    line = Handover.objects.get().lines.filter(kind=LineKind.UNIT).first()
    leaving = client_of(clerk)
    assert "确认移交" in leaving.get(page).content.decode()
    leaving.post(f"{page}remarks/", {f"remark-{line.pk}": "电话收数", "note": "说明"})
    leaving.post(f"{page}give/", {})
    taking = client_of(successor)
    shown = taking.get(page).content.decode()
    assert "电话收数" in shown
    assert "确认接收" in shown
    taking.post(f"{page}take/")
    assert Handover.objects.get().state == HandoverState.DONE
    clerk.refresh_from_db()
    assert not clerk.is_active
    assert "已交接" in taking.get(reverse("accounts:handovers"), {"state": "done"}).content.decode()
    assert clerk.name not in client_of(other_clerk).get(reverse("accounts:handovers")).content.decode()


def test_cancel_on_the_page(clerk, client_of, handover):
    client = client_of(clerk)
    url = reverse("accounts:cancel_handover", args=[handover.pk])
    assert client.post(url, {"reason": ""}).status_code == 422
    assert client.post(url, {"reason": "不走了"}).status_code == 302
    handover.refresh_from_db()
    assert handover.cancel_reason == "不走了"


def test_list_as_a_sheet(unit_admin, client_of, handover, clerk):
    client_of(unit_admin).post(reverse("files:start", args=["accounts.handovers"]) + "?state=open")
    job = ExportJob.objects.of(unit_admin).get()
    files.run_export(job_id=job.pk)
    job.refresh_from_db()
    sheet = load_workbook(job.file.open("rb")).active
    assert [row[0].value for row in sheet.iter_rows(min_row=4)] == [clerk.name]


def test_list_of_a_leaver_without_postings_is_nobody_elses(tree, clerk, handover):
    clerk.postings.update(ends_on=clock.today() - dt.timedelta(days=1))
    stranger = user_at(tree.city, Role.REPORTER)
    for act in (
        lambda by: write_remarks(handover=handover, remarks={}, note="照旧", by=by),
        lambda by: cancel(handover=handover, reason="已调离", by=by),
    ):
        with pytest.raises(Forbidden):
            act(stranger)
    administrator = user_at(tree.city, Role.UNIT_ADMIN)
    assert cancel(handover=handover, reason="已调离", by=administrator).cancel_reason == "已调离"


def test_posting_given_until_a_day_passes_until_that_day(clerk, successor, handover):
    last = clock.today() + dt.timedelta(days=30)
    clerk.postings.update(ends_on=last)
    give(handover=handover, by=clerk)
    take(handover=handover, by=successor)
    assert list(successor.postings.filter(role=Role.REPORTER).values_list("ends_on", flat=True)) == [last]


def test_views_of_one_name_stay_apart_however_often_they_pass(clerk, successor, handover):
    for owner, name in (
        (clerk, "空白点"),
        (successor, "空白点"),
        (successor, f"空白点（{clerk.name[:10]}）"),
    ):
        SavedView.objects.create(owner=owner, unit=owner.unit, page="orgs:list", name=name)
    give(handover=handover, by=clerk, seen=marks(handover))
    take(handover=handover, by=successor)
    names = {"空白点", f"空白点（{clerk.name[:10]}）", f"空白点（{clerk.name[:10]}2）"}
    assert set(SavedView.objects.filter(owner=successor).values_list("name", flat=True)) == names
