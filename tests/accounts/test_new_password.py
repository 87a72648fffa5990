"""Somebody forgot their password: they choose a new one by a link, which works once."""

import re

import pytest
from django.test import Client

from tests.factories.accounts import MembershipFactory

ASK = "/accounts/password/reset/"
NEW = "eleven quiet pipettes"


@pytest.fixture
def user(db):
    return MembershipFactory().user


@pytest.fixture
def browser():
    return Client()


def link_for(user, browser, mailoutbox):
    said = browser.post(ASK, {"email": user.email}, follow=True).content.decode()
    assert "Look into your mail" in said
    assert mailoutbox[-1].to == [user.email]
    return re.search(r"https?://[^/]+(/accounts/password/reset/key/\S+)", mailoutbox[-1].body)[1]


def test_a_new_password_is_chosen_by_a_link(user, browser, mailoutbox):
    page = browser.get(link_for(user, browser, mailoutbox), follow=True)
    assert "Keep this password" in page.content.decode()

    said = browser.post(
        page.request["PATH_INFO"], {"password1": NEW, "password2": NEW}, follow=True
    )

    assert "Your password is changed" in said.content.decode()
    user.refresh_from_db()
    assert user.check_password(NEW)


def test_the_link_works_once_and_says_what_to_do_then(user, browser, mailoutbox):
    link = link_for(user, browser, mailoutbox)
    page = browser.get(link, follow=True)
    browser.post(page.request["PATH_INFO"], {"password1": NEW, "password2": NEW})

    again = Client().get(link, follow=True).content.decode()

    assert "This link no longer works" in again
    assert f'href="{ASK}"' in again


def test_whoever_is_not_known_here_is_told_the_same(user, browser, mailoutbox):
    known = browser.post(ASK, {"email": user.email}, follow=True)
    unknown = Client().post(ASK, {"email": "nobody@elsewhere.example"}, follow=True)

    assert "Look into your mail" in unknown.content.decode()
    assert [one[0] for one in unknown.redirect_chain] == [one[0] for one in known.redirect_chain]
