"""Duty records: recording, mending, striking out; who may, and who sees them."""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from accounts.roles import Role
from audit.models import AuditEvent
from core.actor import SYSTEM
from core.errors import Conflict, DomainError, Forbidden
from files.models import Attachment
from orgs.models import OrgUnit
from sanzhang.choices import PartRole
from sanzhang.models import Activity, ActivityKind, CampaignDay
from sanzhang.permissions import VIEW_PEOPLE
from sanzhang.selectors.activities import campaigns_near, people_by_name, people_to_tick, work_of
from sanzhang.services import activity_kinds
from sanzhang.services.activities import (
    ActivityFacts,
    change_activity,
    record_activity,
    void_activity,
)
from sanzhang.services.photos import remove_photo
from tests.factories import user_at
from tests.work import activity, kind

NOW = dt.datetime(2026, 11, 20, 9, 0, tzinfo=dt.timezone(dt.timedelta(hours=8)))
DAY = dt.date(2026, 11, 10)


@pytest.fixture(autouse=True)
def stopped():
    with time_machine.travel(NOW, tick=False):
        yield


def facts(**changed) -> ActivityFacts:
    return dataclasses.replace(ActivityFacts(kind=kind(), held_on=DAY, residents=40), **changed)


def codes(refusal) -> list[str]:
    return [problem.code for problem in refusal.value.problems]


def test_recorded_activity_has_its_audience_people_and_trace(tree, clerk, person_of):
    head = person_of()
    made = record_activity(
        facts=facts(youth=10, people={head.pk: PartRole.LED}, co_units=[tree.township]),
        unit=tree.county,
        by=clerk,
    )
    assert (made.title, made.reached, made.ended_on) == ("义诊", 50, DAY)
    assert [(part.person, part.role) for part in made.parts.all()] == [(head, "led")]
    assert made.co_hosts.get().unit == tree.township
    assert AuditEvent.objects.get(kind="sanzhang.activity_recorded").object_id == str(made.pk)


def test_same_key_sent_twice_is_one_record(tree, clerk):
    key = uuid.uuid4()
    first = record_activity(facts=facts(), unit=tree.county, by=clerk, key=key)
    assert record_activity(facts=facts(), unit=tree.county, by=clerk, key=key) == first
    assert Activity.objects.count() == 1


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"held_on": dt.date(2026, 11, 21)}, "in_the_future"),
        ({"held_on": dt.date(2024, 12, 31)}, "too_long_ago"),
        ({"ended_on": dt.date(2026, 11, 9)}, "ends_before_start"),
        ({"held_on": dt.date(2026, 9, 1), "ended_on": dt.date(2026, 10, 10)}, "too_long"),
        ({"residents": 0}, "nobody_reached"),
        ({"residents": 2_000_000}, "too_many"),
        ({"people": {999_999: PartRole.LED}}, "unknown_person"),
        ({"note": "身份证370102197501011234"}, "identity_number"),
    ],
)
def test_activity_that_breaks_a_rule_is_refused(tree, clerk, changed, code):
    with pytest.raises(DomainError) as refusal:
        record_activity(facts=facts(**changed), unit=tree.county, by=clerk)
    assert code in codes(refusal)
    assert not Activity.objects.exists()
    record_activity(facts=facts(), unit=tree.county, by=clerk)


def test_adoption_wants_its_number(tree, clerk):
    with pytest.raises(DomainError) as refusal:
        record_activity(facts=facts(kind=kind("推广新品种"), residents=0), unit=tree.county, by=clerk)
    assert codes(refusal) == ["nothing_adopted"]


def test_host_is_no_co_host(tree, clerk):
    with pytest.raises(DomainError) as refusal:
        record_activity(facts=facts(co_units=[tree.county]), unit=tree.county, by=clerk)
    assert codes(refusal) == ["host_twice"]


def test_unit_that_was_not_open_hosts_nothing(tree, clerk):
    OrgUnit.objects.filter(pk=tree.township.pk).update(opened_on=dt.date(2026, 11, 15))
    township = OrgUnit.objects.get(pk=tree.township.pk)
    with pytest.raises(DomainError) as refusal:
        record_activity(facts=facts(), unit=township, by=clerk)
    assert codes(refusal) == ["unit_not_yet_open"]


