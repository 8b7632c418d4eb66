"""What one difference is taken for: what may be decided, what is refused and by which field, and what stands together."""

from __future__ import annotations

import codecs
import gzip

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from accounts.roles import Role
from audit.models import AuditEvent
from core.actor import SYSTEM
from core.errors import Conflict, DomainError, Forbidden
from orgs.choices import ActKind
from orgs.models import DivisionChange, DivisionUpdate
from orgs.rules.reorganising import Line
from orgs.services import yearly
from tests.factories import user_at
from tests.reorganised import drafted


@pytest.fixture
def update(tree):
    return DivisionUpdate.objects.create(unit=tree.province, year=2026, file_name="a.csv", created_by="系统")


def row(update, kind, unit, *, code="", name="", level=4):
    return DivisionChange.objects.create(
        update=update,
        kind=kind,
        unit=unit,
        unit_label=str(unit or ""),
        level=unit.level if unit else level,
        unit_kind="regular",
        old_code=unit.division_code if unit else "",
        old_name=unit.name if unit else "",
        division_code=code or unit.division_code,
        name=name or unit.name,
    )


@pytest.fixture
def gone(tree, update):
    return row(update, "gone", tree.township)


@pytest.fixture
def added(update):
    return row(update, "added", None, code="370102009", name="泉城街道")


def refusal(act, **options):
    with pytest.raises(DomainError) as refused:
        act(by=SYSTEM, **options)
    return [(problem.code, problem.field) for problem in refused.value.problems]


def u(unit):
    return f"u{unit.pk}"


@pytest.mark.parametrize("decision", ["open", "", "nothing"])
def test_decision_that_the_kind_does_not_allow_is_refused(update, gone, decision):
    assert refusal(yearly.decide, update=update, change=gone, decision=decision, targets=[]) == [
        ("bad_decision", "decision")
    ]


def test_number_of_successors_follows_the_decision(tree, update, gone, added):
    one, two = u(tree.sister_township), u(tree["370102003"])
    for decision, targets in (
        ("merge", []),
        ("merge", [one, two]),
        ("split", [one]),
        ("same", []),
        ("close", [one]),
        ("ignore", [one]),
    ):
        found = refusal(yearly.decide, update=update, change=gone, decision=decision, targets=targets)
        assert found == [("targets", "targets")], decision
    assert refusal(yearly.decide, update=update, change=added, decision="split", targets=[one, two]) == [
        ("targets", "targets")
    ]


def test_successor_is_another_unit_of_the_level_and_the_land(tree, update, gone):
    for wrong in (u(tree.township), u(tree.county), "u999999", "x", "c12"):
        found = refusal(yearly.decide, update=update, change=gone, decision="merge", targets=[wrong])
        assert found == [("bad_target", "targets")], wrong
    narrow = DivisionUpdate.objects.create(unit=tree.county, year=2026, file_name="b.csv", created_by="系统")
    inside = row(narrow, "gone", tree.township)
    outside = [u(tree["370112001"])]
    assert refusal(yearly.decide, update=narrow, change=inside, decision="merge", targets=outside) == [
        ("bad_target", "targets")
    ]


def test_same_unit_is_said_of_one_gone_and_one_added(tree, update, gone, added):
    assert refusal(
        yearly.decide, update=update, change=gone, decision="same", targets=[u(tree.sister_township)]
    ) == [("no_partner", "targets")]
    yearly.decide(update=update, change=gone, decision="same", targets=[f"c{added.pk}"], by=SYSTEM)
    added.refresh_from_db()
    assert (added.decision, added.targets) == ("same", [u(tree.township)])
    other = row(update, "gone", tree.sister_township)
    assert refusal(yearly.decide, update=update, change=other, decision="same", targets=[f"c{added.pk}"]) == [
        ("partner_taken", "targets")
    ]


def test_other_decision_sets_the_partner_free(tree, update, gone, added):
    yearly.decide(update=update, change=gone, decision="same", targets=[f"c{added.pk}"], by=SYSTEM)
    gone.refresh_from_db()
    yearly.decide(update=update, change=gone, decision="close", targets=[], by=SYSTEM)
    added.refresh_from_db()
    assert (added.decision, added.targets) == ("", [])


