"""What the repository holds: text of the product, and nothing of the machine or the place that it was made on."""

from __future__ import annotations

import ast
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LARGEST = 600_000
#: Divisions and locks of package versions are data.
DATA = re.compile(
    r"^(orgs/data/|kexie_portal/demo/data/|requirements/.*\.txt$|package-lock\.json$)|\.csv\.gz$"
)
FORBIDDEN = {
    "a home or workplace path": re.compile(r"/[h]ome/\w|/[r]oot/|/[w]ork/|/[U]sers/\w"),
    "a package registry": re.compile(
        r"(index-url|registry)\s*[=:]\s*\S*//|[p]ypi\.org|registry\.[n]pm|[n]pmmirror|[t]una\.tsinghua"
    ),
    "a private key": re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----"),
    "an unfinished thought": re.compile(r"\b(TODO|FIXME|XXX|HACK)\b"),
}
FORBIDDEN_NAMES = re.compile(
    r"(^|/)(node_modules|\.venv|var|dist|__pycache__)/|\.(min\.js|min\.css|woff2?|ttf|otf|pyc|so|whl)$"
)


def _files() -> list[str]:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if listed.returncode:
        pytest.skip("not a git checkout")
    return [name for name in listed.stdout.splitlines() if (ROOT / name).is_file()]


def _text(name: str) -> str:
    try:
        return (ROOT / name).read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return ""


@pytest.mark.parametrize("what", FORBIDDEN)
def test_no_file_holds(what: str) -> None:
    own = str(Path(__file__).relative_to(ROOT))
    found = [
        f"{name}: {match[0]}"
        for name in _files()
        if name != own and not DATA.search(name) and (match := FORBIDDEN[what].search(_text(name)))
    ]
    assert found == []


def test_locks_name_no_index() -> None:
    """Whoever installs chooses the index; the hashes make sure that it brings the same files."""
    for name in ("requirements/base.txt", "requirements/dev.txt"):
        text = _text(name)
        assert "--hash=sha256:" in text
        assert not re.search(r"index-url|find-links|https?://", text), name
    assert not re.search(r'"resolved":', _text("package-lock.json"))


def test_nothing_generated_or_of_third_parties_is_kept() -> None:
    assert [name for name in _files() if FORBIDDEN_NAMES.search(name)] == []


def test_no_file_is_large() -> None:
    assert [name for name in _files() if (ROOT / name).stat().st_size > LARGEST] == []


def test_links_between_documents_lead_somewhere() -> None:
    broken = []
    for name in _files():
        if name.endswith(".md"):
            here = (ROOT / name).parent
            for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", _text(name)):
                if "://" not in target and not (here / target).exists():
                    broken.append(f"{name}: {target}")
    assert broken == []


#: “²” and “٣” answer to each of these, and ``int`` takes one and breaks on the other.
DIGIT_TESTS = {"isdigit", "isdecimal", "isnumeric"}


def _reads_numbers_by_hand(function: ast.AST) -> bool:
    """Whether numbers are recognised by another test than ``core.keys`` has, and then made whole numbers."""
    calls = [node.func for node in ast.walk(function) if isinstance(node, ast.Call)]
    methods = {call.attr for call in calls if isinstance(call, ast.Attribute)}
    made = {call.id for call in calls if isinstance(call, ast.Name)}
    return bool(methods & DIGIT_TESTS) and "isascii" not in methods and "int" in made


def _by_hand(text: str) -> list[str]:
    functions = (node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.FunctionDef))
    return [function.name for function in functions if _reads_numbers_by_hand(function)]


def test_numbers_in_words_are_read_in_one_place() -> None:
    """What stands below the framework, where process numbers are read, has no requests."""
    own = re.compile(r"^(?!tests/|kexie_portal/embedded/|core/keys\.py$).*\.py$")
    found = {name: names for name in _files() if own.match(name) and (names := _by_hand(_text(name)))}
    assert found == {}, "read them by core.keys"


def test_a_number_read_by_hand_is_seen() -> None:
    assert _by_hand("def f(x):\n    return int(x) if x.isdigit() else 0") == ["f"]
    assert _by_hand("def f(x):\n    return int(x) if x.isascii() and x.isdigit() else 0") == []