def test_kind_out_of_use_is_refused_but_stays_on_what_has_it(tree, clerk):
    made = record_activity(facts=facts(), unit=tree.county, by=clerk)
    ActivityKind.objects.filter(name="义诊").update(is_active=False)
    with pytest.raises(DomainError) as refusal:
        record_activity(facts=facts(place="另一处"), unit=tree.county, by=clerk)
    assert codes(refusal) == ["kind_not_in_use"]
    change_activity(activity=made, revision=1, facts=facts(residents=41), by=clerk)


def test_likely_double_passes_with_an_explanation(tree, clerk):
    record_activity(facts=facts(), unit=tree.county, by=clerk)
    with pytest.raises(DomainError) as refusal:
        record_activity(facts=facts(), unit=tree.county, by=clerk)
    assert codes(refusal) == ["maybe_double"]
    record_activity(facts=facts(), unit=tree.county, by=clerk, explanation="下午又办一场")
    assert Activity.objects.count() == 2


def test_only_the_host_desk_records(tree, clerk, other_clerk, city_official, township_clerk, leader):
    for nobody in (other_clerk, city_official, leader):
        with pytest.raises(Forbidden):
            record_activity(facts=facts(), unit=tree.county, by=nobody)
    with pytest.raises(Forbidden):
        record_activity(facts=facts(), unit=tree.county, by=township_clerk)
    record_activity(facts=facts(), unit=tree.township, by=township_clerk)
    record_activity(facts=facts(place="镇卫生院"), unit=tree.township, by=clerk)
    record_activity(facts=facts(), unit=tree.city, by=city_official)


def test_changed_activity_keeps_when_it_was_recorded(tree, clerk, person_of):
    first, second = person_of("王秀兰"), person_of("赵一鸣")
    made = activity(tree.county, first, on=DAY)
    with time_machine.travel(NOW + dt.timedelta(days=3), tick=False):
        changed = change_activity(
            activity=made,
            revision=1,
            facts=facts(residents=60, people={second.pk: PartRole.JOINED}),
            by=clerk,
        )
    assert (changed.reached, changed.revision, changed.recorded_at) == (60, 2, made.recorded_at)
    standing = changed.parts.filter(removed_at__isnull=True)
    assert [(part.person, part.role) for part in standing] == [(second, "joined")]
    assert changed.parts.count() == 2
    changes = AuditEvent.objects.get(kind="sanzhang.activity_changed").data["changes"]
    assert changes["residents"] == [40, 60]


def test_change_on_an_old_revision_is_a_conflict(tree, clerk):
    made = activity(tree.county, on=DAY)
    change_activity(activity=made, revision=1, facts=facts(residents=50), by=clerk)
    with pytest.raises(Conflict):
        change_activity(activity=made, revision=1, facts=facts(residents=60), by=clerk)


def test_change_by_a_foreign_desk_is_refused(tree, clerk, other_clerk):
    made = activity(tree.county, on=DAY)
    with pytest.raises(Forbidden):
        change_activity(activity=made, revision=1, facts=facts(), by=other_clerk)
    change_activity(activity=made, revision=1, facts=facts(), by=clerk)


def test_voiding_wants_a_reason_and_happens_once(tree, clerk, other_clerk):
    made = activity(tree.county, on=DAY)
    with pytest.raises(DomainError):
        void_activity(activity=made, reason=" ", by=clerk)
    with pytest.raises(Forbidden):
        void_activity(activity=made, reason="登记错误", by=other_clerk)
    assert void_activity(activity=made, reason="登记错误", by=clerk).void_reason == "登记错误"
    with pytest.raises(Conflict):
        void_activity(activity=made, reason="再来", by=clerk)
    with pytest.raises(Conflict):
        change_activity(activity=made, revision=2, facts=facts(), by=clerk)


def test_scope_is_the_host_chain_and_the_co_hosts(tree, clerk, other_clerk, city_official, province_official):
    own = activity(tree.county, on=DAY)
    joint = activity(tree.other_county, on=DAY, co_units=[tree.township])
    seen = {
        user: set(Activity.objects.visible_to(user, VIEW_PEOPLE))
        for user in (clerk, other_clerk, city_official)
    }
    assert seen[clerk] == {own, joint}
    assert seen[other_clerk] == {joint}
    assert seen[city_official] == {own, joint}
    assert Activity.objects.visible_to(province_official, VIEW_PEOPLE).count() == 2
    assert set(Activity.objects.hosted_within(tree.county)) == {own}


def test_people_of_the_township_are_offered_those_of_its_villages_after(tree, person_of, seat_of):
    leader, worker = (
        person_of("王秀兰", tree.township),
        person_of("安一", tree.township, occupation="村卫生室主任"),
    )
    seat_of(leader, tree.township)
    seat_of(worker, tree.village, position="team_member")
    assert people_to_tick(tree.township) == [leader, worker]
    assert people_to_tick(tree.county) == []


