"""Every component: what people read, how it is wired for readers, and what it refuses to draw."""

import re
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from bs4 import BeautifulSoup
from django import forms
from django.contrib.messages import constants
from django.contrib.messages.storage.base import Message
from django.core.paginator import Paginator
from django.template import TemplateDoesNotExist, engines
from django.template.loader import render_to_string
from django.utils.safestring import mark_safe
from django.utils.translation import override

from alliance.ui.parts import Crumb, Meter, Need, Step, StepState
from tests.ui import guide
from tests.ui.guide import AT

HOSTILE = "<script>alert('x')</script>"
ESCAPED = "&lt;script&gt;"


def draw(source: str, **context: object) -> str:
    return engines["django"].from_string(source).render(context)


def soup(source: str, **context: object) -> BeautifulSoup:
    return BeautifulSoup(draw(source, **context), "html.parser")


@pytest.fixture
def page(rf, settings) -> BeautifulSoup:
    """The guide: all components on the real base page, in a house with no other rooms."""
    settings.ROOT_URLCONF = "tests.ui.guide"
    source = (guide.HERE / "guide.html").read_text()
    html = engines["django"].from_string(source).render(guide.context(rf.get("/e/?status=open")))
    return BeautifulSoup(html, "html.parser")


def test_nothing_on_the_page_needs_a_looser_content_security_policy(page):
    inline = [tag.name for tag in page.find_all(True) if tag.has_attr("style")]
    handlers = [name for tag in page.find_all(True) for name in tag.attrs if name.startswith("on")]
    scripts = [tag for tag in page.find_all("script") if not tag.get("src")]

    assert inline == handlers == scripts == page.find_all("style") == []


def test_every_address_on_the_page_is_our_own(page):
    addresses = [tag.get("src") or tag.get("href") for tag in page.find_all(["script", "link"])]

    assert addresses
    assert all(address.startswith("/") for address in addresses)


def test_ids_on_the_page_are_unique_and_every_reference_has_its_target(page):
    ids = [tag["id"] for tag in page.find_all(id=True)]
    referred = [tag["for"] for tag in page.find_all("label", attrs={"for": True})]
    for name in ("aria-describedby", "aria-labelledby"):
        referred += [one for tag in page.find_all(attrs={name: True}) for one in tag[name].split()]
    referred += [link["href"][1:] for link in page.select(".form-errors a")]

    assert len(ids) == len(set(ids))
    assert set(referred) <= set(ids)


def test_headings_never_skip_a_level(page):
    levels = [int(tag.name[1]) for tag in page.find_all(re.compile(r"^h[1-6]$"))]

    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_every_icon_is_hidden_from_screen_readers(page):
    icons = page.select("svg.icon, svg.brand-mark")

    assert icons
    assert all(icon.get("aria-hidden") == "true" for icon in icons)


def test_an_icon_nobody_drew_is_an_error():
    with pytest.raises(TemplateDoesNotExist):
        draw('{% icon "unicorn" %}')


@pytest.mark.parametrize(
    "source",
    [
        "{% card title=bad %}{{ bad }}{% endcard %}",
        "{% page_header title=bad lead=bad eyebrow=bad %}{{ bad }}{% endpage_header %}",
        "{% notice title=bad %}{{ bad }}{% endnotice %}",
        "{% empty title=bad %}{{ bad }}{% endempty %}",
        "{% menu label=bad %}{{ bad }}{% endmenu %}",
        "{% letter_preview subject=bad to=bad note=bad %}{{ bad }}{% endletter_preview %}",
        "{% figure svg=bad title=bad caption=bad %}{{ bad }}{% endfigure %}",
        "{% status_badge bad %}",
        '{% skill_chip bad level=1 level_label=bad need="must" %}',
        "{% reason bad met=True detail=bad %}",
        "{% stat bad bad of=bad note=bad url=bad %}",
        "{% progress 1 2 bad %}",
        "{% needs_you needs at=at title=bad %}",
        "{% facts facts %}",
        "{% meters meters caption=bad %}",
        "{% steps steps label=bad at=at %}",
        "{% breadcrumbs trail %}",
        "{% flash message %}",
        "{% form_errors form %}{% fields form %}",
    ],
)
def test_hostile_text_stays_text(source):
    class Hostile(forms.Form):
        name = forms.CharField(label=HOSTILE, initial=HOSTILE)

    form = Hostile({"name": ""})
    form.add_error("name", HOSTILE)
    form.add_error(None, HOSTILE)

    html = draw(
        source,
        bad=HOSTILE,
        at=AT,
        needs=[Need(sentence=HOSTILE, url="#", detail=HOSTILE)],
        facts=[(HOSTILE, HOSTILE)],
        meters=[Meter(HOSTILE, 1, 2, HOSTILE)],
        steps=[Step(HOSTILE, note=HOSTILE)],
        trail=[Crumb(HOSTILE, "/"), Crumb(HOSTILE)],
        message=Message(constants.ERROR, HOSTILE),
        form=form,
    )

    assert ESCAPED in html
    assert "<script" not in html


