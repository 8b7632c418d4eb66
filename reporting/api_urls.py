"""Routes of reporting below ``/api/v1/``."""

from django.urls import path
from rest_framework.routers import SimpleRouter

from reporting.api.figures import CompletenessView, CoverageView, RollupView
from reporting.api.reports import CollectionViewSet, CycleViewSet, ReportViewSet
from reporting.api.targets import TargetsView

router = SimpleRouter()
router.register("collections", CollectionViewSet, basename="collection")
router.register("cycles", CycleViewSet, basename="cycle")
router.register("reports", ReportViewSet, basename="report")

urlpatterns = [
    *router.urls,
    path("rollups/", RollupView.as_view(), name="rollups"),
    path("completeness/", CompletenessView.as_view(), name="completeness"),
    path("targets/", TargetsView.as_view(), name="targets"),
    path("coverage/", CoverageView.as_view(), name="coverage"),
]