def test_reset_takes_the_decision_and_the_partners_back(update, gone, added):
    yearly.decide(update=update, change=gone, decision="same", targets=[f"c{added.pk}"], by=SYSTEM)
    yearly.reset(update=update, change=added, by=SYSTEM)
    gone.refresh_from_db()
    added.refresh_from_db()
    assert (gone.decision, added.decision) == ("", "")
    assert AuditEvent.objects.filter(kind="orgs.division_reset").count() == 1


def test_what_a_draft_carries_is_no_longer_decided(tree, update, gone, added):
    held = drafted(tree.province, [Line(ActKind.RENAME, unit_id=tree.township.pk, name="泉城街道")])
    DivisionChange.objects.filter(pk=gone.pk).update(reorganisation=held)
    for act in (
        lambda: yearly.decide(update=update, change=gone, decision="close", targets=[], by=SYSTEM),
        lambda: yearly.reset(update=update, change=gone, by=SYSTEM),
    ):
        with pytest.raises(Conflict):
            act()
    assert refusal(
        yearly.decide, update=update, change=added, decision="same", targets=[u(tree.township)]
    ) == [("partner_bound", "targets")]


def test_decisions_are_for_who_drafts_there(tree, update, gone, clerk):
    with pytest.raises(Forbidden):
        yearly.decide(update=update, change=gone, decision="close", targets=[], by=clerk)
    with pytest.raises(Forbidden):
        yearly.accept_sure(update=update, by=clerk)
    administrator = user_at(tree.province, Role.UNIT_ADMIN)
    decided = yearly.decide(update=update, change=gone, decision="close", targets=[], by=administrator)
    assert decided.decision == "close"


def test_discarded_comparison_takes_no_decision(update, gone):
    DivisionUpdate.objects.filter(pk=update.pk).update(state="discarded")
    with pytest.raises(DomainError):
        yearly.decide(update=update, change=gone, decision="close", targets=[], by=SYSTEM)


def test_nothing_decided_is_nothing_to_draft(update, gone):
    with pytest.raises(DomainError) as refused:
        yearly.draft_reorganisations(
            update=update, document="文号", effective_on=None, by_county=False, by=SYSTEM
        )
    assert refused.value.problems


def test_page_says_a_refusal_by_its_field_and_keeps_what_was_chosen(tree, update, gone, client_of):
    client = client_of(user_at(tree.province, Role.UNIT_ADMIN))
    page = reverse("orgs:division_change", args=[update.pk, gone.pk])
    answer = client.post(page, {"decision": "merge", "targets": [u(tree.county)]})
    assert answer.status_code == 422
    assert "同一层级" in answer.content.decode()
    assert client.post(page, {"decision": "close"}).status_code == 302


NAMES = {"37": "山东省", "3701": "济南市", "370102": "历下新区", "370102001": "解放路街道"}
TEXT = "code,name\n" + "".join(f"{code},{name}\n" for code, name in NAMES.items())


@pytest.mark.parametrize(
    "content",
    [
        TEXT.encode("gbk"),
        TEXT.encode("gb18030"),
        codecs.BOM_UTF8 + TEXT.encode(),
        TEXT.replace("\n", "\r\n").encode("gbk"),
        gzip.compress(TEXT.encode("gbk")),
    ],
    ids=["gbk", "gb18030", "utf-8 with its mark", "gbk of windows", "gbk packed"],
)
def test_list_as_offices_save_it_is_uploaded_and_compared(tree, client_of, content):
    client = client_of(user_at(tree.province, Role.UNIT_ADMIN))
    packed = content[:2] == b"\x1f\x8b"
    upload = SimpleUploadedFile(f"2026.csv{'.gz' if packed else ''}", content)
    answer = client.post(reverse("orgs:new_division_update"), {"year": 2026, "file": upload})
    assert answer.status_code == 302, answer.content.decode()[-3000:]
    assert DivisionUpdate.objects.get().changes.filter(name="历下新区", division_code="370102").exists()


def test_list_in_no_known_letters_is_refused_by_its_field(tree, client_of):
    client = client_of(user_at(tree.province, Role.UNIT_ADMIN))
    upload = SimpleUploadedFile("2026.csv", b"code,name\n37,\xff\xfe\xfa\xff\n")
    answer = client.post(reverse("orgs:new_division_update"), {"year": 2026, "file": upload})
    assert answer.status_code == 422
    assert DivisionUpdate.objects.count() == 0
