"""Export jobs: asked for once, made once, given up, taken over, expired."""

import datetime as dt
import hashlib
from pathlib import Path

import pytest
from django.urls import reverse

from audit.models import AuditEvent
from core import clock
from core.errors import Conflict, DomainError, Forbidden
from files import registry, services
from files.models import ExportJob, ExportState
from files.registry import Built, Exporter

CONTENT = b"figures"


@pytest.fixture
def exporter(monkeypatch):
    """A kind of file that reports progress; ``allowed`` and ``building`` may be replaced by a test."""

    class Kind:
        allowed = staticmethod(lambda user, params: True)
        building = staticmethod(lambda progress: None)

    def build(user, params, path, progress):
        progress(1, 2, "第一步")
        Kind.building(progress)
        Path(path).write_bytes(CONTENT)
        return Built("名册.xlsx", {"制作人": user.name})

    made = Exporter(
        kind="test.list",
        title=lambda params: f"测试名册{params.get('n', '')}",
        allowed=lambda user, params: Kind.allowed(user, params),
        build=build,
        content_type="application/octet-stream",
    )
    monkeypatch.setitem(registry._exporters, made.kind, made)
    return Kind


def _ask(by, **params):
    return services.request_export(kind="test.list", params=params, unit=by.unit, by=by)


def test_request_export_twice_is_one_job(exporter, clerk):
    first, second, other = _ask(clerk, n=1), _ask(clerk, n=1), _ask(clerk, n=2)
    assert first.pk == second.pk != other.pk
    assert AuditEvent.objects.filter(kind="files.export_requested").count() == 2


def test_request_export_after_the_first_is_done_is_a_new_job(exporter, clerk):
    first = _ask(clerk)
    services.run_export(job_id=first.pk)
    assert _ask(clerk).pk != first.pk


def test_request_export_unknown_kind(clerk):
    with pytest.raises(DomainError, match="没有这种导出文件"):
        services.request_export(kind="test.none", params={}, unit=None, by=clerk)


@pytest.mark.parametrize(("value", "status"), [("\x00", 400), ("长" * 5000, 422)])
def test_request_export_with_what_no_row_can_hold(exporter, clerk, client_of, value, status):
    answer = client_of(clerk).post(reverse("files:start", args=["test.list"]), query_params={"q": value})
    assert answer.status_code == status
    assert not ExportJob.objects.exists()


def test_request_export_not_allowed(exporter, clerk):
    exporter.allowed = staticmethod(lambda user, params: False)
    with pytest.raises(Forbidden):
        _ask(clerk)
    assert not ExportJob.objects.exists()


def test_request_export_too_many_waiting(exporter, clerk, other_clerk):
    for number in range(5):
        _ask(clerk, n=number)
    with pytest.raises(DomainError, match="5 个文件"):
        _ask(clerk, n=9)
    _ask(other_clerk, n=9)


def test_run_export_makes_the_file_once(exporter, clerk):
    job = _ask(clerk)
    services.run_export(job_id=job.pk)
    services.run_export(job_id=job.pk)
    job.refresh_from_db()
    assert (job.state, job.attempts, job.percent) == (ExportState.DONE, 1, 100)
    assert job.file.read() == CONTENT
    assert job.sha256 == hashlib.sha256(CONTENT).hexdigest()
    assert (job.size, job.file_name, job.basis) == (len(CONTENT), "名册.xlsx", {"制作人": clerk.name})
    assert job.expires_at > clock.now() + dt.timedelta(days=13)


def test_run_export_asks_the_scope_again(exporter, clerk):
    job = _ask(clerk)
    exporter.allowed = staticmethod(lambda user, params: False)
    services.run_export(job_id=job.pk)
    job.refresh_from_db()
    assert job.state == ExportState.FAILED
    assert "权限" in job.error


def test_run_export_of_a_closed_account_fails(exporter, clerk):
    job = _ask(clerk)
    clerk.is_active = False
    clerk.save()
    services.run_export(job_id=job.pk)
    job.refresh_from_db()
    assert job.state == ExportState.FAILED


def test_run_export_internal_error_is_told_in_chinese(exporter, clerk):
    def broken(progress):
        raise ZeroDivisionError("secret detail")

    exporter.building = staticmethod(broken)
    job = _ask(clerk)
    services.run_export(job_id=job.pk)
    job.refresh_from_db()
    assert job.state == ExportState.FAILED
    assert "内部错误" in job.error and "secret" not in job.error


def test_cancel_while_running_leaves_no_file(exporter, clerk, settings):
    job = _ask(clerk)

    def give_up(progress):
        services.cancel_export(job=job, by=clerk)

    exporter.building = staticmethod(give_up)
    services.run_export(job_id=job.pk)
    job.refresh_from_db()
    assert job.state == ExportState.CANCELLED
    assert not [path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()]


