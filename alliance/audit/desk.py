"""Who knocked? Staff, at any record: what all pages of records at the desk have in common.

Who may look and who may act comes from the badge, never from the user row. A status is never typed:
it moves by the steps below, which call the same actions as everybody's pages. Nothing is deleted,
and the history of a record is the trail's.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar, TypeVar, cast

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.utils import get_fields_from_path, unquote
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.timezone import now
from django.utils.translation import gettext as _

from alliance.access.actor import Actor, Audience
from alliance.access.doors import BadgedRequest, ask_again
from alliance.access.people import named_people, with_people
from alliance.access.verdict import Verdict
from alliance.audit.actions import note_access, record
from alliance.audit.enums import Look
from alliance.audit.models import Event
from alliance.lib.lifecycle import Move, WrongMoment
from alliance.ui.careful import speaks_of_work

View = TypeVar("View", bound=Callable[..., HttpResponse])
HISTORY_AT_MOST = 200
A_PHONE_NUMBER = re.compile(r"\+?[\d\s().-]{7,}")


def joined(rows: QuerySet[Any], related: tuple[str, ...]) -> QuerySet[Any]:
    """The rows with what they are shown with, and with the people they name."""
    people = named_people(rows.model, related)
    others = [path for path in related if path not in people]
    return with_people(rows.select_related(*others) if others else rows, *people)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One thing staff can do with a record: a button, a promise, perhaps a few words, one action.

    ``act`` is called as ``act(thing, by=…, at=…, **what the form cleaned)``.
    """

    verb: str
    label: str
    promise: str
    act: Callable[..., object]
    may: Callable[[Actor, Any], Verdict]
    open_to: Callable[[Any], bool]
    form: type[forms.Form] = forms.Form
    initial: Callable[[Any], dict[str, Any]] = field(default=lambda _thing: {})
    fresh: bool = False
    """Whether staff are asked first if it is still them."""
    undo: str = ""
    """The step that takes it back, offered once it is done."""
    leads_to: Callable[[Any], tuple[str, str]] | None = None
    """What is done next, and where: offered once it is done."""


def step(
    move: Move,
    act: Callable[..., object],
    *,
    may: Mapping[Move, Callable[[Actor, Any], Verdict]],
    promise: str,
    form: type[forms.Form] = forms.Form,
    initial: Callable[[Any], dict[str, Any]] = lambda _thing: {},
    undo: str = "",
    leads_to: Callable[[Any], tuple[str, str]] | None = None,
) -> Step:
    """A move of a lifecycle as a step: when it is open the table says, who may the policy."""
    return Step(
        verb=move.verb,
        label=move.label,
        promise=promise,
        act=act,
        may=may[move],
        open_to=lambda thing: thing.status in move.sources,
        form=form,
        initial=initial,
        undo=undo,
        leads_to=leads_to,
    )


def offer_undo(request: HttpRequest, way: str, **words: Any) -> None:
    """Beside what was done stands how to take it back."""
    link = f"{way}?{urlencode(words, doseq=True)}"
    offered = 'Done by mistake? <a href="{}">Undo</a>, before a letter leaves.'
    messages.info(request, format_html(offered, link))


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """What a room upstairs knows of a record of a room below, told on its page."""

    title: str
    lines: tuple[str, ...]


Teller = Callable[[Any, datetime], Beside]
_BESIDE: dict[type[Model], list[Teller]] = {}


def beside(model: type[Model]) -> Callable[[Teller], Teller]:
    """Register what is told beside every record of this model, as ``teller(thing, at)``."""

    def register(teller: Teller) -> Teller:
        _BESIDE.setdefault(model, []).append(teller)
        return teller

    return register


_MOVED: dict[type[Model], Callable[[str], object | None]] = {}
Where = TypeVar("Where", bound=Callable[[str], object | None])


def moved_to(model: type[Model]) -> Callable[[Where], Where]:
    """Register what knows where a record of this model went that is not there any more."""

    def register(where: Where) -> Where:
        _MOVED[model] = where
        return where

    return register


_PAGES: dict[str, tuple[str, Callable[..., HttpResponse]]] = {}


def page_at(route: str, name: str) -> Callable[[View], View]:
    """Register a page of the desk that belongs to a room the site itself must not know."""

    def register(view: View) -> View:
        _PAGES[route] = (name, view)
        return view

    return register


def pages() -> dict[str, tuple[str, Callable[..., HttpResponse]]]:
    """Every page so registered, by its route."""
    return dict(_PAGES)


def by_the_site(view: View) -> View:
    """The site puts the lock on its own views (``Desk.admin_view``); this shows which it is."""
    lock: Any = view
    lock.open_to = frozenset({Audience.BROKER})
    return view


def actor_of(request: HttpRequest) -> Actor:
    """The badge of this request."""
    return cast(BadgedRequest, request).actor


class LookOnly:
    """Staff see it here; what changes it happens elsewhere."""

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return actor_of(request).audience is Audience.BROKER

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class Rows(LookOnly, admin.TabularInline):
    """Rows that belong to a record, shown on its page."""

    template = "admin/rows.html"
    extra = 0
    can_delete = False
    related: ClassVar[tuple[str, ...]] = ()

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return joined(super().get_queryset(request), self.related)


