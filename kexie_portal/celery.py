"""The Celery application: broker settings come from Django's settings."""

import os
from typing import Any

from celery import Celery
from celery.signals import worker_ready

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kexie_portal.settings")

app = Celery("kexie_portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_ready.connect
def begin_heartbeat(**event: Any) -> None:
    """Have the first heartbeat at once, not only when beat sends its next one."""
    app.send_task("core.tasks.beat_heartbeat")