def test_people_of_others_are_found_by_name_nearest_first(tree, person_of):
    far, near = person_of("王秀", tree.other_county), person_of("王秀兰", tree.county)
    assert people_by_name("王秀", tree.county) == [near, far]
    assert people_by_name("王", tree.county) == []


def test_work_of_a_person_follows_the_merged_records(tree, person_of):
    kept, gone = person_of("王秀兰"), person_of("王秀蓝")
    activity(tree.county, kept, on=DAY)
    activity(tree.county, gone, on=DAY)
    gone.merged_into = kept
    gone.save(update_fields=["merged_into"])
    assert len(work_of(kept)) == 2


def test_campaign_days_near_are_suggested(db):
    activity_kinds.load_defaults(by=SYSTEM)
    assert [one.day.name for one in campaigns_near(dt.date(2026, 6, 8))] == ["世界环境日", "全国爱眼日"]
    assert CampaignDay(month=2, day=29).in_year(2026)[0] == dt.date(2026, 2, 28)


def test_default_kinds_load_once(db):
    assert activity_kinds.load_defaults(by=SYSTEM) > 30
    assert activity_kinds.load_defaults(by=SYSTEM) == 0


def test_kind_in_use_keeps_what_it_counts_as(tree, province_official, clerk):
    activity(tree.county, on=DAY)
    known = {"name": "义诊", "duty": "activity", "asks_adopted": False, "order": 5, "is_active": True}
    with pytest.raises(DomainError) as refusal:
        activity_kinds.save_kind(**known, counts_as="none", kind=kind(), by=province_official)
    assert codes(refusal) == ["kind_in_use"]
    with pytest.raises(Forbidden):
        activity_kinds.save_kind(**known, counts_as="health", kind=kind(), by=clerk)
    assert activity_kinds.save_kind(**known, counts_as="health", kind=kind(), by=province_official).order == 5
    with pytest.raises(DomainError) as refusal:
        activity_kinds.save_kind(**known, counts_as="health", by=province_official)
    assert codes(refusal) == ["name_taken"]


def sent(tree, **changed):
    form = {"unit": tree.county.pk, "kind": kind().pk, "held_on": "2026-11-10", "residents": "40"}
    return form | changed


def test_page_records_an_activity_with_ticked_people(tree, clerk, client_of, person_of, seat_of):
    head = person_of()
    seat_of(head)
    client = client_of(clerk)
    html = client.get(reverse("duty:new_activity")).content.decode()
    assert f'name="part-{head.pk}"' in html
    answer = client.post(reverse("duty:new_activity"), sent(tree, **{f"part-{head.pk}": "led"}))
    made = Activity.objects.get()
    assert answer.url.startswith(made.get_absolute_url())
    assert made.parts.get().role == "led"


def test_page_that_refuses_keeps_what_was_typed(tree, clerk, client_of, person_of, seat_of):
    head = person_of()
    seat_of(head)
    answer = client_of(clerk).post(
        reverse("duty:new_activity"), sent(tree, residents="", place="镇卫生院", **{f"part-{head.pk}": "led"})
    )
    html = answer.content.decode()
    assert answer.status_code == 422
    assert "请填写服务人次" in html and "镇卫生院" in html
    assert 'value="led" checked' in html


def test_page_of_a_foreign_host_is_refused(tree, clerk, client_of):
    answer = client_of(clerk).post(reverse("duty:new_activity"), sent(tree, unit=tree.other_county.pk))
    assert answer.status_code == 422
    assert not Activity.objects.exists()


def test_copy_begins_with_the_other_but_today(tree, clerk, client_of):
    made = activity(tree.county, on=DAY, place="区医院")
    html = client_of(clerk).get(reverse("duty:new_activity"), {"copy": made.pk}).content.decode()
    assert "区医院" in html and 'value="2026-11-20"' in html


def test_person_of_others_is_shown_by_name_only(tree, clerk, client_of, person_of):
    far = person_of("王秀兰", tree.other_county, phone="13805310001")
    client = client_of(clerk)
    html = client.get(reverse("duty:find_people"), {"name": "王秀"}).content.decode()
    assert "王秀兰" in html and far.employer not in html
    made = activity(tree.county, far, on=DAY)
    html = client.get(made.get_absolute_url()).content.decode()
    assert "王秀兰" in html and far.get_absolute_url() not in html and "138" not in html


