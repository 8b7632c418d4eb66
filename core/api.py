"""What every API answer has in common: pages, and problem details (RFC 9457) for what was refused."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from rest_framework import exceptions, status
from rest_framework.pagination import PageNumberPagination
from rest_framework.response import Response
from rest_framework.views import exception_handler

from core.errors import DomainError
from core.problem_document import PROBLEM_JSON, document, rows_of


class PagePagination(PageNumberPagination):
    """``?page=`` and ``?page_size=`` up to 500."""

    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 500


def _flatten(detail: Any, path: str = "") -> list[dict[str, str]]:
    """DRF's nested error detail as a flat list of field paths (JSON pointers) and messages."""
    if isinstance(detail, dict):
        return [
            row for key, value in detail.items() for row in _flatten(value, f"{path}/{key}" if key else path)
        ]
    if isinstance(detail, list):
        return [
            row
            for index, value in enumerate(detail)
            for row in _flatten(value, f"{path}/{index}" if isinstance(value, dict | list) else path)
        ]
    return [{"pointer": path or "/", "code": getattr(detail, "code", "invalid"), "message": str(detail)}]


def _answer(code: int, errors: list[dict[str, Any]], headers: dict[str, str] | None = None) -> Response:
    return Response(document(code, errors), status=code, headers=headers, content_type=PROBLEM_JSON)


#: How the framework begins what it says to a session without the page's token.
CSRF_REFUSAL = "CSRF Failed"


def problem_details(exc: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's exception handler: every refusal is a problem document with field paths."""
    if isinstance(exc, DomainError):
        return _answer(exc.status, rows_of(exc.problems))
    if isinstance(exc, Http404):
        exc = exceptions.NotFound("未找到，或不在您的管辖范围内。")
    elif isinstance(exc, PermissionDenied):
        exc = exceptions.PermissionDenied("您没有办理此事项的权限。")
    elif isinstance(exc, exceptions.PermissionDenied) and str(exc.detail).startswith(CSRF_REFUSAL):
        exc = exceptions.PermissionDenied("页面已失效，本次提交没有执行。请刷新后再提交，程序请用令牌调用。")
    response = exception_handler(exc, context)
    if response is None:
        return None
    headers = {
        key: value for key, value in response.headers.items() if key in ("WWW-Authenticate", "Retry-After")
    }
    code = response.status_code if response.status_code != status.HTTP_200_OK else 400
    return _answer(code, _flatten(response.data), headers)
