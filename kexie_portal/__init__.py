"""The portal as a deployment: settings, URLs, Celery, and the supervisor of the embedded services."""

from kexie_portal.celery import app as celery_app

__all__ = ["celery_app"]
