"""Collections, cycles and reports with their actions."""

from __future__ import annotations

import dataclasses
from typing import Any

import django_filters
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import mixins, viewsets
from rest_framework.decorators import action
from rest_framework.response import Response

from core.access import ApiPermission, SignedInApiRequest
from orgs.choices import Level
from reporting.api.serializers import (
    AcceptSerializer,
    CaseSerializer,
    CellsSerializer,
    CollectionSerializer,
    CorrectSerializer,
    CycleSerializer,
    DeferSerializer,
    ReasonSerializer,
    ReportDetailSerializer,
    ReportSerializer,
    ReturnSerializer,
    RevisionSerializer,
    SaveOutcomeSerializer,
    ScheduleSerializer,
)
from reporting.choices import ReportState
from reporting.filters.counted import CountedFilter
from reporting.models import Collection, Cycle, Report
from reporting.permissions import MANAGE_CYCLES, VIEW_REPORTS
from reporting.selectors.schedule import schedules_ahead
from reporting.services.collections import pause_collection, start_collection
from reporting.services.corrections import open_case
from reporting.services.excuses import defer, exempt, lift_deferral, lift_exemption
from reporting.services.filling import CellChange, SaveOutcome, save_cells
from reporting.services.review import accept, send_back
from reporting.services.submission import submit, withdraw


def province_ids(user: Any) -> set[int]:
    """Provinces whose collections concern a person: those of the units in reach."""
    scope = user.reach_of(VIEW_REPORTS)
    return {unit.province_id or unit.pk for unit in (*scope.subtrees, *scope.own)}


@extend_schema_view(
    list=extend_schema(summary="填报任务列表"), retrieve=extend_schema(summary="一项填报任务")
)
class CollectionViewSet(viewsets.ReadOnlyModelViewSet):
    """Standing orders of one's province."""

    serializer_class = CollectionSerializer
    permission_classes = [ApiPermission]
    required_permission = VIEW_REPORTS
    queryset = Collection.objects.none()

    def get_queryset(self) -> Any:
        user = self.request.user
        return (
            Collection.objects.filter(owner__in=province_ids(user))
            .known_to(user, MANAGE_CYCLES)
            .select_related("dates", "form", "owner")
            .order_by("pk")
        )

    @extend_schema(summary="后几期的日期", responses=ScheduleSerializer(many=True))
    @action(detail=True, pagination_class=None)
    def schedule(self, request: SignedInApiRequest, pk: str) -> Response:
        """Window and deadlines of the next periods to open."""
        return Response(ScheduleSerializer(schedules_ahead(self.get_object()), many=True).data)

    @extend_schema(summary="启用任务", request=None, responses=CollectionSerializer)
    @action(detail=True, methods=["post"])
    def start(self, request: SignedInApiRequest, pk: str) -> Response:
        """Its cycles open by themselves from now on."""
        started = start_collection(collection=self.get_object(), by=request.user)
        return Response(CollectionSerializer(started).data)

    @extend_schema(summary="停用任务", request=None, responses=CollectionSerializer)
    @action(detail=True, methods=["post"])
    def pause(self, request: SignedInApiRequest, pk: str) -> Response:
        """No further cycle opens."""
        paused = pause_collection(collection=self.get_object(), by=request.user)
        return Response(CollectionSerializer(paused).data)


@extend_schema_view(list=extend_schema(summary="填报期列表"), retrieve=extend_schema(summary="一期"))
class CycleViewSet(viewsets.ReadOnlyModelViewSet):
    """Periods of one's province, newest first."""

    serializer_class = CycleSerializer
    permission_classes = [ApiPermission]
    required_permission = VIEW_REPORTS
    filterset_fields = ["collection", "period", "rhythm", "state"]
    queryset = Cycle.objects.none()

    def get_queryset(self) -> Any:
        return Cycle.objects.filter(collection__owner__in=province_ids(self.request.user)).order_by(
            "-period", "pk"
        )


class ReportFilter(django_filters.FilterSet):
    """Criteria of the list of reports."""

    level = django_filters.ChoiceFilter(choices=Level.choices, label="层级")
    state = django_filters.MultipleChoiceFilter(choices=ReportState.choices, label="状态")
    cycle = django_filters.NumberFilter(field_name="cycle_id", label="填报期编号")
    unit = django_filters.NumberFilter(field_name="unit_id", label="填报单位编号")
    reviewer = django_filters.NumberFilter(field_name="reviewer_id", label="审核单位编号")
    city = django_filters.NumberFilter(field_name="city_id", label="所属市编号")
    county = django_filters.NumberFilter(field_name="county_id", label="所属县编号")

    class Meta:
        model = Report
        fields = ("level", "state", "cycle", "unit", "reviewer", "city", "county")


