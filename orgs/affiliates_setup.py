"""What affiliates register at start: their files, their sheet coming back, their entry of the side bar."""

from __future__ import annotations

from core import nav
from files.registry import register_exporter, register_importer
from orgs.exporters.affiliates import EXPORTERS
from orgs.importing.affiliates import IMPORTER
from orgs.permissions import VIEW_UNITS


def declare_affiliates() -> None:
    """Called once at start."""
    for exporter in EXPORTERS:
        register_exporter(exporter)
    register_importer(IMPORTER)
    nav.register(
        nav.NavItem(
            "所属组织", "orgs:affiliates", "组织", icon="collection", permission=VIEW_UNITS.code, order=60
        )
    )
