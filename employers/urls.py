"""Where is it?"""

app_name = "employers"

urlpatterns = []