def test_edit_and_void_pages(tree, clerk, other_clerk, client_of):
    made = activity(tree.county, on=DAY)
    edit, void = (reverse(f"duty:{name}_activity", args=[made.pk]) for name in ("edit", "void"))
    assert client_of(other_clerk).get(edit).status_code == 404
    client = client_of(clerk)
    assert client.post(edit, sent(tree, residents="50", revision="1")).status_code == 302
    assert client.post(edit, sent(tree, residents="60", revision="1")).status_code == 422
    assert client.post(void, {"reason": "登记错误"}).status_code == 302
    made.refresh_from_db()
    assert (made.residents, made.voided_at is not None) == (50, True)


def test_leader_reads_but_does_not_write(tree, leader, clerk, client_of):
    made = activity(tree.county, on=DAY)
    client = client_of(leader)
    assert client.get(made.get_absolute_url()).status_code == 200
    assert client.get(reverse("duty:new_activity")).status_code == 403
    assert client.post(reverse("duty:void_activity", args=[made.pk]), {"reason": "x"}).status_code == 403


def test_list_is_found_by_every_condition(tree, clerk, client_of, person_of):
    head = person_of()
    activity(tree.county, head, on=DAY, title="敬老院义诊")
    activity(tree.township, of="调研", on=dt.date(2026, 10, 2), residents=0, title="果园调研")
    client = client_of(clerk)

    def found(**query):
        rows = client.get(reverse("duty:activities"), query).context["table"].rows
        return sorted(row.record.title for row in rows)

    assert found() == ["敬老院义诊", "果园调研"]
    assert found(q="敬老院") == ["敬老院义诊"]
    assert found(q=head.name) == ["敬老院义诊"]
    assert found(q=head.initials) == found(q=head.pinyin.upper()) == ["敬老院义诊"]
    assert found(unit=tree.township.pk) == ["果园调研"]
    assert found(duty="survey") == ["果园调研"]
    assert found(counts_as="health") == ["敬老院义诊"]
    assert found(since="2026-11-01") == ["敬老院义诊"]
    assert found(led="yes") == ["敬老院义诊"]
    assert found(late="yes") == ["果园调研"]
    assert found(person=head.pk) == ["敬老院义诊"]
    assert found(state="voided") == []


def test_photo_is_kept_and_taken_off(tree, clerk, other_clerk, client_of):
    made = activity(tree.county, on=DAY)
    client = client_of(clerk)
    upload = SimpleUploadedFile("签到表.pdf", b"%PDF-1.4\n%%EOF\n", content_type="application/pdf")
    assert client.post(reverse("duty:add_photo", args=[made.pk]), {"file": upload}).status_code == 302
    photo = Attachment.objects.of(made).get()
    with pytest.raises(Conflict):
        remove_photo(activity=activity(tree.county, on=DAY), photo=photo, by=clerk)
    where = reverse("files:attachment", args=[photo.pk])
    assert client.get(where).status_code == 200
    assert client_of(other_clerk).get(where).status_code == 404
    assert client.post(reverse("duty:drop_photo", args=[made.pk, photo.pk])).status_code == 302
    assert not Attachment.objects.of(made).exists()


def test_api_records_and_lists(tree, clerk, other_clerk, api_of, person_of):
    head = person_of()
    kind()
    api = api_of(clerk)
    body = {
        "unit": tree.county.pk,
        "kind": "义诊",
        "held_on": "2026-11-10",
        "residents": 40,
        "parts": [{"person": head.pk, "role": "led"}],
    }
    made = api.post(reverse("v1:activity-list"), body, format="json")
    assert made.status_code == 201, made.content.decode()
    assert made.json()["parts"] == [{"person": head.pk, "name": head.name, "role": "led"}]
    assert api.get(reverse("v1:activity-list")).json()["count"] == 1
    assert api_of(other_clerk).get(reverse("v1:activity-list")).json()["count"] == 0
    refused = api.post(reverse("v1:activity-list"), body | {"residents": 0}, format="json")
    assert refused.status_code == 422
    foreign = api.post(reverse("v1:activity-list"), body | {"unit": tree.other_county.pk}, format="json")
    assert foreign.status_code == 400


def test_reviewer_alone_does_not_record(tree, api_of):
    kind()
    body = {"unit": tree.county.pk, "kind": "义诊", "held_on": "2026-11-10", "residents": 40}
    answer = api_of(user_at(tree.county, Role.REVIEWER)).post(
        reverse("v1:activity-list"), body, format="json"
    )
    assert answer.status_code == 403
