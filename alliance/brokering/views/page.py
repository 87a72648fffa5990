"""What stands around each of the desk's own pages?"""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpResponse
from django.template.response import TemplateResponse

from alliance.access.doors import BadgedRequest


def desk_page(
    request: BadgedRequest, template: str, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    """The page with the desk's own way around it."""
    around = admin.site.each_context(request)
    return TemplateResponse(request, template, around | context, status=status)
