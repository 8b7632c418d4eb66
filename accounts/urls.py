"""Pages of accounts."""

from django.urls import path

from accounts.views import administering, delegating, handovers, officers, own, saved_views, signing

app_name = "accounts"
urlpatterns = [
    path("sign-in/", signing.sign_in, name="sign_in"),
    path("sign-out/", signing.sign_out, name="sign_out"),
    path("password/", signing.change_password, name="change_password"),
    path("posting/", signing.switch_posting, name="switch_posting"),
    path("me/", own.own, name="own"),
    path("me/token/", own.token, name="token"),
    path("delegations/", delegating.delegations, name="delegations"),
    path("delegations/<int:pk>/end/", delegating.end_delegation, name="end_delegation"),
    path("views/", saved_views.saved_views, name="saved_views"),
    path("views/save/", saved_views.save_view, name="save_view"),
    path("views/<int:pk>/", saved_views.change_view, name="change_view"),
    path("views/<int:pk>/delete/", saved_views.delete_view, name="delete_view"),
    path("views/<int:pk>/default/", saved_views.default_view, name="default_view"),
    path("", administering.account_list, name="list"),
    path("new/", administering.create, name="create"),
    path("bulk/", administering.bulk, name="bulk"),
    path("first-passwords/", administering.first_passwords, name="first_passwords"),
    path("<int:pk>/", administering.detail, name="detail"),
    path("<int:pk>/reset-password/", administering.reset, name="reset_password"),
    path("<int:pk>/close/", administering.close, name="close"),
    path("<int:pk>/reopen/", administering.reopen, name="reopen"),
    path("<int:pk>/grant/", administering.grant, name="grant"),
    path("<int:pk>/handover/", handovers.begin, name="begin_handover"),
    path("handovers/", handovers.handover_list, name="handovers"),
    path("handovers/<int:pk>/", handovers.handover, name="handover"),
    path("handovers/<int:pk>/remarks/", handovers.remarks, name="handover_remarks"),
    path("handovers/<int:pk>/give/", handovers.give_over, name="give_handover"),
    path("handovers/<int:pk>/take/", handovers.take_over, name="take_handover"),
    path("handovers/<int:pk>/cancel/", handovers.call_off, name="cancel_handover"),
    path("postings/<int:posting_id>/end/", administering.end, name="end_posting"),
    path("security/", officers.security, name="security"),
    path("security/unlock/<int:attempt_id>/", officers.unlock, name="unlock"),
    path("security/sessions/<int:session_id>/end/", officers.end_session, name="end_session"),
    path("system/", officers.system, name="system"),
]
