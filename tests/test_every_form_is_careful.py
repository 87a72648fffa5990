"""No form of the house, nor of a library in it, takes what we never keep."""

import pytest
from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.test import RequestFactory

from alliance.access.actor import Actor, Audience, Level
from alliance.ui.careful import cares, refuse_private_numbers
from alliance.urls import urlpatterns

OF_WORK = {
    ("BoardForm", "q"),
    ("EmployerForm", "about"),
    ("ProviderForm", "about"),
    ("RoleForm", "description"),
    ("RoleForm", "education_reason"),
    ("RoleForm", "title"),
}
"""Where people describe jobs and teams. Somebody looked at each: nobody is described there."""


def forms_of_the_house(kind=forms.BaseForm):
    assert urlpatterns  # every room is open by now
    for one in kind.__subclasses__():
        yield one
        yield from forms_of_the_house(one)


def texts_of(fields):
    for name, field in fields.items():
        if isinstance(field, forms.CharField) and not isinstance(field.widget, forms.PasswordInput):
            yield name, field


@pytest.mark.parametrize(
    "form",
    sorted(set(forms_of_the_house()), key=lambda form: f"{form.__module__}.{form.__name__}"),
    ids=lambda form: f"{form.__module__}.{form.__name__}",
)
def test_every_text_of_every_form_refuses_what_we_never_keep(form):
    fields = getattr(form, "base_fields", {})

    assert [name for name, field in texts_of(fields) if not cares(field)] == []


def test_forms_that_are_careful_about_numbers_only_are_these():
    lenient = {
        (form.__name__, name)
        for form in set(forms_of_the_house())
        for name, field in texts_of(getattr(form, "base_fields", {}))
        if refuse_private_numbers in field.validators
    }

    assert lenient <= OF_WORK


@pytest.mark.django_db
def test_so_does_every_form_at_the_desk():
    request = RequestFactory().get("/admin/")
    request.actor = Actor(audience=Audience.BROKER, user_id=1, organization_id=1, level=Level.OWNER)
    careless = []
    for model, record in admin.site._registry.items():
        shown = [record.get_form(request, None)] if getattr(record, "add_form", None) else []
        if getattr(record, "changes", ()):
            shown.append(record.get_form(request, model(), change=True))
        careless += [
            (form, name)
            for form in shown
            for name, field in texts_of(form.base_fields)
            if not cares(field)
        ]

    assert careless == []


def test_a_field_made_later_is_careful_too():
    with pytest.raises(ValidationError, match="Social Security"):
        forms.CharField().clean("it is 078-05-1120")
    with pytest.raises(ValidationError, match="criminal record"):
        forms.SlugField(widget=forms.Textarea).clean("he was arrested")


def test_a_password_is_nobodys_to_read():
    assert forms.CharField(widget=forms.PasswordInput).clean("078-05-1120") == "078-05-1120"
