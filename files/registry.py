"""What higher floors teach this one: which files can be made, and who may open which attachment."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Any, Protocol

from core.roundtrip import Plan

if TYPE_CHECKING:
    from files.models import Attachment, ExportJob


class Progress(Protocol):
    """Handed to an exporter: report how far it is; raises ``ExportCancelled`` once the user gave up."""

    def __call__(self, done: int, total: int, step: str = "") -> None: ...


@dataclass(frozen=True, slots=True)
class Built:
    """A finished file: its name as the user sees it, and the figures it was made from."""

    file_name: str
    basis: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Exporter:
    """One kind of file.

    ``allowed(user, params)`` is asked when the job is made, again when it runs and again at every download;
    ``build(user, params, path, progress)`` writes the file to ``path`` with the scope of ``user``.
    """

    kind: str
    title: Callable[[dict[str, Any]], str]
    allowed: Callable[[Any, dict[str, Any]], bool]
    build: Callable[[Any, dict[str, Any], str, Progress], Built]
    content_type: str


_exporters: dict[str, Exporter] = {}
_doors: dict[str, Callable[[Any, Attachment], bool]] = {}


def register_exporter(exporter: Exporter) -> None:
    _exporters[exporter.kind] = exporter


def exporter_of(kind: str) -> Exporter | None:
    return _exporters.get(kind)


def register_door(owner_label: str, may_open: Callable[[Any, Attachment], bool]) -> None:
    """Say who may open attachments whose owner is a ``owner_label`` (``app.model``)."""
    _doors[owner_label] = may_open


def may_open(user: Any, attachment: Attachment) -> bool:
    """Without a registered door nobody may."""
    door = _doors.get(attachment.owner_label)
    return door is not None and door(user, attachment)


def may_download(user: Any, job: ExportJob) -> bool:
    """Only who asked for it, and only as long as what it holds is still open to them."""
    exporter = exporter_of(job.kind)
    return job.requested_by_id == user.pk and exporter is not None and exporter.allowed(user, job.params)


@dataclass(frozen=True, slots=True)
class Importer:
    """One kind of sheet that may come back; ``docs/roundtrip.md`` tells how to write one.

    ``read`` says what the file would do, for the preview and again, ``locking``, inside the transaction of ``apply``;
    ``allowed`` is asked before each. ``back`` names the list's page and ``export`` the kind of file that is edited.
    ``most_bytes`` where its sheets may be larger than other uploads; what they unpack to stays bounded.
    """

    kind: str
    title: str
    intro: str
    allowed: Callable[[Any, dict[str, Any]], bool]
    read: Callable[[Any, dict[str, Any], IO[bytes], Progress, bool], Plan]
    apply: Callable[[Any, dict[str, Any], Plan, Progress], str]
    back: str
    export: str = ""
    most_bytes: int = 0


_importers: dict[str, Importer] = {}


def register_importer(importer: Importer) -> None:
    _importers[importer.kind] = importer


def importer_of(kind: str) -> Importer | None:
    return _importers.get(kind)
