"""Where is it?"""

app_name = "placements"

urlpatterns = []
