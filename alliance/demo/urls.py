"""Where is it?"""

from django.urls import path

from alliance.demo import views

app_name = "demo"

urlpatterns = [
    path("code/", views.code, name="code"),
    path("mail/", views.mailbox, name="mailbox"),
    path("mail/<slug:name>/", views.mail, name="mail"),
    path("mail/<slug:name>/<int:number>/", views.attachment, name="attachment"),
]
