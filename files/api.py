"""Export jobs for integrators: ask, watch, cancel, fetch."""

from __future__ import annotations

from typing import Any

from django.http import FileResponse, Http404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import mixins, serializers, status, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from core.access import SIGNED_IN, ApiPermission
from files import selectors, services
from files.answers import download as hand_out
from files.models import ExportJob
from files.registry import exporter_of


class ExportSerializer(serializers.ModelSerializer):
    """One job and how far it is."""

    percent = serializers.IntegerField(read_only=True)
    state_label = serializers.CharField(source="get_state_display", read_only=True)

    class Meta:
        model = ExportJob
        fields = (
            *("id", "kind", "title", "params", "state", "state_label", "percent", "done", "total", "step"),
            *("error", "file_name", "size", "sha256", "basis"),
            *("created_at", "started_at", "finished_at", "expires_at"),
        )
        read_only_fields = fields


class ExportRequestSerializer(serializers.Serializer):
    """Which file, with which filters."""

    kind = serializers.CharField(max_length=60, help_text="文件种类，如 reporting.workbook")
    params = serializers.DictField(required=False, default=dict, help_text="筛选条件，与页面地址中的相同")


@extend_schema_view(
    list=extend_schema(summary="本人的导出任务"), retrieve=extend_schema(summary="一个导出任务的进度")
)
class ExportViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """One's own export jobs; which kinds one may ask for is each exporter's rule."""

    serializer_class = ExportSerializer
    permission_classes = [ApiPermission]
    required_permission = SIGNED_IN
    queryset = ExportJob.objects.none()
    lookup_value_converter = "uuid"

    def get_queryset(self) -> Any:
        return selectors.jobs_of(self.request.user)

    @extend_schema(summary="申请导出", request=ExportRequestSerializer, responses={202: ExportSerializer})
    def create(self, request: Request) -> Response:
        """202: queued. The same file still unfinished is answered with the same job."""
        asked = ExportRequestSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        user: Any = request.user
        job = services.request_export(**asked.validated_data, unit=user.unit, by=user)
        return Response(self.get_serializer(job).data, status=status.HTTP_202_ACCEPTED)

    @extend_schema(summary="取消导出", request=None, responses={200: ExportSerializer})
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, pk: str) -> Response:
        job = services.cancel_export(job=self.get_object(), by=request.user)
        return Response(self.get_serializer(job).data)

    @extend_schema(
        summary="下载文件", request=None, responses={(200, "application/octet-stream"): OpenApiTypes.BINARY}
    )
    @action(detail=True, methods=["post"])
    def download(self, request: Request, pk: str) -> FileResponse:
        """By POST, since every download is put on record; the scope is asked once more."""
        job = selectors.downloadable(request.user, pk)
        exporter = exporter_of(job.kind) if job is not None else None
        if job is None or exporter is None:
            raise Http404
        services.open_export(job=job, by=request.user)
        return hand_out(job.file.open("rb"), name=job.file_name, content_type=exporter.content_type)