def test_cancel_stops_at_the_next_step(exporter, clerk, monkeypatch):
    monkeypatch.setattr("files.services.running.REPORT_EVERY", 0)
    reached = []
    job = _ask(clerk)

    def long_work(progress):
        services.cancel_export(job=job, by=clerk)
        progress(2, 2, "第二步")
        reached.append("after")

    exporter.building = staticmethod(long_work)
    services.run_export(job_id=job.pk)
    job.refresh_from_db()
    assert (job.state, reached) == (ExportState.CANCELLED, [])


def test_cancel_of_a_queued_job_and_of_a_finished_one(exporter, clerk):
    job = services.cancel_export(job=_ask(clerk), by=clerk)
    assert job.state == ExportState.CANCELLED
    with pytest.raises(Conflict):
        services.cancel_export(job=job, by=clerk)


def test_a_worker_that_lost_its_job_delivers_nothing(exporter, clerk):
    """The sweep gave the job to another worker while the first was only slow."""
    job = _ask(clerk)

    def overtaken(progress):
        ExportJob.objects.filter(pk=job.pk).update(attempts=2)

    exporter.building = staticmethod(overtaken)
    services.run_export(job_id=job.pk)
    job.refresh_from_db()
    assert (job.state, job.attempts, job.sha256) == (ExportState.RUNNING, 2, "")


@pytest.mark.parametrize(("age", "sent"), [(60, 0), (120, 1)])
def test_sweep_resends_what_is_stale(exporter, clerk, age, sent):
    job = _ask(clerk)
    ExportJob.objects.filter(pk=job.pk).update(
        state=ExportState.RUNNING, attempts=1, heartbeat_at=clock.now() - dt.timedelta(seconds=age)
    )
    assert services.sweep_exports() == (sent, 0)
    job.refresh_from_db()
    assert job.state == (ExportState.QUEUED if sent else ExportState.RUNNING)
    assert services.sweep_exports() == (0, 0)


def test_sweep_gives_up_after_three_attempts(exporter, clerk):
    job = _ask(clerk)
    ExportJob.objects.filter(pk=job.pk).update(
        state=ExportState.RUNNING, attempts=3, heartbeat_at=clock.now() - dt.timedelta(seconds=120)
    )
    services.sweep_exports()
    job.refresh_from_db()
    assert job.state == ExportState.FAILED
    assert "多次中断" in job.error


def test_sweep_expires_old_files(exporter, clerk, django_capture_on_commit_callbacks):
    job = _ask(clerk)
    services.run_export(job_id=job.pk)
    job.refresh_from_db()
    stored = Path(job.file.path)
    ExportJob.objects.filter(pk=job.pk).update(expires_at=clock.now() - dt.timedelta(seconds=1))
    with django_capture_on_commit_callbacks(execute=True):
        assert services.sweep_exports() == (0, 1)
    job.refresh_from_db()
    assert (job.state, stored.exists()) == (ExportState.EXPIRED, False)


def test_download_is_the_owners_by_post_and_leaves_a_trace(exporter, clerk, other_clerk, client_of):
    job = _ask(clerk)
    services.run_export(job_id=job.pk)
    url = reverse("files:download", args=[job.pk])
    response = client_of(clerk).post(url)
    assert response.status_code == 200
    assert b"".join(response.streaming_content) == CONTENT
    assert "filename*=utf-8''" in response["Content-Disposition"].lower()
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"].startswith("sandbox")
    event = AuditEvent.objects.get(kind="files.export_downloaded")
    assert (event.actor_id, event.unit_id) == (clerk.pk, clerk.unit.pk)
    assert client_of(clerk).get(url).status_code == 405
    assert client_of(other_clerk).post(url).status_code == 404
    job.refresh_from_db()
    assert job.downloads == 1


def test_download_once_the_scope_is_gone(exporter, clerk, client_of):
    job = _ask(clerk)
    services.run_export(job_id=job.pk)
    exporter.allowed = staticmethod(lambda user, params: False)
    assert client_of(clerk).post(reverse("files:download", args=[job.pk])).status_code == 404


def test_centre_and_widget_show_own_jobs_only(exporter, clerk, other_clerk, client_of):
    job = _ask(clerk)
    assert "测试名册" in client_of(clerk).get(reverse("files:centre")).content.decode()
    assert "测试名册" not in client_of(other_clerk).get(reverse("files:centre")).content.decode()
    status = reverse("files:status", args=[job.pk])
    assert "hx-trigger" in client_of(clerk).get(status).content.decode()
    assert client_of(other_clerk).get(status).status_code == 404
    services.run_export(job_id=job.pk)
    assert "hx-trigger" not in client_of(clerk).get(status).content.decode()
