"""The procedure as data: drafted, checked, published; what began under a version ends under it."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import Any

import pytest
from django.urls import reverse

from accounts.models import User
from core.errors import Conflict, DomainError, Forbidden
from sanzhang.choices import Giver
from sanzhang.models import Candidacy, Procedure
from sanzhang.procedures import Authority, Plan, Step, plan_in_force, plan_of, presets
from sanzhang.services import candidacies, procedures
from sanzhang.services.procedures import ProcedureFacts
from tests.factories import Tree

OPENED = dt.date(2026, 3, 2)
EVERYWHERE = (3, 4, 5)
OWN = Step("", "研判提名", Giver.OWN, EVERYWHERE)
EMPLOYER = Step("", "所在单位意见", Giver.EMPLOYER, EVERYWHERE)
MEETING = Step("", "选举或增补", Giver.MEETING, EVERYWHERE)


def codes(error: pytest.ExceptionInfo[DomainError]) -> set[str]:
    return {problem.code for problem in error.value.problems}


def facts(*steps: Step, title: str = "全省程序", authorities: tuple[Authority, ...] = ()) -> ProcedureFacts:
    return ProcedureFacts(title, "省科协文件", steps, authorities)


def new_version(owner: Any, by: User, *steps: Step, **more: Any) -> Procedure:
    draft = procedures.draft(owner=owner, by=by)
    procedures.save_draft(procedure=draft, facts=facts(*steps, **more), by=by)
    return procedures.publish(procedure=draft, by=by)


def shortlist(tree: Tree, person: Any, by: User) -> Candidacy:
    return candidacies.open_candidacy(
        person=person, unit=tree.county, position="member", opened_on=OPENED, by=by
    )


def test_preset_becomes_the_first_version(tree: Tree, clerk: User, person_of: Any) -> None:
    candidacy = shortlist(tree, person_of(), clerk)
    again = shortlist(tree, person_of("赵一"), clerk)
    assert candidacy.procedure == again.procedure == Procedure.objects.get()
    assert dataclasses.replace(plan_of(candidacy.procedure_id), code="", provinces=()) == (
        dataclasses.replace(presets()["shandong"], code="", provinces=())
    )


def test_running_candidacy_keeps_its_version(
    tree: Tree, clerk: User, province_official: User, person_of: Any
) -> None:
    before = shortlist(tree, person_of(), clerk)
    second = new_version(tree.province, province_official, OWN, EMPLOYER, MEETING)
    after = shortlist(tree, person_of("赵一"), clerk)
    before.refresh_from_db()
    assert (before.procedure.version, before.due) == (1, "organisation")
    assert (after.procedure, after.due, after.waits_for) == (second, "employer", "employer")
    candidacies.record_step(candidacy=before, step="organisation", on=OPENED, opinion="agree", by=clerk)
    before.refresh_from_db()
    assert before.due == "decision"
    assert Procedure.objects.in_force().get() == second


def test_draft_is_one_and_only_the_provinces(
    tree: Tree, clerk: User, city_official: User, province_official: User
) -> None:
    for user in (clerk, city_official):
        with pytest.raises(Forbidden):
            procedures.draft(owner=tree.province, by=user)
    draft = procedures.draft(owner=tree.province, by=province_official, preset="zhoukou")
    assert [rule.key for rule in plan_of(draft.pk).rules] == [
        "shortlist", "superior", "organisation", "decision",
    ]  # fmt: skip
    with pytest.raises(Conflict):
        procedures.draft(owner=tree.province, by=province_official)
    procedures.drop_draft(procedure=draft, by=province_official)
    with pytest.raises(DomainError) as unknown:
        procedures.draft(owner=tree.province, by=province_official, preset="mars")
    assert codes(unknown) == {"preset_unknown"}


def test_published_version_never_changes(tree: Tree, province_official: User) -> None:
    made = new_version(tree.province, province_official, OWN, MEETING)
    for act in (
        lambda: procedures.save_draft(procedure=made, facts=facts(OWN, MEETING), by=province_official),
        lambda: procedures.publish(procedure=made, by=province_official),
        lambda: procedures.drop_draft(procedure=made, by=province_official),
    ):
        with pytest.raises(Conflict):
            act()


@pytest.mark.parametrize(
    ("steps", "code"),
    [
        ((MEETING,), "shortlist_first"),
        ((EMPLOYER, OWN, MEETING), "shortlist_first"),
        ((OWN, EMPLOYER), "decision_last"),
        ((OWN, MEETING, dataclasses.replace(MEETING, name="再次选举")), "one_decision"),
        ((OWN, dataclasses.replace(EMPLOYER, levels=()), MEETING), "step_without_level"),
        ((OWN, EMPLOYER, EMPLOYER, MEETING), "step_twice"),
        ((OWN, dataclasses.replace(EMPLOYER, name=" "), MEETING), "step_name_missing"),
        (
            (OWN, *[dataclasses.replace(EMPLOYER, name=f"第{n}") for n in range(12)], MEETING),
            "too_many_steps",
        ),
        ((OWN, dataclasses.replace(MEETING, levels=(3,))), "decision_last"),
    ],
)
def test_unlawful_steps(tree: Tree, province_official: User, steps: tuple[Step, ...], code: str) -> None:
    draft = procedures.draft(owner=tree.province, by=province_official)
    with pytest.raises(DomainError) as refused:
        procedures.save_draft(procedure=draft, facts=facts(*steps), by=province_official)
    assert code in codes(refused)
    assert len(plan_of(draft.pk).rules) == 4


@pytest.mark.parametrize(
    ("authority", "code"),
    [
        (Authority(" ", EVERYWHERE), "authority_missing"),
        (Authority("市委组织部", ()), "authority_without_level"),
        (Authority("省委组织部", EVERYWHERE), "authority_twice"),
    ],
)
def test_unlawful_authorities(tree: Tree, province_official: User, authority: Authority, code: str) -> None:
    draft = procedures.draft(owner=tree.province, by=province_official)
    both = (Authority("省委组织部", EVERYWHERE), authority)
    with pytest.raises(DomainError) as refused:
        procedures.save_draft(
            procedure=draft, facts=facts(OWN, MEETING, authorities=both), by=province_official
        )
    assert codes(refused) == {code}


def test_number_and_file_where_the_rule_demands_them(
    tree: Tree, clerk: User, province_official: User, person_of: Any, client_of: Any
) -> None:
    strict = dataclasses.replace(EMPLOYER, needs_number=True, needs_file=True)
    new_version(tree.province, province_official, OWN, strict, MEETING)
    candidacy = shortlist(tree, person_of(), clerk)
    typed = {"step": "employer", "on": OPENED, "opinion": "agree"}
    with pytest.raises(DomainError) as refused:
        candidacies.record_step(candidacy=candidacy, by=clerk, **typed)
    assert codes(refused) == {"number_missing", "file_missing"}
    from tests.pages import pdf

    url = reverse("sanzhang:take_step", args=[candidacy.pk])
    sent = typed | {"number": "院字〔2026〕3号", "file": pdf("意见.pdf")}
    assert client_of(clerk).post(url, sent).status_code == 302
    page = client_of(clerk).get(reverse("sanzhang:candidacy", args=[candidacy.pk])).content.decode()
    assert "意见.pdf" in page
    assert "院字〔2026〕3号" in page


def test_paper_opens_to_who_sees_the_candidacy(
    tree: Tree, clerk: User, other_clerk: User, person_of: Any, client_of: Any
) -> None:
    from files.models import Attachment
    from tests.pages import pdf

    candidacy = shortlist(tree, person_of(), clerk)
    candidacies.record_step(
        candidacy=candidacy, step="organisation", on=OPENED, opinion="agree", by=clerk, upload=pdf()
    )
    url = reverse("files:attachment", args=[Attachment.objects.get().pk])
    assert client_of(clerk).get(url).status_code == 200
    assert client_of(other_clerk).get(url).status_code == 404


def test_procedure_pages(tree: Tree, clerk: User, province_official: User, client_of: Any) -> None:
    client, where = client_of(province_official), reverse("sanzhang:procedures")
    assert client_of(clerk).get(where).status_code == 403
    assert "系统预置" in client.get(where).content.decode()
    assert client.post(reverse("sanzhang:draft_procedure"), {"preset": "zhoukou"}).status_code == 302
    draft = Procedure.objects.drafts().get()
    url = reverse("sanzhang:procedure", args=[draft.pk])
    assert client.get(url).status_code == 200
    typed = _typed(
        [("shortlist", "研判提名", "own"), ("", "主管部门意见", "employer"), ("d", "会议决定", "meeting")]
    )
    wrong = client.post(url, typed | {"steps-2-giver": "own"})
    assert wrong.status_code == 422
    assert "最后一个环节应是会议" in wrong.content.decode()
    assert "主管部门意见" in wrong.content.decode()
    assert client.post(url, typed).status_code == 302
    assert client.post(reverse("sanzhang:publish_procedure", args=[draft.pk])).status_code == 302
    plan: Plan = plan_in_force(tree.county)
    assert [rule.name for rule in plan.rules] == ["研判提名", "主管部门意见", "会议决定"]
    assert plan.filed_with(4) == ["省委组织部"]
    assert "不能修改" in client.get(url).content.decode()
    assert "第1版" in client.get(where).content.decode()


def _typed(steps: list[tuple[str, str, str]]) -> dict[str, Any]:
    sent: dict[str, Any] = {
        "title": "全省程序",
        "source": "文件",
        "steps-TOTAL_FORMS": len(steps),
        "steps-INITIAL_FORMS": len(steps),
        "authorities-TOTAL_FORMS": 1,
        "authorities-INITIAL_FORMS": 0,
        "authorities-0-name": "省委组织部",
        "authorities-0-levels": [3, 4],
    }
    for number, (key, name, giver) in enumerate(steps):
        row = {"key": key, "order": number + 1, "name": name, "giver": giver, "levels": list(EVERYWHERE)}
        sent |= {f"steps-{number}-{field}": value for field, value in row.items()}
    return sent
