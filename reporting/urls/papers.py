"""Pages of workbook, bulletin and briefing."""

from django.urls import path

from reporting.views import paper_drafts as drafts
from reporting.views import paper_templates as templates
from reporting.views import papers

urlpatterns: list = [
    path("papers/", papers.papers, name="papers"),
    path("papers/templates/", templates.templates, name="templates"),
    path("papers/templates/<slug:key>/", templates.template, name="template"),
    path("papers/templates/<slug:key>/preview/", templates.template_preview, name="template_preview"),
    path("papers/templates/<slug:key>/reset/", templates.template_reset, name="template_reset"),
    path("papers/bulletin/start/", drafts.start_bulletin, name="start_bulletin"),
    path("papers/summary/start/", drafts.start_summary, name="start_summary"),
    path("papers/briefings/", drafts.briefings, name="briefings"),
    path("papers/briefings/start/", drafts.start_briefing, name="start_briefing"),
    path("papers/drafts/<int:pk>/", drafts.draft, name="draft"),
    path("papers/drafts/<int:pk>/save/", drafts.save_draft, name="save_draft"),
    path("papers/drafts/<int:pk>/head/", drafts.draft_head, name="draft_head"),
    path("papers/drafts/<int:pk>/figures/", drafts.take_anew, name="take_anew"),
    path("papers/drafts/<int:pk>/sources/", drafts.draft_sources, name="draft_sources"),
    path("papers/drafts/<int:pk>/issue/", drafts.issue_draft, name="issue_draft"),
    path("papers/drafts/<int:pk>/reopen/", drafts.reopen_draft, name="reopen_draft"),
    path("papers/drafts/<int:pk>/discard/", drafts.discard_draft, name="discard_draft"),
]
