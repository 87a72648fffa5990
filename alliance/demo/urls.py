"""Where is it?"""

app_name = "demo"

urlpatterns = []
