"""Pages of orgs."""


app_name = "orgs"
urlpatterns: list = []
