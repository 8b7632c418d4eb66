"""What is done in the file room: asking for a file, making it, taking one in, handing one out."""

from files.services.attachments import attach, remove_attachment
from files.services.exports import cancel_export, request_export, retry_export
from files.services.importing import run_import
from files.services.imports import confirm_import, discard_import, request_import
from files.services.opening import open_attachment, open_export
from files.services.running import run_export
from files.services.sweeping import sweep_exports, sweep_imports

__all__ = [
    "attach",
    "cancel_export",
    "confirm_import",
    "discard_import",
    "open_attachment",
    "open_export",
    "remove_attachment",
    "request_export",
    "request_import",
    "retry_export",
    "run_export",
    "run_import",
    "sweep_exports",
    "sweep_imports",
]
