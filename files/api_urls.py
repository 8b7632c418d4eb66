"""Routes of files below ``/api/v1/``."""

from rest_framework.routers import SimpleRouter

from files.api import ExportViewSet

router = SimpleRouter(use_regex_path=False)
router.register("exports", ExportViewSet, basename="export")

urlpatterns = router.urls
