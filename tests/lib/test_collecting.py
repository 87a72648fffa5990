"""The collector is put off for a batch, and comes back whatever became of it."""

import gc

import pytest

from alliance.lib import collecting


def test_nothing_is_collected_during_a_batch_and_everything_after():
    with collecting.put_off():
        during = gc.isenabled()

    assert (during, gc.isenabled()) == (False, True)


def test_a_batch_that_breaks_does_not_leave_it_off():
    with pytest.raises(ZeroDivisionError), collecting.put_off():
        raise ZeroDivisionError

    assert gc.isenabled()


def test_who_had_it_off_before_has_it_off_after():
    gc.disable()
    with collecting.put_off():
        pass
    still_off = not gc.isenabled()
    gc.enable()

    assert still_off
