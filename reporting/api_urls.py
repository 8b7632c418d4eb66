"""Routes of reporting below ``/api/v1/``."""

from django.urls import path
from rest_framework.routers import SimpleRouter

from reporting.api.asking import AskView
from reporting.api.cases import CaseViewSet
from reporting.api.excuses import ExcuseViewSet
from reporting.api.figures import CompletenessView, CoverageView, RollupView
from reporting.api.forms import FormViewSet
from reporting.api.issues import IssueViewSet
from reporting.api.reports import CollectionViewSet, CycleViewSet, ReportViewSet
from reporting.api.targets import TargetsView
from reporting.api.words import WordsView

router = SimpleRouter()
router.register("cases", CaseViewSet, basename="case")
router.register("collections", CollectionViewSet, basename="collection")
router.register("cycles", CycleViewSet, basename="cycle")
router.register("excuses", ExcuseViewSet, basename="excuse")
router.register("forms", FormViewSet, basename="form")
router.register("issues", IssueViewSet, basename="issue")
router.register("reports", ReportViewSet, basename="report")

urlpatterns = [
    *router.urls,
    path("reports/<int:pk>/words/", WordsView.as_view(), name="report-words"),
    path("ask/", AskView.as_view(), name="ask"),
    path("rollups/", RollupView.as_view(), name="rollups"),
    path("completeness/", CompletenessView.as_view(), name="completeness"),
    path("targets/", TargetsView.as_view(), name="targets"),
    path("coverage/", CoverageView.as_view(), name="coverage"),
]
