"""Pages of what is raised upward, of words collected, of presence."""

from django.urls import path

from reporting.views import issues, presence, words

urlpatterns = [
    path("<int:pk>/words/", words.words, name="words"),
    path("presence/", presence.presence, name="presence"),
    path("issues/", issues.issue_list, name="issues"),
    path("issues/export/", issues.export, name="export_issues"),
    path("issues/answer/", issues.answer_many, name="answer_issues"),
    path("issues/<int:pk>/", issues.issue, name="issue"),
    path("issues/<int:pk>/answer/", issues.answer, name="answer_issue"),
    path("issues/<int:pk>/pass-up/", issues.pass_up, name="pass_up_issue"),
    path("issues/<int:pk>/reopen/", issues.reopen, name="reopen_issue"),
]
