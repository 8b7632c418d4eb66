"""Routes of sanzhang below ``/api/v1/``."""

from django.urls import path
from rest_framework.routers import SimpleRouter

from sanzhang.api.bodies import CandidacyViewSet, MeetingViewSet, TermViewSet
from sanzhang.api.composition import CompositionView, KeyCoverageView
from sanzhang.api.duty import ActivityViewSet, SupportViewSet
from sanzhang.api.people import AppointmentViewSet, PersonViewSet
from sanzhang.api.standards import DutyStandardViewSet, EvaluationViewSet

router = SimpleRouter(use_regex_path=False)
router.register("people", PersonViewSet, basename="person")
router.register("appointments", AppointmentViewSet, basename="appointment")
router.register("activities", ActivityViewSet, basename="activity")
router.register("supports", SupportViewSet, basename="support")
router.register("evaluations", EvaluationViewSet, basename="evaluation")
router.register("duty-standards", DutyStandardViewSet, basename="duty_standard")
router.register("candidacies", CandidacyViewSet, basename="candidacy")
router.register("terms", TermViewSet, basename="term")
router.register("meetings", MeetingViewSet, basename="meeting")

urlpatterns = [
    *router.urls,
    path("composition/", CompositionView.as_view(), name="composition"),
    path("key-people-coverage/", KeyCoverageView.as_view(), name="key_people_coverage"),
]
