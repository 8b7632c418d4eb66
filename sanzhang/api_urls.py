"""Routes of sanzhang below ``/api/v1/``."""

from rest_framework.routers import SimpleRouter

from sanzhang.api import AppointmentViewSet, PersonViewSet

router = SimpleRouter(use_regex_path=False)
router.register("people", PersonViewSet, basename="person")
router.register("appointments", AppointmentViewSet, basename="appointment")

urlpatterns = router.urls
