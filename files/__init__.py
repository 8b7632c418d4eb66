"""Attachments, export jobs and the one door through which files leave. An owner is a label and an id."""
