"""HTML to PDF by WeasyPrint: fonts looked up and logged, nothing fetched from anywhere but the template itself."""

from __future__ import annotations

import gc
import logging
import subprocess
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings

from core.justified import justify
from core.memory import uncollected

logger = logging.getLogger("kexie.papers")

FONT_FILES = ("*.otf", "*.ttf", "*.ttc", "*.OTF", "*.TTF", "*.TTC")


@dataclass(frozen=True, slots=True)
class Face:
    """A face that papers ask for: ``wanted`` by the standard, then the substitutes in order of preference."""

    role: str
    wanted: tuple[str, ...]
    substitutes: tuple[str, ...]
    weight: str = "normal"

    @property
    def families(self) -> tuple[str, ...]:
        return (*self.wanted, *self.substitutes)


#: Faces of GB/T 9704-2012 and what stands in for them where they are not installed.
FACES = (
    Face(
        "仿宋",
        ("FangSong_GB2312", "仿宋_GB2312", "FangSong", "仿宋"),
        ("FandolFang", "AR PL UMing CN", "Noto Serif CJK SC"),
    ),
    Face(
        "小标宋",
        ("FZXiaoBiaoSong-B05S", "方正小标宋简体", "方正小标宋_GBK"),
        ("FandolSong", "Noto Serif CJK SC", "AR PL UMing CN"),
        "bold",
    ),
    Face("黑体", ("SimHei", "黑体"), ("FandolHei", "Noto Sans CJK SC"), "bold"),
    Face(
        "楷体",
        ("KaiTi_GB2312", "楷体_GB2312", "KaiTi", "楷体"),
        ("FandolKai", "AR PL UKai CN", "AR PL UMing CN", "Noto Serif CJK SC"),
    ),
    Face("宋体", ("SimSun", "宋体"), ("FandolSong", "AR PL UMing CN", "Noto Serif CJK SC")),
)


@dataclass(slots=True)
class Typefaces:
    """Which family stands for each role on this machine; files of the deployer's folder among them."""

    chosen: dict[str, str] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)

    @property
    def substitutions(self) -> list[str]:
        """仿宋→FandolFang …, empty where every licensed face is there."""
        return [f"{role}→{self.chosen[role]}" for role in self.missing if role in self.chosen]

    @property
    def families(self) -> dict[str, str]:
        """CSS font-family lists by role, the whole stack, so that a rare character falls through."""
        return {face.role: ", ".join(f'"{name}"' for name in face.families) for face in FACES}


def own_font_files() -> list[Path]:
    """Fonts that the deployer put into ``PAPER_FONTS_DIR``."""
    folder = Path(settings.PAPER_FONTS_DIR)
    return (
        sorted({path for pattern in FONT_FILES for path in folder.glob(pattern)}) if folder.is_dir() else []
    )


@lru_cache(maxsize=1)
def typefaces() -> Typefaces:
    """Look once which faces there are, and log what is substituted by what."""
    installed = _installed_families()
    found = Typefaces()
    for face in FACES:
        family = next((name for name in face.families if name in installed), None)
        if family is not None:
            found.chosen[face.role] = family
        if family not in face.wanted:
            found.missing.append(face.role)
    if found.missing:
        logger.warning("公文字体替代：%s", "、".join(found.substitutions) or "没有可用的中文字体")
    return found


def _installed_families() -> set[str]:
    listed = _fc("fc-list", "--format=%{family}\n")
    for path in own_font_files():
        listed += _fc("fc-query", "--format=%{family}\n", str(path))
    return {name.strip() for line in listed.splitlines() for name in line.split(",")}


def _fc(*command: str) -> str:
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)  # noqa: S603
    except FileNotFoundError:
        logger.warning("没有 fontconfig（%s），无法查明公文字体", command[0])
        return ""
    return done.stdout


@lru_cache(maxsize=1)
def font_faces() -> str:
    """``@font-face`` rules for the deployer's own files, which fontconfig does not know; looked up once."""
    rules = []
    for path in own_font_files():
        weight = "bold" if "bold" in path.stem.lower() else "normal"
        for name in {
            part.strip()
            for part in _fc("fc-query", "--format=%{family}\n", str(path)).replace("\n", ",").split(",")
        }:
            if name:
                rules.append(
                    f'@font-face {{ font-family: "{name}"; font-weight: {weight}; src: url("{path.as_uri()}"); }}'
                )
    return "\n".join(rules)


def lay_out(html: str, css: str, *, is_part: bool = False) -> Any:
    """The WeasyPrint document of ``html``; ``is_part`` where it goes with one that was laid out just before. The garbage
    collector rests meanwhile: half of a long table's time would go into walking over objects that all stay."""
    from weasyprint import CSS, HTML
    from weasyprint.text.fonts import FontConfiguration

    fonts = FontConfiguration()
    fetcher = _fonts_only()
    if not is_part:
        _free_the_last_one()
    with uncollected():
        sheet = CSS(string=font_faces() + css, font_config=fonts, url_fetcher=fetcher)
        document = HTML(string=html, url_fetcher=fetcher).render(stylesheets=[sheet], font_config=fonts)
        justify(document)
        return document


def _free_the_last_one() -> None:
    """Collect what the document before has left, without walking over the program itself, which stays for good."""
    gc.collect()
    if not gc.get_freeze_count():
        gc.freeze()


def _fonts_only() -> Any:
    """A fetcher that opens the deployer's font files and nothing else, neither network nor other files."""
    from weasyprint import URLFetcher

    known = {path.as_uri() for path in own_font_files()}

    class FontsOnly(URLFetcher):
        def fetch(self, url: str, headers: dict[str, str] | None = None) -> Any:
            if url not in known:
                raise ValueError(f"not fetched: {url}")
            return super().fetch(url, headers)

    return FontsOnly(allowed_protocols=["file"])
