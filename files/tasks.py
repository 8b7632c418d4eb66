"""Work on files for the workers. Each task calls one service and may run twice."""

from celery import shared_task

from files import services


@shared_task(name="files.tasks.run_export")
def run_export(job_id: str) -> None:
    """Make the file of one export job."""
    services.run_export(job_id=job_id)


@shared_task(name="files.tasks.run_import")
def run_import(job_id: str) -> None:
    """Look through one sheet, or apply it."""
    services.run_import(job_id=job_id)


@shared_task(name="files.tasks.sweep_exports")
def sweep_exports() -> None:
    """Start again what stalled and clear away what is old."""
    services.sweep_exports()
    services.sweep_imports()
