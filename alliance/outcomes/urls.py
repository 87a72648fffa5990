"""Where is it?"""

app_name = "outcomes"

urlpatterns = []
