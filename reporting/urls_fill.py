"""Pages of the desks that fill in."""

from django.urls import path, re_path

from reporting.views import (
    acts,
    attachments,
    cases_open,
    cells,
    chase,
    desk,
    fill,
    grid,
    report,
    settings,
    signing,
)

urlpatterns = [
    path("desk/", desk.desk, name="desk"),
    path("cells/", cells.save_cells, name="save_cells"),
    path("settings/", settings.settings, name="settings"),
    path("unit/<int:pk>/", report.unit, name="unit"),
    path("grid/", grid.grid, name="grid"),
    path("chase/", chase.chase, name="chase"),
    path("cycle/<int:cycle>/grid/", grid.grid, name="grid"),
    path("cycle/<int:cycle>/grid/zero/", grid.zero_all, name="zero_all"),
    path("cycle/<int:cycle>/chase/", chase.chase, name="chase"),
    path("cases/<int:pk>/", cases_open.case, name="case"),
    path("cases/<int:pk>/withdraw/", cases_open.withdraw, name="withdraw_case"),
    path("<int:pk>/", report.report, name="report"),
    path("<int:pk>/fill/", fill.fill, name="fill"),
    path("<int:pk>/zero/", acts.zero_rest, name="zero_rest"),
    path("<int:pk>/nil/", acts.nil, name="nil"),
    path("<int:pk>/submit/", acts.submit, name="submit"),
    path("<int:pk>/withdraw/", acts.withdraw, name="withdraw"),
    path("<int:pk>/ask-sign-off/", acts.ask_sign_off, name="ask_sign_off"),
    path("<int:pk>/reopen/", acts.reopen, name="reopen"),
    path("<int:pk>/scan/", acts.upload_scan, name="upload_scan"),
    path("<int:pk>/sign/", signing.sign, name="sign"),
    path("<int:pk>/files/", attachments.attach_files, name="attach"),
    path("<int:pk>/files/<uuid:file_id>/remove/", attachments.remove_file, name="remove_file"),
    path("<int:pk>/burden/", report.burden, name="burden"),
    path("<int:pk>/correct/", cases_open.correct, name="correct"),
    path("<int:pk>/chase/", chase.log, name="log_chase"),
    path("<int:pk>/chase/contacts/<int:officer_id>/", chase.reveal, name="reveal_contact"),
    re_path(r"^(?P<pk>[0-9]+)/row/(?P<act>nil|zero|told)/$", grid.row, name="grid_row"),
]
