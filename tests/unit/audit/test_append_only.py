"""Nobody changes the record: not the code, not the application's database role, not the owner by mistake."""

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, ProgrammingError, connection, transaction

from audit.models import AuditEvent
from audit.services import listen, record, record_many
from core.actor import SYSTEM

APP_ROLE = "kexie_app"


@pytest.fixture
def event(db):
    return record(kind="test.done", by=SYSTEM, summary="测试")


def _refused(statement, error):
    with pytest.raises(error), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_code_cannot_change_or_delete(event):
    with pytest.raises(TypeError):
        event.save()
    with pytest.raises(TypeError):
        event.delete()
    with pytest.raises(TypeError):
        AuditEvent.objects.update(summary="改")
    with pytest.raises(TypeError):
        AuditEvent.objects.all().delete()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_auditevent SET summary = '改'",
        "DELETE FROM audit_auditevent",
        "TRUNCATE audit_auditevent",
    ],
)
def test_trigger_refuses_even_the_owner(event, statement):
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE audit_auditevent ENABLE TRIGGER audit_no_truncate")
    _refused(statement, DatabaseError)
    assert AuditEvent.objects.get(pk=event.pk).summary == "测试"


def test_application_role_may_only_add_and_read(event):
    call_command("grant_app_role", role=APP_ROLE)
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL ROLE {APP_ROLE}")
    record(kind="test.more", by=SYSTEM, summary="更多")
    assert AuditEvent.objects.count() == 2
    for statement in (
        "UPDATE audit_auditevent SET summary = '改'",
        "DELETE FROM audit_auditevent",
        "TRUNCATE audit_auditevent",
        "ALTER TABLE audit_auditevent DISABLE TRIGGER ALL",
        "DROP TABLE audit_auditevent",
    ):
        _refused(statement, ProgrammingError)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE orgs_orgunit SET name = name")
        cursor.execute("RESET ROLE")


def test_grant_app_role_names_a_missing_role(db):
    with pytest.raises(CommandError, match="nobody_here"):
        call_command("grant_app_role", role="nobody_here")


def test_grant_app_role_before_the_tables_are_there_says_what_to_do_first(db, monkeypatch):
    monkeypatch.setattr(connection.introspection, "table_names", lambda cursor: [])
    with pytest.raises(CommandError, match="migrate"):
        call_command("grant_app_role", role=APP_ROLE)


def test_record_rolls_back_with_the_act(db):
    with pytest.raises(ValueError), transaction.atomic():
        record(kind="test.done", by=SYSTEM, summary="测试")
        raise ValueError
    assert not AuditEvent.objects.exists()


def test_listeners_hear_their_kind(db, monkeypatch):
    monkeypatch.setattr("audit.services._listeners", {"test.done": [], "test.other": []})
    heard = []
    listen("test.done", heard.append)
    record(kind="test.done", by=SYSTEM, summary="一")
    record(kind="test.other", by=SYSTEM, summary="二")
    assert [event.summary for event in heard] == ["一"]


def test_record_many_writes_each(db, clerk):
    record_many(kind="test.bulk", by=clerk, rows=[{"summary": "一"}, {"summary": "二"}])
    assert list(AuditEvent.objects.filter(actor_id=clerk.pk).values_list("summary", flat=True)) == [
        "二",
        "一",
    ]
