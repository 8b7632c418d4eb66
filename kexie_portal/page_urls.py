"""Addresses of the portal itself: the front door and the probes."""

urlpatterns: list = []
