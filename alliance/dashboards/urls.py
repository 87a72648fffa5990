"""Where is it?"""

app_name = "dashboards"

urlpatterns = []
