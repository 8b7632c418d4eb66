"""The heartbeat: beat sends it, a worker writes it, ``/readyz`` and the system page read it."""

from celery import shared_task

from core.heartbeat import beat_now


@shared_task(name="core.tasks.beat_heartbeat")
def beat_heartbeat() -> None:
    """Show that beat sends and a worker works."""
    beat_now()
