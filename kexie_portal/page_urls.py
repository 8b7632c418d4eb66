"""Addresses of the portal itself: the front door and the probes."""

from django.urls import path

from accounts.access import public
from core.components.views import gallery
from kexie_portal.views import home, probes

urlpatterns = [
    path("", home.home, name="home"),
    path("healthz", probes.healthz, name="healthz"),
    path("readyz", probes.readyz, name="readyz"),
    path("gallery/", public(gallery), name="gallery"),
]
