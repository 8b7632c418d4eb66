"""Routes of sanzhang below ``/api/v1/``."""

urlpatterns: list = []
