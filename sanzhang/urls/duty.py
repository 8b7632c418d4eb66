"""Pages of duty records, the duty standard, evaluations and the support ledger."""

from django.urls import path

from sanzhang.views import activities, campaign_days, duty, exemplars, supports

app_name = "duty"
urlpatterns = [
    path("", duty.duty_list, name="list"),
    path("export/", duty.export, name="export_list"),
    path("standard/", duty.standard, name="standard"),
    path("grades/", duty.grades, name="grades"),
    path("kinds/", duty.kinds, name="kinds"),
    path("kinds/new/", duty.edit_kind, name="new_kind"),
    path("kinds/<int:pk>/", duty.edit_kind, name="edit_kind"),
    path("days/new/", campaign_days.edit_day, name="new_day"),
    path("days/<int:pk>/", campaign_days.edit_day, name="edit_day"),
    path("days/<int:pk>/delete/", campaign_days.delete_day, name="delete_day"),
    path("activities/", activities.activity_list, name="activities"),
    path("activities/export/", activities.export, name="export_activities"),
    path("activities/new/", activities.new_activity, name="new_activity"),
    path("activities/people/", activities.people_rows, name="people_rows"),
    path("activities/find/", activities.find_people, name="find_people"),
    path("activities/<int:pk>/", activities.activity, name="activity"),
    path("activities/<int:pk>/edit/", activities.edit_activity, name="edit_activity"),
    path("activities/<int:pk>/void/", activities.void_activity, name="void_activity"),
    path("activities/<int:pk>/photos/", activities.add_photo, name="add_photo"),
    path("activities/<int:pk>/photos/<uuid:file_id>/remove/", activities.drop_photo, name="drop_photo"),
    path("supports/", supports.support_list, name="supports"),
    path("supports/export/", supports.export, name="export_supports"),
    path("supports/new/", supports.new_support, name="new_support"),
    path("supports/<int:pk>/", supports.support, name="support"),
    path("supports/<int:pk>/edit/", supports.edit_support, name="edit_support"),
    path("supports/<int:pk>/confirm/", supports.confirm_support, name="confirm_support"),
    path("supports/<int:pk>/void/", supports.void_support, name="void_support"),
    path("supports/<int:pk>/paper/", supports.attach_paper, name="attach_paper"),
    path("exemplars/", exemplars.exemplar_list, name="exemplars"),
    path("exemplars/export/", exemplars.export, name="export_exemplars"),
    path("exemplars/new/", exemplars.new_exemplar, name="new_exemplar"),
    path("exemplars/<int:pk>/", exemplars.exemplar, name="exemplar"),
    path("exemplars/<int:pk>/take-up/", exemplars.take_up, name="take_up"),
    path("exemplars/<int:pk>/withdraw/", exemplars.withdraw, name="withdraw_exemplar"),
]
