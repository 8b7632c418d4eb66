"""Problems and suggestions for integrators: the same scope and services as the pages."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import mixins, serializers, viewsets
from rest_framework.decorators import action
from rest_framework.response import Response

from core.access import ApiPermission, SignedInApiRequest
from reporting.filters.issues import IssueFilter
from reporting.models import Issue, IssueStep
from reporting.permissions import VIEW_REPORTS
from reporting.selectors.issues import issues_in_sight, with_steps
from reporting.services import issues as service


class IssueStepSerializer(serializers.ModelSerializer):
    """An answer, a passing up, or the word that it is not solved."""

    class Meta:
        model = IssueStep
        fields = ("act", "unit", "text", "at", "by")


class IssueSerializer(serializers.ModelSerializer):
    """One entry; ``desk`` is the unit whose answer is awaited or stands."""

    unit_name = serializers.CharField(source="unit.display_name", read_only=True)
    steps = IssueStepSerializer(many=True, read_only=True)

    class Meta:
        model = Issue
        fields = (
            *("id", "report", "unit", "unit_name", "desk", "kind", "position", "text", "state"),
            *("raised_at", "raised_by", "answered_at", "steps"),
        )
        read_only_fields = fields


class WordsSerializer(serializers.Serializer):
    text = serializers.CharField(max_length=service.ANSWER_LIMIT, allow_blank=True)


@extend_schema_view(
    list=extend_schema(summary="问题建议列表", description="管辖范围内月报反映的问题和建议。"),
    retrieve=extend_schema(summary="一条问题或建议"),
)
class IssueViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """Entries in sight, and what may be done with them."""

    serializer_class = IssueSerializer
    permission_classes = [ApiPermission]
    required_permission = VIEW_REPORTS
    filterset_class = IssueFilter
    queryset = Issue.objects.none()

    def get_queryset(self) -> Any:
        return with_steps(issues_in_sight(self.request.user)).order_by("-raised_at", "pk")

    def _act(self, request: SignedInApiRequest, act: Any) -> Response:
        issue = self.get_object()
        body = WordsSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        done = act(issue=issue, by=request.user, text=body.validated_data["text"])
        return Response(IssueSerializer(self.get_queryset().get(pk=done.pk)).data)

    @extend_schema(summary="答复", request=WordsSerializer, responses=IssueSerializer)
    @action(detail=True, methods=["post"])
    def answer(self, request: SignedInApiRequest, pk: str | None = None) -> Response:
        return self._act(request, service.answer)

    @extend_schema(summary="转报上级", request=WordsSerializer, responses=IssueSerializer)
    @action(detail=True, methods=["post"], url_path="pass-up")
    def pass_up(self, request: SignedInApiRequest, pk: str | None = None) -> Response:
        return self._act(request, service.pass_up)

    @extend_schema(summary="仍未解决", request=WordsSerializer, responses=IssueSerializer)
    @action(detail=True, methods=["post"])
    def reopen(self, request: SignedInApiRequest, pk: str | None = None) -> Response:
        return self._act(request, service.reopen)
