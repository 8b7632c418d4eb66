"""Pages of accounts."""

from django.urls import path

from accounts.views import signing

app_name = "accounts"
urlpatterns = [
    path("sign-in/", signing.sign_in, name="sign_in"),
    path("sign-out/", signing.sign_out, name="sign_out"),
    path("password/", signing.change_password, name="change_password"),
    path("posting/", signing.switch_posting, name="switch_posting"),
]
