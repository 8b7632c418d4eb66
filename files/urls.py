"""Pages of files."""

from django.urls import path

from files import views

app_name = "files"
urlpatterns = [
    path("", views.centre, name="centre"),
    path("new/<str:kind>/", views.start, name="start"),
    path("exports/<uuid:job_id>/", views.status, name="status"),
    path("exports/<uuid:job_id>/cancel/", views.cancel, name="cancel"),
    path("exports/<uuid:job_id>/retry/", views.retry, name="retry"),
    path("exports/<uuid:job_id>/download/", views.download, name="download"),
    path("attachments/<uuid:attachment_id>/", views.attachment, name="attachment"),
]
