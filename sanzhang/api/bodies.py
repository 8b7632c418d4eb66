"""Candidacies, terms and meetings for integrators: the same services, scope and rules as the pages."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import mixins, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from core.access import ApiPermission, asker
from sanzhang.filters.meetings import MeetingFilter, TermApiFilter
from sanzhang.filters.seats import CandidacyFilter
from sanzhang.models import Candidacy, Meeting, Term
from sanzhang.permissions import GIVE_OPINION, MANAGE_PEOPLE, VIEW_PEOPLE
from sanzhang.serializers.bodies import (
    CandidacySerializer,
    MeetingSerializer,
    NewStepSerializer,
    TermSerializer,
)
from sanzhang.services import candidacies, opinions


class _Reading(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """Rows within the reach of who asks."""

    permission_classes = [ApiPermission]
    required_permission: Any = {"list": VIEW_PEOPLE, "retrieve": VIEW_PEOPLE}


@extend_schema_view(
    list=extend_schema(summary="吸纳程序列表", description="管辖范围内的吸纳程序，含已办结的。"),
    retrieve=extend_schema(summary="一件吸纳程序"),
)
class CandidacyViewSet(_Reading):
    """Candidacies with their steps."""

    serializer_class = CandidacySerializer
    required_permission = {
        "list": VIEW_PEOPLE,
        "retrieve": VIEW_PEOPLE,
        "step": MANAGE_PEOPLE,
        "opinion": GIVE_OPINION,
    }
    filterset_class = CandidacyFilter
    queryset = Candidacy.objects.none()

    def get_queryset(self) -> Any:
        seen = Candidacy.objects.visible_to(self.request.user, VIEW_PEOPLE)
        rows = seen.select_related("person", "unit__parent", "body", "procedure").prefetch_related("steps")
        return rows.order_by("-opened_on", "-id")

    def _typed(self, request: Request) -> dict[str, Any]:
        asked = NewStepSerializer(data=request.data, context={"request": request})
        asked.is_valid(raise_exception=True)
        return dict(asked.validated_data)

    def _answer(self, pk: Any) -> Response:
        return Response(self.get_serializer(self.get_queryset().get(pk=pk)).data)

    @extend_schema(summary="登记环节", request=NewStepSerializer, responses={200: CandidacySerializer})
    @action(detail=True, methods=["post"])
    def step(self, request: Request, pk: str) -> Response:
        """The clerk's step; 422 for a wrong order or date, 409 when it is closed."""
        held = self.get_object()
        candidacies.record_step(candidacy=held, by=asker(request), **self._typed(request))
        return self._answer(held.pk)

    @extend_schema(
        summary="出具上级科协意见", request=NewStepSerializer, responses={200: CandidacySerializer}
    )
    @action(detail=True, methods=["post"])
    def opinion(self, request: Request, pk: str) -> Response:
        """The superior's word; 409 where it is not the superior that is waited for."""
        held = self.get_object()
        typed = self._typed(request)
        typed.pop("step")
        opinions.give_opinion(candidacy=held, by=asker(request), **typed)
        return self._answer(held.pk)


@extend_schema_view(
    list=extend_schema(summary="届次列表", description="管辖范围内各领导机构的届次和核定职数。"),
    retrieve=extend_schema(summary="一个届次"),
)
class TermViewSet(_Reading):
    """Terms with their quotas."""

    serializer_class = TermSerializer
    filterset_class = TermApiFilter
    queryset = Term.objects.none()

    def get_queryset(self) -> Any:
        seen = Term.objects.visible_to(self.request.user, VIEW_PEOPLE)
        rows = seen.select_related("body__unit").prefetch_related("quotas")
        return rows.order_by("body__unit__division_code", "body__kind", "-ordinal")


@extend_schema_view(
    list=extend_schema(summary="会议列表", description="管辖范围内的代表大会、全委会议、常委会议。"),
    retrieve=extend_schema(summary="一次会议"),
)
class MeetingViewSet(_Reading):
    """Meetings with the seats taken by them."""

    serializer_class = MeetingSerializer
    filterset_class = MeetingFilter
    queryset = Meeting.objects.none()

    def get_queryset(self) -> Any:
        seen = Meeting.objects.visible_to(self.request.user, VIEW_PEOPLE)
        rows = seen.select_related("unit").prefetch_related("elected")
        return rows.with_day().order_by("-day", "-id")
