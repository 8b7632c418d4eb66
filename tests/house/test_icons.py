"""Every icon that a page, a menu entry or a script names is in the sprite, and no other."""

from __future__ import annotations

import json
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
APPS = ("core", "audit", "files", "orgs", "accounts", "notices", "sanzhang", "reporting", "kexie_portal")
NAMED = {
    "templates/**/*.html": r"""\{% icon "([a-z0-9-]+)"|(?:symbol|icon_name)="([a-z0-9-]+)"|\{% pill [^%]*?"[a-z]+" "([a-z0-9-]+)" %\}""",
    "static_src/js/*.js": r"""icon\("([a-z0-9-]+)"\)""",
} | {f"{app}/**/*.py": r"""(?:icon|symbol)=?"?:? ?"([a-z0-9-]+)\"""" for app in APPS}


def named_icons() -> dict[str, set[str]]:
    """The icons named in each file."""
    found: dict[str, set[str]] = {}
    for pattern, expression in NAMED.items():
        for file in ROOT.glob(pattern):
            groups = re.findall(expression, file.read_text("utf-8"))
            names = {
                name for group in groups for name in ([group] if isinstance(group, str) else group) if name
            }
            if names:
                found[str(file.relative_to(ROOT))] = names
    return found


def test_every_icon_named_is_in_the_sprite() -> None:
    sprite = set(json.loads((ROOT / "static_src" / "icons.json").read_text("utf-8")))
    named = named_icons()
    assert len(named) > 10
    missing = {file: names - sprite for file, names in named.items() if names - sprite}
    assert missing == {}


def test_no_icon_of_the_sprite_is_left_over() -> None:
    sprite = json.loads((ROOT / "static_src" / "icons.json").read_text("utf-8"))
    files = [file for app in APPS for file in ROOT.glob(f"{app}/**/*.py")]
    files += [*ROOT.glob("templates/**/*.html"), *ROOT.glob("static_src/js/*.js")]
    words = set(re.findall(r"[a-z0-9-]+", "\n".join(file.read_text("utf-8") for file in files)))
    assert [icon for icon in sprite if icon not in words] == []