def test_a_field_ties_its_label_help_and_error_to_its_widget():
    found = soup("{% field form.title %}", form=_form({"title": ""}))

    widget = found.find("input")
    assert found.find("label")["for"] == widget["id"]
    assert widget["aria-invalid"] == "true"
    assert widget["aria-describedby"].split() == ["id_title_helptext", "id_title_error"]
    assert "This field is required." in found.find(id="id_title_error").text
    assert widget["class"] == ["form-control", "is-invalid"]


def test_radio_buttons_are_a_group_with_a_legend_that_carries_help_and_error():
    found = soup("{% field form.shift %}", form=_form({}))

    group = found.find("fieldset")
    assert group.find("legend").text.startswith("Shift")
    assert group["aria-describedby"].split() == ["id_shift_helptext", "id_shift_error"]
    assert len(group.find_all("input", type="radio")) == 2


def test_a_field_keeps_the_class_and_the_text_it_had():
    found = soup("{% field form.description %}", form=_form({"description": "Half a sentence"}))

    assert found.find("textarea")["class"] == ["mono", "form-control"]
    assert found.find("textarea").text.strip() == "Half a sentence"


def test_a_hidden_field_has_no_label():
    html = draw("{% field form.token %}", form=_form({}))

    assert html.startswith('<input type="hidden"')


def test_prefix_and_suffix_stand_beside_the_widget():
    found = soup('{% field form.pay_min prefix="$" suffix="an hour" %}', form=guide.RoleForm())

    assert [affix.text for affix in found.select(".affixed .affix")] == ["$", "an hour"]


def test_the_error_summary_leads_to_each_field_and_to_the_first_radio_button():
    found = soup("{% form_errors form %}", form=_form({}))

    targets = [link["href"] for link in found.select("a")]
    assert found.find(role="alert")
    assert "#id_title" in targets
    assert "#id_shift_0" in targets


def test_the_error_summary_of_a_formset_names_the_rows_and_the_whole():
    formset = forms.formset_factory(guide.RoleForm, extra=0)
    data = {"form-TOTAL_FORMS": "1", "form-INITIAL_FORMS": "1", "form-0-title": ""}

    found = soup("{% form_errors rows %}", rows=formset(data))

    assert found.find("a", href="#id_form-0-title")


def test_a_form_without_mistakes_has_no_summary():
    assert draw("{% form_errors form %}", form=guide.SearchForm({})) == ""


@pytest.mark.parametrize(
    ("due", "said", "tone"),
    [
        (AT + timedelta(minutes=5), "5 minutes left", "warn"),
        (AT + timedelta(hours=3), "3 hours left", "warn"),
        (AT + timedelta(days=1), "1 day left", "warn"),
        (AT + timedelta(days=5), "5 days left", "plain"),
        (AT + timedelta(days=40), "by April 21", "plain"),
        (AT - timedelta(minutes=5), "overdue since today", "bad"),
        (AT - timedelta(days=1), "overdue since yesterday", "bad"),
        (AT - timedelta(days=2), "overdue since Tuesday", "bad"),
        (AT - timedelta(days=40), "overdue since January 31", "bad"),
        (date(2026, 3, 12), "13 hours left", "warn"),
    ],
)
def test_a_deadline_is_said_as_people_say_it(due, said, tone):
    found = soup("{% clock due at=at %}", due=due, at=AT)

    assert found.find("time").text == said
    assert f"tone-{tone}" in found.find(class_="clock")["class"]


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (AT, "today at 10 a.m."),
        (AT - timedelta(days=1), "yesterday at 10 a.m."),
        (AT + timedelta(days=1, minutes=30), "tomorrow at 10:30 a.m."),
        (AT - timedelta(days=2), "last Tuesday at 10 a.m."),
        (AT + timedelta(days=2), "Saturday at 10 a.m."),
        (AT - timedelta(days=60), "January 11"),
        (AT - timedelta(days=400), "Feb. 5, 2025"),
        (date(2026, 3, 13), "tomorrow"),
    ],
)
def test_a_moment_is_said_as_people_say_it(value, said):
    assert soup("{% moment value at=at %}", value=value, at=AT).find("time").text == said


def test_a_date_in_a_sentence_brings_no_space_of_its_own():
    html = draw("Since {% moment value at=at %}, they say.", value=AT, at=AT)

    assert "</time>, they say." in html


def test_the_exact_time_is_behind_the_words():
    mark = soup("{% moment value at=at %}", value=AT, at=AT).find("time")

    assert mark["datetime"] == "2026-03-12T10:00-04:00"
    assert mark["title"] == "Thursday, March 12, 2026, 10 a.m. EDT"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ("24 28", "$24–$28 an hour"),
        ("low 28", "$24.50–$28 an hour"),
        ("28 28", "$28 an hour"),
        ('62000 71000 unit="year"', "$62,000–$71,000 a year"),
        ('1850 unit=""', "$1,850"),
    ],
)
def test_a_wage_is_said_as_people_say_it(arguments, said):
    assert draw(f"{{% money {arguments} %}}", low=Decimal("24.50")) == said


