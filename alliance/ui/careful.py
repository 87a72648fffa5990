"""What is asked at every form? That nothing we never keep is typed into it, whoever wrote the form.

Put on Django's own text field before any form exists: a form cannot forget it, nor can the admin's
or those of a library.
"""

from __future__ import annotations

from functools import wraps
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from alliance.lib.private_numbers import Secret, found_in

SENTENCES = {
    Secret.SOCIAL_SECURITY: _(
        "This looks like a Social Security number. We never keep those: please take it out."
    ),
    Secret.LICENCE: _(
        "This looks like the number of a driver’s licence. We never keep those: please take it out. "
        "That somebody has a licence may be said."
    ),
    Secret.RECORD: _(
        "This speaks of an arrest, a conviction or a criminal record. We never keep that about "
        "anybody: please take it out."
    ),
}


def refuse_private_numbers(text: Any) -> None:
    """Raise ``ValidationError`` for a number we never keep. For what is said of jobs and teams."""
    _refuse(text, of_a_person=False)


def refuse_what_is_never_kept(text: Any) -> None:
    """Raise ``ValidationError`` for anything we never keep of somebody. For every other text."""
    _refuse(text, of_a_person=True)


CARES = (refuse_private_numbers, refuse_what_is_never_kept)


def everywhere() -> None:
    """From now on every field for text refuses what we never keep. Passwords are nobody's to read."""
    born: Any = forms.CharField.__init__
    if hasattr(born, "__wrapped__"):
        return

    @wraps(born)
    def careful(field: forms.CharField, *args: Any, **kwargs: Any) -> None:
        born(field, *args, **kwargs)
        if not isinstance(field.widget, forms.PasswordInput) and not cares(field):
            field.validators.append(refuse_what_is_never_kept)

    text: Any = forms.CharField
    text.__init__ = careful


def cares(field: Any) -> bool:
    """Whether this field refuses what we never keep."""
    return any(one in CARES for one in field.validators)


def speaks_of_work(*fields: Any) -> None:
    """In these fields of a form people describe a job, a team or a course, and nobody in person."""
    for field in fields:
        others = [one for one in field.validators if one not in CARES]
        field.validators = [*others, refuse_private_numbers]


def _refuse(text: Any, *, of_a_person: bool) -> None:
    if isinstance(text, str) and (secret := found_in(text, of_a_person=of_a_person)):
        raise ValidationError(SENTENCES[secret], code=secret)
