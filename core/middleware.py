"""Who asks, what is too large, and a refusal that no view caught as a page with its reasons and its status."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from itertools import chain

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse
from django.shortcuts import render

from core.errors import DomainError, Problem
from core.keys import key_in
from core.problem_document import PROBLEM_JSON, document, rows_of

READABLE = {"ensure_ascii": False}
#: Digits of a stated length that can be read as a number.
LONGEST_LENGTH = 18
#: All that a page is asked by; the API knows more.
PAGE_METHODS = ("GET", "HEAD", "POST", "OPTIONS")


class ClientAddressMiddleware:
    """Behind our proxy, the address of who asks is the last that the proxy was told; in front of it, nobody is believed."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        told = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")[-1].strip()
        if settings.BEHIND_PROXY and _is_address(told):
            request.META["REMOTE_ADDR"] = told
        return self.get_response(request)


class DomainErrorMiddleware:
    """Answers :class:`DomainError` with its own status; htmx gets the list alone, everyone else a whole page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, DomainError):
            return None
        return _refused(request, exception.problems, exception.status)


class MethodMiddleware:
    """Pages are looked at and take forms, nothing else; one that only takes forms, opened by hand, says so in words."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path.startswith("/api/"):
            return self.get_response(request)
        is_taken = request.method in PAGE_METHODS
        response = self.get_response(request) if is_taken else HttpResponseNotAllowed(PAGE_METHODS)
        if response.status_code != 405 or response.content:
            return response
        message = "这个地址只能由页面上的按钮打开，不能直接访问或刷新。请返回原来的页面再操作。"
        page = _refused(request, [Problem("method_not_allowed", message)], 405)
        page["Allow"] = response["Allow"]
        return page


class RequestSizeMiddleware:
    """Refuses a request that says it is too large, before anything of its body is read."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        stated = request.META.get("CONTENT_LENGTH") or ""
        if len(stated) <= LONGEST_LENGTH and key_in(stated) <= settings.REQUEST_MAX_BYTES:
            return self.get_response(request)
        limit = settings.REQUEST_MAX_BYTES // 1024 // 1024
        each = settings.UPLOAD_MAX_BYTES // 1024 // 1024
        message = f"提交的内容超过 {limit} MB，未被接收。单个文件不超过 {each} MB，请压缩或分次上传。"
        return _refused(request, [Problem("request_too_large", message)], 413)


class ZeroByteMiddleware:
    """Refuses text with a zero byte, which no field of ours means and PostgreSQL cannot hold."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not _has_zero_byte(request):
            return self.get_response(request)
        message = "提交的内容含有无法识别的字符（空字符），请删除后重新填写。"
        return _refused(request, [Problem("zero_byte", message)], 400)


def _has_zero_byte(request: HttpRequest) -> bool:
    if request.content_type == "application/json":
        return "%00" in request.META.get("QUERY_STRING", "") or b"\\u0000" in request.body
    given = chain.from_iterable(values for form in (request.GET, request.POST) for _, values in form.lists())
    return any("\0" in str(value) for value in given)


def _is_address(text: str) -> bool:
    try:
        return bool(ipaddress.ip_address(text))
    except ValueError:
        return False


def _refused(request: HttpRequest, problems: list[Problem], status: int) -> HttpResponse:
    if request.path.startswith("/api/"):
        body = document(status, rows_of(problems))
        return JsonResponse(body, status=status, content_type=PROBLEM_JSON, json_dumps_params=READABLE)
    template = "components/problem_list.html" if getattr(request, "htmx", False) else "errors/refused.html"
    return render(request, template, {"problems": problems}, status=status)