@pytest.mark.parametrize("tone", ["plain", "accent", "good", "warn", "bad"])
def test_no_status_is_only_a_colour(tone):
    badge = soup("{% status_badge label tone=tone %}", label="Open", tone=tone)

    assert badge.find("svg")
    assert badge.text.strip() == "Open"


def test_a_tone_nobody_knows_is_an_error():
    with pytest.raises(ValueError, match="purple"):
        draw('{% status_badge "Open" tone="purple" %}')


@pytest.mark.parametrize(
    ("met", "said"), [(True, "Met:"), (False, "Not met:"), (None, "Not known:")]
)
def test_a_reason_says_in_words_whether_it_is_met(met, said):
    assert said in soup('{% reason "Nights" met=met %}', met=met).text


def test_a_skill_says_its_level_in_words():
    chip = soup('{% skill_chip "HPLC" level=2 level_label="alone" need="must" met=True %}')

    assert "alone, level 2 of 3" in chip.text
    assert len(chip.select(".dot-full")) == 2
    assert chip.select_one(".dots")["aria-hidden"] == "true"


def test_what_needs_me_says_so_when_nothing_does():
    assert "Nothing is waiting for you" in draw("{% needs_you needs at=at %}", needs=[], at=AT)


def test_a_need_of_zero_still_shows_its_number():
    found = soup(
        "{% needs_you needs at=at %}", needs=[Need(count=0, sentence="left", url="#")], at=AT
    )

    assert found.select_one(".need-count").text == "0"


def test_the_step_a_thing_is_at_is_marked():
    found = soup(
        '{% steps steps label="Life" at=at %}',
        steps=[Step("Asked", StepState.DONE, AT), Step("Presented", StepState.CURRENT)],
        at=AT,
    )

    assert found.find(attrs={"aria-current": "step"}).select_one(".step-label").text == "Presented"
    assert "(done)" in found.text


def test_pages_keep_the_filters(rf):
    found = soup(
        "{% pagination page %}",
        page=Paginator(range(60), 25).page(2),
        request=rf.get("/roles/?shift=night&page=2"),
    )

    assert [link["href"] for link in found.find_all("a")] == [
        "?shift=night&page=1",
        "?shift=night&page=3",
    ]
    assert "26–50 of 60" in found.text


def test_a_single_page_has_no_pager(rf):
    one = Paginator(range(3), 25).page(1)

    assert draw("{% pagination page %}", page=one, request=rf.get("/")).strip() == ""


def test_a_chart_that_nobody_vouched_for_is_shown_as_text():
    html = draw('{% figure svg=svg title="t" %}{% endfigure %}', svg="<svg></svg>")

    assert "&lt;svg&gt;" in html


def test_a_letter_says_who_writes_and_why_and_repeats_the_address_in_full():
    context = {
        "site_name": "The Alliance",
        "why": "You asked us to.",
        "action_label": "Answer",
        "action_url": "/l/abc/?a=1&b=2",
    }

    html = render_to_string("letters/_base.html", context)
    text = render_to_string("letters/_base.txt", context)

    assert BeautifulSoup(html, "html.parser").select_one(".action a")["href"] == "/l/abc/?a=1&b=2"
    assert "/l/abc/?a=1&b=2" in text
    assert "You asked us to." in html
    assert "You asked us to." in text
    assert "<" not in text


def test_the_page_for_our_own_mistakes_needs_nothing_from_anybody():
    assert "wrong on our side" in render_to_string("500.html")


def _form(data: dict[str, str]) -> guide.RoleForm:
    form = guide.RoleForm(data)
    form.full_clean()
    return form


def test_words_that_only_read_like_markup_are_escaped_whatever_was_drawn_before():
    ours, theirs = mark_safe("<b>Welding</b>"), "<b>Welding</b>"

    drawn = [draw("{% skill_chip name %}", name=name) for name in (ours, theirs, ours)]

    assert [ours in chip for chip in drawn] == [True, False, True]


def test_a_mark_is_drawn_in_the_language_of_the_page():
    chip = '{% skill_chip "TIG" need="must" %}'

    english = draw(chip)
    with override("es"):
        spanish = draw(chip)

    assert ("must" in english, "must" in spanish) == (True, False)


def test_the_exact_time_is_said_in_the_language_of_the_page():
    moment = "{% moment day %}"

    english = draw(moment, day=date(2030, 3, 4))
    with override("es"):
        spanish = draw(moment, day=date(2030, 3, 4))

    assert ("Monday, March 4, 2030" in english, "lunes" in spanish.lower()) == (True, True)