class DeskModelAdmin(LookOnly, admin.ModelAdmin):
    """A kind of record. Read-only unless it names what may be typed (``changes``) or added."""

    actions = None
    show_full_result_count = False
    list_per_page = 50
    change_form_template = "admin/record.html"
    related: ClassVar[tuple[str, ...]] = ()
    shows: ClassVar[tuple[str, ...]] = ()
    changes: ClassVar[tuple[str, ...]] = ()
    numbers: ClassVar[tuple[str, ...]] = ()
    """Blind indexes of telephone numbers, looked into besides ``search_fields``."""
    of_work: ClassVar[tuple[str, ...]] = ()
    """Texts about a job, a team or a course: only numbers are refused in them."""
    add_form: ClassVar[type[forms.ModelForm[Any]] | None] = None
    asks_to_add: ClassVar[bool] = False
    """Whether whoever adds one is asked first if it is still them."""
    steps: ClassVar[tuple[Step, ...]] = ()

    def make(self, data: dict[str, Any], *, by: Actor, at: datetime) -> Model | None:
        """The action behind *add*; ``None`` where the row itself is all there is to it."""
        return None

    def keep(self, thing: Any, changed: dict[str, Any], *, by: Actor, at: datetime) -> bool:
        """The action behind *save*; ``False`` where the row itself is all there is to it."""
        return False

    def called(self, thing: Any) -> str:
        """What staff call this record."""
        return str(thing)

    # Who may look, add and type ------------------------------------------------------------------

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.add_form is not None and self._acts(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(self.changes) and self._acts(request)

    def _acts(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request) and actor_of(request).may_write

    # What is shown -------------------------------------------------------------------------------

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return joined(super().get_queryset(request), self.related)

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """A list is called by what is in it."""
        found: Any = super().get_changelist_instance(request)
        found.title = capfirst(self.opts.verbose_name_plural)
        return found

    def action_checkbox(self, obj: Model) -> SafeString:
        """The same box as Django's, which draws each of a page's fifty through four templates."""
        return format_html(
            '<input type="checkbox" name="{}" value="{}" class="action-select" aria-label="{}">',
            ACTION_CHECKBOX_NAME,
            obj.pk,
            format_html(_("Select this object for an action - {}"), obj),
        )

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """A telephone number is found however it was written, if it is written whole."""
        found, repeats = super().get_search_results(request, queryset, search_term)
        if A_PHONE_NUMBER.fullmatch(search_term.strip()):
            for path_to_it in self.numbers:
                index: Any = get_fields_from_path(self.model, path_to_it)[-1]
                if digests := index.digests(search_term):
                    found |= queryset.filter(**{f"{path_to_it}__in": digests})
        return found, repeats

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        if obj is None and self.add_form is not None:
            kwargs["form"] = self.add_form
            kwargs["fields"] = None
        return super().get_form(request, obj, change=change, **kwargs)

    def formfield_for_dbfield(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if db_field.name in self.of_work:
            speaks_of_work(field)
        return field

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None and self.add_form is not None:
            return list(self.add_form.base_fields)
        return self.shows

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return () if obj is None else [name for name in self.shows if name not in self.changes]

    def get_inlines(self, request: HttpRequest, obj: Any) -> Any:
        return () if obj is None else super().get_inlines(request, obj)

    def render_change_form(  # noqa: PLR0917 - the signature is Django’s
        self,
        request: HttpRequest,
        context: dict[str, Any],
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Any = None,
    ) -> HttpResponse:
        context |= {"steps": [], "beside": []}
        if obj is not None:
            context |= {"title": self.called(obj), "subtitle": None}
            context["steps"] = self._steps_of(actor_of(request), obj)
            at = now()
            context["beside"] = [teller(obj, at) for teller in _BESIDE.get(self.model, ())]
        return super().render_change_form(request, context, add, change, form_url, obj)

    def _steps_of(self, actor: Actor, thing: Any) -> list[tuple[Step, Verdict, str]]:
        return [
            (one, one.may(actor, thing), self._url("move", thing.pk, one.verb))
            for one in self.steps
            if one.open_to(thing)
        ]

    # What happens --------------------------------------------------------------------------------

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        by, at = actor_of(request), now()
        if change:
            changed = {name: form.cleaned_data[name] for name in form.changed_data}
            if changed and not self.keep(obj, changed, by=by, at=at):
                columns = {column.name for column in obj._meta.concrete_fields}
                obj.save(update_fields=columns & set(changed))
                record(verb="edit", subject=obj, by=by, at=at, changed=sorted(changed))
        elif made := self.make(form.cleaned_data, by=by, at=at):
            obj.__dict__.update(made.__dict__)
        else:
            obj.save()
            record(verb="add", subject=obj, by=by, at=at)

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """The trail has it already."""

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """The trail has it already."""

    @by_the_site
    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        asked = cast(BadgedRequest, request)
        if self.asks_to_add and not asked.proved_lately:
            return ask_again(asked)
        return super().add_view(request, form_url, extra_context)

    def get_urls(self) -> list[URLPattern]:
        moves = path(
            "<path:object_id>/move/<slug:verb>/",
            self.admin_site.admin_view(self.move_view),
            name=f"{self.opts.app_label}_{self.opts.model_name}_move",
        )
        return [moves, *super().get_urls()]

    @by_the_site
    def move_view(self, request: HttpRequest, object_id: str, verb: str) -> HttpResponse:
        """One step: what will happen, the words it needs, and then it happens."""
        asked = cast(BadgedRequest, request)
        thing = self._found(request, object_id)
        chosen = next((one for one in self.steps if one.verb == verb), None)
        if chosen is None:
            raise Http404
        if chosen.fresh and not asked.proved_lately:
            return ask_again(asked)
        back = self._back(request, thing)
        typed = request.POST if request.method == "POST" else None
        form = chosen.form(typed, initial=chosen.initial(thing))
        verdict = chosen.may(actor_of(request), thing)
        if request.method == "POST" and form.is_valid():
            try:
                became = chosen.act(thing, by=actor_of(request), at=now(), **form.cleaned_data)
            except (PermissionDenied, WrongMoment) as refusal:
                form.add_error(None, str(refusal))
            else:
                if onward := self.onward(request, became):
                    return HttpResponseRedirect(onward)
                self._say_done(request, chosen, thing, back)
                return HttpResponseRedirect(back)
        context = {
            **self.admin_site.each_context(request),
            "title": chosen.label,
            "opts": self.opts,
            "thing": thing,
            "step": chosen,
            "verdict": verdict,
            "form": form,
            "back": back,
        }
        status = 422 if form.errors else 200
        return TemplateResponse(request, "admin/record_move.html", context, status=status)

    def _say_done(self, request: HttpRequest, done: Step, thing: Any, back: str) -> None:
        """What was done, what is done next, and how it is taken back."""
        messages.success(request, f"{done.label}: done for {thing}.")
        if done.leads_to:
            words, way = done.leads_to(thing)
            messages.info(request, format_html('<a href="{}">{}</a>', way, words))
        if done.undo:
            offer_undo(request, self._url("move", thing.pk, done.undo), next=back)

    def onward(self, request: HttpRequest, became: object) -> str:
        """Where it goes on after a step, given what its action returned; empty is where one was."""
        return ""

    @by_the_site
    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """What the trail says about this record, newest first."""
        thing = self._found(request, object_id)
        events = with_people(Event.objects.about(thing).reverse(), "by")[:HISTORY_AT_MOST]
        context = {
            **self.admin_site.each_context(request),
            "title": f"History of {thing}",
            "opts": self.opts,
            "thing": thing,
            "events": events,
            **(extra_context or {}),
        }
        return TemplateResponse(request, "admin/record_history.html", context)

    def _get_obj_does_not_exist_redirect(
        self, request: HttpRequest, opts: Any, object_id: str
    ) -> HttpResponseRedirect:
        """An old key leads to the record that took its place."""
        where = _MOVED.get(self.model)
        if where and (key := where(unquote(object_id))):
            return HttpResponseRedirect(self._url("change", key))
        gone: HttpResponseRedirect = super()._get_obj_does_not_exist_redirect(  # type: ignore[misc]
            request, opts, object_id
        )
        return gone

    def _found(self, request: HttpRequest, object_id: str) -> Any:
        thing = self.get_object(request, unquote(object_id))
        if thing is None or not self.has_view_permission(request, thing):
            raise Http404
        return thing

    def _back(self, request: HttpRequest, thing: Any) -> str:
        wished = request.POST.get("next") or request.GET.get("next", "")
        if url_has_allowed_host_and_scheme(wished, allowed_hosts=None):
            return wished
        return self._url("change", thing.pk)

    def _url(self, name: str, *args: object) -> str:
        return reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_{name}", args=args)


class WatchedModelAdmin(DeskModelAdmin):
    """A kind of record that nobody opens unseen: who looked is written down for whom it is about.

    The house's only pages that write when they are read. A list says only that there is a record.
    """

    look: ClassVar[Look]
    asks_again: ClassVar[bool] = False
    """Whether whoever looks is asked first if it is still them."""

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        """A list is asked only what its filters offer: whoever may ask it for all above twenty
        dollars reads every pay without opening one."""
        return lookup.partition("__")[0] in {
            one for one in self.list_filter if isinstance(one, str)
        }

    def person_in(self, thing: Any) -> int:
        """Whom the record is about."""
        return int(thing.candidate_id)

    @by_the_site
    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Show the record, and write down who looked."""
        if self.asks_again and not cast(BadgedRequest, request).proved_lately:
            return ask_again(cast(BadgedRequest, request))
        if object_id is not None:
            seen = self._found(request, object_id)
            persons, by = [self.person_in(seen)], actor_of(request)
            note_access(self.look, seen, candidates=persons, by=by, at=now())
        return super().changeform_view(request, object_id, form_url, extra_context)
