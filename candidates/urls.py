"""Where is it?"""

app_name = "candidates"

urlpatterns = []
