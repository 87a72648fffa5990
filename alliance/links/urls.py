"""Where is it?"""

from django.urls import path

from alliance.links import views

app_name = "links"

urlpatterns = [path("l/<str:token>/", views.follow, name="follow")]
