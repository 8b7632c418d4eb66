"""Pages of the proof of the tree, below ``orgs/integrity/``."""

from django.urls import path

from orgs.views import integrity

urlpatterns = [
    path("", integrity.integrity, name="integrity"),
    path("start/", integrity.start_integrity, name="start_integrity"),
    path("<int:run_pk>/", integrity.integrity_run, name="integrity_run"),
    path("<int:run_pk>/progress/", integrity.integrity_progress, name="integrity_progress"),
    path("<int:run_pk>/<slug:code>/", integrity.integrity_findings, name="integrity_findings"),
    path("<int:run_pk>/<slug:code>/repair/", integrity.repair_integrity, name="repair_integrity"),
]
