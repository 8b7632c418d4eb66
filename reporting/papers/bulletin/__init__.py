"""The monthly bulletin (通报) after GB/T 9704-2012: drafted once, laid out as PDF and as docx."""

from reporting.papers.bulletin.drafting import Bulletin, draft

__all__ = ["Bulletin", "draft"]
