"""Where is it?"""

from django.urls import path

from employers.views import public, team

app_name = "employers"

HERE = "employers/<slug:employer>"
ROLE = f"{HERE}/roles/<uuid:public_id>"

urlpatterns = [
    path("roles/", public.board, name="board"),
    path("roles/<uuid:public_id>/", public.public_role, name="public_role"),
    path(f"{HERE}/roles/", team.roles, name="roles"),
    path(f"{HERE}/roles/new/", team.new_role, name="new_role"),
    path(f"{ROLE}/", team.role, name="role"),
    path(f"{ROLE}/edit/", team.edit_role, name="edit_role"),
    path(f"{ROLE}/preview/", team.preview_role, name="preview_role"),
    path(f"{ROLE}/<slug:verb>/", team.move_role, name="move_role"),
    path(f"{HERE}/sites/", team.sites, name="sites"),
]
