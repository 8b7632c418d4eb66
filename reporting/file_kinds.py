"""Kinds of files that an item may want, each by the endings that count as one."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import PurePosixPath

ENDINGS = {
    "word": ("doc", "docx", "wps"),
    "excel": ("xls", "xlsx", "et"),
    "pdf": ("pdf", "ofd"),
    "image": ("jpg", "jpeg", "png", "heic"),
}
NAMES = {
    "word": "Word、WPS 文字",
    "excel": "Excel、WPS 表格",
    "pdf": "PDF、OFD",
    "image": "图片",
}
CHOICES = list(NAMES.items())


def is_of_kinds(name: str, kinds: Collection[str]) -> bool:
    """Whether a file of this name is of one of the kinds; without kinds any is."""
    ending = PurePosixPath(name).suffix.lower().lstrip(".")
    return not kinds or any(ending in ENDINGS[kind] for kind in kinds)


def words_of_kinds(kinds: Collection[str]) -> str:
    """PDF、OFD或图片; empty where any kind is taken."""
    return "或".join(NAMES[kind] for kind in NAMES if kind in kinds)
