"""Forms shipped as data: what a province may start from, and which of them it has."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from orgs.models import OrgUnit
from reporting.models import Form

DATA = Path(__file__).resolve().parent.parent / "data"
#: In the order of the shelf, by the name that commands use.
SAMPLES = ("monthly_form", "census_form", "plan_form")


def read_shipped(name: str) -> Any:
    """What ``data/<name>.json`` holds."""
    return json.loads((DATA / f"{name}.json").read_text(encoding="utf-8"))


@dataclass(frozen=True, slots=True)
class Sample:
    """One shipped form; ``sections`` are names with the names of their items, ``form`` the province's own made from it."""

    name: str
    title: str
    note: str
    basis: str
    sections: list[tuple[str, list[str]]]
    form: Form | None = None

    @property
    def count(self) -> int:
        """How many items it asks for."""
        return sum(len(items) for _name, items in self.sections)


def samples_for(owner: OrgUnit) -> list[Sample]:
    """Every shipped form, with the one of ``owner`` where there is one of its key already."""
    shipped = {name: read_shipped(name) for name in SAMPLES}
    keys = [data["key"] for data in shipped.values()]
    present = {form.key: form for form in Form.objects.filter(owner=owner, key__in=keys)}
    return [
        Sample(
            name=name,
            title=data["name"],
            note=data["note"],
            basis=data["register"]["basis"],
            sections=[
                (section["name"], [item["name"] for item in section["items"]]) for section in data["sections"]
            ],
            form=present.get(data["key"]),
        )
        for name, data in shipped.items()
    ]
