"""Pages of files."""

from django.urls import path

from files.views import charts, exports, importing

app_name = "files"
urlpatterns = [
    path("", exports.centre, name="centre"),
    path("chart/", charts.chart_sheet, name="chart_sheet"),
    path("unit/", exports.unit_files, name="unit_files"),
    path("new/<str:kind>/", exports.start, name="start"),
    path("exports/<uuid:job_id>/", exports.status, name="status"),
    path("exports/<uuid:job_id>/cancel/", exports.cancel, name="cancel"),
    path("exports/<uuid:job_id>/retry/", exports.retry, name="retry"),
    path("exports/<uuid:job_id>/download/", exports.download, name="download"),
    path("attachments/<uuid:attachment_id>/", exports.attachment, name="attachment"),
    path("imports/", importing.imports, name="imports"),
    path("imports/new/<str:kind>/", importing.new_import, name="new_import"),
    path("imports/<uuid:job_id>/", importing.import_job, name="import_job"),
    path("imports/<uuid:job_id>/confirm/", importing.confirm, name="confirm_import"),
    path("imports/<uuid:job_id>/discard/", importing.discard, name="discard_import"),
]
