"""Corrections and belated reports for integrators: the rows of the page, and what may be done with each now."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from drf_spectacular.utils import extend_schema, extend_schema_field, extend_schema_view
from rest_framework import mixins, serializers, viewsets
from rest_framework.decorators import action
from rest_framework.response import Response

from core.access import ApiPermission, SignedInApiRequest
from reporting.api.serializers import ActionSerializer
from reporting.filters.cases import CaseFilter
from reporting.models import CaseItem, CaseStep, CorrectionCase
from reporting.permissions import VIEW_REPORTS
from reporting.selectors.cases import acts_on, cases_in_sight
from reporting.services import corrections


class CaseItemSerializer(serializers.ModelSerializer):
    """Old and new of one item."""

    key = serializers.CharField(source="indicator.key", read_only=True)
    name = serializers.CharField(source="indicator.name", read_only=True)

    class Meta:
        model = CaseItem
        fields = ("key", "name", "old_value", "new_value", "old_text", "new_text")
        read_only_fields = fields


class CaseStepSerializer(serializers.ModelSerializer):
    """One superior on the path; ``confirmed`` is null until it has decided."""

    unit_name = serializers.CharField(source="unit.display_name", read_only=True)

    class Meta:
        model = CaseStep
        fields = ("order", "unit", "unit_name", "confirmed", "note", "at", "by")
        read_only_fields = fields


class CorrectionCaseSerializer(serializers.ModelSerializer):
    """A case with its path; ``waiting_for`` is the unit whose word is awaited."""

    unit = serializers.IntegerField(source="report.unit_id", read_only=True)
    unit_name = serializers.CharField(source="report.unit_name", read_only=True)
    cycle = serializers.IntegerField(source="report.cycle_id", read_only=True)
    waiting_for = serializers.SerializerMethodField()
    items = CaseItemSerializer(many=True, read_only=True)
    steps = CaseStepSerializer(many=True, read_only=True)
    my_actions = serializers.SerializerMethodField()

    class Meta:
        model = CorrectionCase
        fields = (
            *("id", "report", "unit", "unit_name", "cycle", "kind", "reason", "state", "waiting_for"),
            *("opened_at", "opened_by", "closed_at", "items", "steps", "my_actions"),
        )
        read_only_fields = fields

    def get_waiting_for(self, case: CorrectionCase) -> int | None:
        waiting = case.waiting
        return waiting.unit_id if waiting else None

    @extend_schema_field(ActionSerializer(many=True))
    def get_my_actions(self, case: CorrectionCase) -> list[dict[str, Any]]:
        acts = acts_on(case, self.context["request"].user)
        return [{"code": act.value, "label": act.label} for act in acts]


class NoteSerializer(serializers.Serializer):
    note = serializers.CharField(max_length=300, allow_blank=True, required=False, default="")


@extend_schema_view(
    list=extend_schema(summary="更正补报列表", description="管辖范围内报表的更正和补报，含逐级确认的情况。"),
    retrieve=extend_schema(summary="一件更正或补报"),
)
class CaseViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """Cases in sight; one is opened by ``correct`` of its report."""

    serializer_class = CorrectionCaseSerializer
    permission_classes = [ApiPermission]
    required_permission = VIEW_REPORTS
    filterset_class = CaseFilter
    queryset = CorrectionCase.objects.none()

    def get_queryset(self) -> Any:
        return (
            cases_in_sight(self.request.user)
            .select_related("report__custodian")
            .prefetch_related("items__indicator", "steps__unit")
        )

    def _act(self, request: SignedInApiRequest, act: Callable[..., CorrectionCase]) -> Response:
        case = self.get_object()
        body = NoteSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        return self._answer(act(case=case, by=request.user, note=body.validated_data["note"]))

    def _answer(self, case: CorrectionCase) -> Response:
        return Response(self.get_serializer(self.get_queryset().get(pk=case.pk)).data)

    @extend_schema(summary="确认", request=NoteSerializer, responses=CorrectionCaseSerializer)
    @action(detail=True, methods=["post"])
    def confirm(self, request: SignedInApiRequest, pk: str | None = None) -> Response:
        """By the superior whose turn it is; the last one moves the official figures."""
        return self._act(request, corrections.confirm)

    @extend_schema(summary="不同意", request=NoteSerializer, responses=CorrectionCaseSerializer)
    @action(detail=True, methods=["post"])
    def refuse(self, request: SignedInApiRequest, pk: str | None = None) -> Response:
        """With the reason in ``note``."""
        return self._act(request, corrections.refuse)

    @extend_schema(summary="撤回更正", request=None, responses=CorrectionCaseSerializer)
    @action(detail=True, methods=["post"])
    def withdraw(self, request: SignedInApiRequest, pk: str | None = None) -> Response:
        """By the desk that opened it, while nobody has decided."""
        return self._answer(corrections.withdraw_case(case=self.get_object(), by=request.user))
