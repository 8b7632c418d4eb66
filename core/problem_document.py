"""The problem document of RFC 9457 that answers a refused call of the API, whoever refused it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from core.errors import Problem

PROBLEM_JSON = "application/problem+json"

TITLES = {
    400: "请求内容有误",
    401: "尚未登录",
    403: "没有权限",
    404: "未找到",
    405: "不支持的操作",
    409: "状态已变化",
    413: "内容过大",
    415: "不支持的格式",
    422: "未通过校验",
    429: "请求过于频繁",
}


def rows_of(problems: Iterable[Problem]) -> list[dict[str, Any]]:
    return [
        {
            "pointer": f"/{problem.field}" if problem.field else "/",
            "code": problem.code,
            "message": problem.message,
            "level": problem.level,
        }
        for problem in problems
    ]


def document(code: int, rows: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "type": "about:blank",
        "title": TITLES.get(code, "请求未能完成"),
        "status": code,
        "detail": "；".join(str(row["message"]) for row in rows),
        "errors": rows,
    }
