"""One line a happening, for machines where it is deployed."""

import json
import logging
import sys

import pytest
from gunicorn.config import Config

from alliance.celery import app
from alliance.lib.log_lines import AsJson, format_for
from alliance.weblog import Diary


def line(message, *args, exc_info=None):
    return logging.LogRecord("web", logging.WARNING, "", 0, message, args, exc_info)


def test_a_line_says_when_how_bad_from_where_and_what():
    record = line("Refused with %s", 404)
    record.facts = {"request": "abc", "audience": "employer", "organization": 7}

    said = json.loads(AsJson().format(record))

    assert said.pop("time").endswith("+00:00")
    assert said == {
        "level": "WARNING",
        "logger": "web",
        "message": "Refused with 404",
        "request": "abc",
        "audience": "employer",
        "organization": 7,
    }


def test_a_line_break_begins_no_line_of_its_own():
    said = AsJson().format(line('a\nINFO "web" all is well\u2028'))

    assert len(said.splitlines()) == 1


def test_an_error_and_its_traceback_are_one_line_without_the_token_of_a_link():
    try:
        int("/l/s3cret-Token_1/")
    except ValueError:
        said = AsJson().format(line("It fell over at /l/s3cret-Token_1/", exc_info=sys.exc_info()))

    assert "ValueError" in json.loads(said)["exception"]
    assert "s3cret" not in said
    assert len(said.splitlines()) == 1


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ({"CONNECTOR_MODE": "production"}, "json"),
        ({"CONNECTOR_MODE": "demo"}, "line"),
        ({}, "line"),
        ({"CONNECTOR_MODE": "production", "LOG_FORMAT": "line"}, "line"),
        ({"LOG_FORMAT": "json"}, "json"),
    ],
)
def test_machines_read_a_deployment_and_people_their_own_machine(given, wanted):
    assert format_for(given) == wanted


def test_another_format_is_not_guessed_at():
    with pytest.raises(ValueError, match="not “xml”"):
        format_for({"LOG_FORMAT": "xml"})


def test_the_web_servers_diary_names_the_request(monkeypatch, capsys):
    monkeypatch.setenv("LOG_FORMAT", "json")
    settings = Config()
    settings.set("accesslog", "-")
    settings.set("access_log_format", "%(m)s %(U)s %(s)s %(M)sms %({x-request-id}o)s")
    diary = Diary(settings)
    facts = {"m": "GET", "U": "/roles/", "s": "200", "M": 12, "{x-request-id}o": "abc"}

    diary.access_log.info(settings.access_log_format, diary.atoms_wrapper_class(facts))

    said = json.loads(capsys.readouterr().out)
    assert said["message"] == "GET /roles/ 200 12ms abc"
    assert (said["path"], said["status"], said["request"]) == ("/roles/", 200, "abc")


def test_a_worker_brings_no_format_of_its_own():
    before = list(logging.root.handlers)

    app.log.setup_logging_subsystem(loglevel="INFO")

    assert logging.root.handlers == before
