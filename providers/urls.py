"""Where is it?"""

app_name = "providers"

urlpatterns = []
