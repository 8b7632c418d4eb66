"""The bulletin's annexes: tables that fit an upright page."""

from __future__ import annotations

from dataclasses import replace

from reporting.papers.book import Book
from reporting.papers.figures import Figures
from reporting.papers.registry_tables import count, rank, rate, table_of, typed
from reporting.papers.tables import PaperTable


def annexes_of(book: Book) -> list[PaperTable]:
    """Annex 1 to 3 of the month, from the same figures as the workbook."""
    figures = book.figures
    tables = [
        _copy(book.table("表2组织覆盖")),
        people_and_work(figures),
        _copy(book.table("表7报送质量")),
    ]
    month = figures.edition.cycle.label
    for number, table in enumerate(tables, start=1):
        table.name = f"附件{number}"
        table.title = f"{month}{table.title}"
    return tables


def _copy(table: PaperTable) -> PaperTable:
    """The same lines under a name and title of their own."""
    return replace(table, notes=list(table.notes))


def people_and_work(figures: Figures) -> PaperTable:
    """三长吸纳与作用发挥 on one page."""
    people, cover, change, work = (
        "在任“三长”（人）",
        "乡镇（街道）覆盖",
        "本期（人）",
        "本月作用发挥（场、期、次）",
    )
    labels = {
        "health_events": "健康服务",
        "contest_events": "科普校园",
        "agri_events": "农技培训",
        "popularisation_events": "其他科普",
        "led_events": "三长参与",
        "volunteer_events": "志愿服务",
    }
    specs = [
        count("key_people_total", "总人数", people),
        count("key_people_county", "县级", people),
        count("key_people_township", "乡镇级", people),
        count("vice_chairs", "任副主席以上", people),
        count("townships_covered", "乡镇数", cover),
        rate("townships_covered", "覆盖率", cover),
        rank("townships_covered", cover),
        count("recruited", "新吸纳", change),
        count("left", "离任", change),
        *(typed(figures, key, label, work) for key, label in labels.items() if key in figures.indicators),
    ]
    return table_of(
        figures,
        specs,
        name="附件2",
        title=f"各{figures.child_label}“三长”吸纳与作用发挥情况",
        own=figures.own_keys(key for key in labels if key in figures.indicators),
        notes=[
            "一人多处任职的在合计中计1人；位次按乡镇（街道）“三长”覆盖率排列。",
            "“未计入*”为本月尚未审核通过，未计入合计。",
        ],
    )