@extend_schema_view(
    list=extend_schema(summary="报表列表", description="管辖范围内各填报任务的报表。"),
    retrieve=extend_schema(summary="一份报表", description="含最近版本的数据和“我现在能做什么”。"),
)
class ReportViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """Reports in scope, and what may be done with them."""

    serializer_class = ReportSerializer
    permission_classes = [ApiPermission]
    required_permission = VIEW_REPORTS
    filterset_class = ReportFilter
    queryset = Report.objects.none()

    def get_queryset(self) -> Any:
        return (
            Report.objects.visible_to(self.request.user, VIEW_REPORTS)
            .select_related("cycle", "cycle__form_version", "unit", "custodian", "reviewer")
            .order_by("-cycle__period", "unit__division_code")
        )

    def get_serializer_class(self) -> Any:
        return ReportDetailSerializer if self.action == "retrieve" else ReportSerializer

    @extend_schema(
        summary="报表清单",
        description="报送情况里每个数字由哪些报表组成：按情况、层级、填报期和单位筛选，与页面和下载的表格一致。",
        responses=ReportSerializer(many=True),
    )
    @action(detail=False, filterset_class=CountedFilter)
    def counted(self, request: SignedInApiRequest) -> Response:
        """The reports that a number of completeness counts."""
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        return self.get_paginated_response(self.get_serializer(page, many=True).data)

    def _body(self, serializer_class: Any) -> dict[str, Any]:
        serializer = serializer_class(data=self.request.data)
        serializer.is_valid(raise_exception=True)
        return dict(serializer.validated_data)

    def _answer(self, report: Report) -> Response:
        fresh = self.get_queryset().get(pk=report.pk)
        return Response(ReportDetailSerializer(fresh, context=self.get_serializer_context()).data)

    @extend_schema(summary="上报", request=RevisionSerializer, responses=ReportDetailSerializer)
    @action(detail=True, methods=["post"])
    def submit(self, request: SignedInApiRequest, pk: str | None = None) -> Response:
        return self._answer(
            submit(report=self.get_object(), by=request.user, **self._body(RevisionSerializer))
        )

    @extend_schema(summary="撤回", request=RevisionSerializer, responses=ReportDetailSerializer)
    @action(detail=True, methods=["post"])
    def withdraw(self, request: SignedInApiRequest, pk: str | None = None) -> Response:
        return self._answer(
            withdraw(report=self.get_object(), by=request.user, **self._body(RevisionSerializer))
        )

    @extend_schema(summary="审核通过", request=AcceptSerializer, responses=ReportDetailSerializer)
    @action(detail=True, methods=["post"])
    def accept(self, request: SignedInApiRequest, pk: str | None = None) -> Response:
        return self._answer(accept(report=self.get_object(), by=request.user, **self._body(AcceptSerializer)))

    @extend_schema(summary="退回", request=ReturnSerializer, responses=ReportDetailSerializer)
    @action(detail=True, methods=["post"], url_path="return")
    def send_back(self, request: SignedInApiRequest, pk: str | None = None) -> Response:
        return self._answer(
            send_back(report=self.get_object(), by=request.user, **self._body(ReturnSerializer))
        )

    @extend_schema(summary="批准免报", request=ReasonSerializer, responses=ReportDetailSerializer)
    @action(detail=True, methods=["post"])
    def exempt(self, request: SignedInApiRequest, pk: str | None = None) -> Response:
        return self._answer(exempt(report=self.get_object(), by=request.user, **self._body(ReasonSerializer)))

    @extend_schema(summary="取消免报", request=ReasonSerializer, responses=ReportDetailSerializer)
    @action(detail=True, methods=["post"], url_path="lift-exemption")
    def lift_exemption(self, request: SignedInApiRequest, pk: str | None = None) -> Response:
        return self._answer(
            lift_exemption(report=self.get_object(), by=request.user, **self._body(ReasonSerializer))
        )

    @extend_schema(summary="批准缓报", request=DeferSerializer, responses=ReportDetailSerializer)
    @action(detail=True, methods=["post"])
    def defer(self, request: SignedInApiRequest, pk: str | None = None) -> Response:
        return self._answer(defer(report=self.get_object(), by=request.user, **self._body(DeferSerializer)))

    @extend_schema(summary="取消缓报", request=ReasonSerializer, responses=ReportDetailSerializer)
    @action(detail=True, methods=["post"], url_path="lift-deferral")
    def lift_deferral(self, request: SignedInApiRequest, pk: str | None = None) -> Response:
        return self._answer(
            lift_deferral(report=self.get_object(), by=request.user, **self._body(ReasonSerializer))
        )

    @extend_schema(summary="提出更正", request=CorrectSerializer, responses={201: CaseSerializer})
    @action(detail=True, methods=["post"])
    def correct(self, request: SignedInApiRequest, pk: str | None = None) -> Response:
        case = open_case(report=self.get_object(), by=request.user, **self._body(CorrectSerializer))
        return Response(CaseSerializer(case).data, status=201)

    @extend_schema(summary="保存填报单元格", request=CellsSerializer, responses=SaveOutcomeSerializer)
    @action(detail=True, methods=["patch"])
    def cells(self, request: SignedInApiRequest, pk: str | None = None) -> Response:
        report = self.get_object()
        changes = [CellChange(report_id=report.pk, **cell) for cell in self._body(CellsSerializer)["cells"]]
        return Response(_outcome(save_cells(reports=[report], changes=changes, by=request.user)))


def _outcome(outcome: SaveOutcome) -> dict[str, Any]:
    return SaveOutcomeSerializer(dataclasses.asdict(outcome)).data
