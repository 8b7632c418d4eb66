"""Routes of files below ``/api/v1/``."""

urlpatterns: list = []
