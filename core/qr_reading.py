"""QR codes read off a scan, in a process of its own with bounded memory and time: ``python -m core.qr_reading FILE``."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
from pathlib import Path, PurePosixPath
from typing import Any

MEMORY = 1536 * 1024 * 1024
SECONDS = 25
#: Pages of a PDF that are looked at.
MOST_PAGES = 20
SCALE = 2.0
IMAGES = {".jpg", ".jpeg", ".png"}


def read_codes(file: Any, name: str) -> list[str]:
    """What the QR codes on ``file`` say; empty where none was found or it cannot be opened. ``file`` stays at its
    start."""
    ending = PurePosixPath(name).suffix.lower()
    if ending not in IMAGES and ending != ".pdf":
        return []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"scan{ending}"
        file.seek(0)
        path.write_bytes(file.read())
        file.seek(0)
        try:
            done = subprocess.run(  # noqa: S603
                [sys.executable, "-m", "core.qr_reading", str(path)],
                capture_output=True,
                timeout=SECONDS + 5,
                check=False,
                cwd=Path(__file__).resolve().parent.parent,
            )
            return [str(text) for text in json.loads(done.stdout or b"[]")]
        except (subprocess.TimeoutExpired, ValueError):
            return []


def main(path: str) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    json.dump(sorted(found_on(path)), sys.stdout)


def found_on(path: str) -> set[str]:
    """What the QR codes on every page say."""
    import zxingcpp

    found: set[str] = set()
    for image in _pages(path):
        codes = zxingcpp.read_barcodes(image)
        found |= {code.text for code in codes if code.format == zxingcpp.BarcodeFormat.QRCode}
    return found


def _pages(path: str) -> Any:
    if not path.endswith(".pdf"):
        from PIL import Image

        with Image.open(path) as image:
            yield image.convert("L")
        return
    import pypdfium2

    with pypdfium2.PdfDocument(path) as document:
        for number in range(min(len(document), MOST_PAGES)):
            yield document[number].render(scale=SCALE, grayscale=True).to_pil()


if __name__ == "__main__":
    main(sys.argv[1])
