"""Tables of the file room, split by noun."""

from files.models.attachments import Attachment, attachment_path
from files.models.exports import ExportJob, ExportQuerySet, ExportState, export_path
from files.models.imports import ImportJob, ImportState, import_path

__all__ = [
    "Attachment",
    "ExportJob",
    "ExportQuerySet",
    "ExportState",
    "ImportJob",
    "ImportState",
    "attachment_path",
    "export_path",
    "import_path",
]
