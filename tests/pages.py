"""Short ways for tests to open and post the pages of reporting."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.models import User
from reporting.models import Report
from tests.month import Month, fill

ClientOf = Callable[[User], Client]


def page(client: Client, name: str, *args: Any, **data: Any) -> Any:
    """GET of the page ``reporting:name``."""
    return client.get(reverse(f"reporting:{name}", args=args), data)


def post(client: Client, name: str, *args: Any, **data: Any) -> Any:
    """POST to ``reporting:name``."""
    return client.post(reverse(f"reporting:{name}", args=args), data)


def save(client: Client, *cells: dict[str, Any]) -> Any:
    """What the page sends as one types."""
    body = json.dumps({"cells": list(cells)})
    return client.post(reverse("reporting:save_cells"), body, content_type="application/json")


def cell(
    report: Report, key: str, value: str, revision: int = 0, explanation: str | None = None
) -> dict[str, Any]:
    return {
        "report": report.pk,
        "key": key,
        "value": value,
        "revision": revision,
        "explanation": explanation,
    }


def fill_townships(month: Month, county: str = "370102", value: int = 0) -> None:
    """Type ``value`` into every cell of every township of a county."""
    for report in Report.objects.filter(cycle=month.cycle, reviewer=month.tree[county]).exclude(
        unit=month.tree[county]
    ):
        fill(report, value)


def pdf(name: str = "材料.pdf") -> SimpleUploadedFile:
    """A small file that the portal takes."""
    return SimpleUploadedFile(name, b"%PDF-1.4\n%%EOF\n", content_type="application/pdf")
