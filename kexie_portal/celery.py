"""The Celery application: broker settings come from Django's settings."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kexie_portal.settings")

app = Celery("kexie_portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
