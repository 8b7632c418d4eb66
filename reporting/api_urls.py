"""Routes of reporting below ``/api/v1/``."""

urlpatterns: list = []
