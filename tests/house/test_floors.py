"""The floors and rooms of the house."""

import subprocess
import sys
from pathlib import Path

import pytest
from django.apps import apps
from django.db.models import ForeignKey, ManyToManyField, OneToOneField

ROOT = Path(__file__).resolve().parents[2]
FLOORS = ["core", "audit", "files", "orgs", "accounts", "notices", "sanzhang", "reporting", "kexie_portal"]
MODELS = [
    model for floor in FLOORS for model in apps.get_app_config(floor).get_models(include_auto_created=True)
]
LINES = 400


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_no_model_points_upward(model):
    own = FLOORS.index(model._meta.app_label)
    for field in model._meta.get_fields():
        if isinstance(field, ForeignKey | OneToOneField | ManyToManyField):
            target = field.related_model._meta.app_label
            assert target not in FLOORS[own + 1 :], f"{field} points up to {target}"


def test_audit_and_files_have_no_foreign_keys():
    """Their rows must outlive, and never block, what they speak of."""
    for floor in ("audit", "files"):
        for model in apps.get_app_config(floor).get_models():
            assert not [field for field in model._meta.get_fields() if field.is_relation], model


def test_import_contracts_hold():
    done = subprocess.run(
        [str(Path(sys.executable).parent / "lint-imports")], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout[-3000:]


def _modules():
    for floor in FLOORS:
        for path in sorted((ROOT / floor).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path


@pytest.mark.parametrize("path", list(_modules()), ids=lambda path: str(path.relative_to(ROOT)))
def test_modules_are_short_and_say_what_they_are_for(path):
    text = path.read_text(encoding="utf-8")
    assert text.count("\n") <= LINES, "split it by noun"
    is_marker = path.name == "__init__.py" and not text.strip()
    assert is_marker or text.startswith('"""'), "no docstring"


@pytest.mark.parametrize("name", ["utils.py", "helpers.py", "common.py"])
def test_no_room_without_a_name(name):
    assert not [path for path in _modules() if path.name == name]
