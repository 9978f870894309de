"""Threads that are waited for, unless something goes wrong."""

from __future__ import annotations

from threading import Event

import pytest

from counterseal.threads import threads


def test_what_threads_do_is_waited_for_and_comes_in_order() -> None:
    seen: list[int] = []
    with threads(2) as pool:
        pool.submit(seen.append, 1).result()
        assert list(pool.map(abs, [-3, 2, -1])) == [3, 2, 1]
        pool.submit(seen.append, 2)
    assert seen == [1, 2]


def test_an_interruption_leaves_without_waiting_and_drops_what_has_not_begun() -> None:
    running, release, begun = Event(), Event(), Event()

    def hold() -> None:
        running.set()
        release.wait(60)

    def leave() -> None:
        with threads(1) as pool:
            pool.submit(hold)
            pool.submit(begun.set)
            assert running.wait(60)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        leave()
    assert not release.is_set()  # the thread that runs is still at it
    release.set()
    assert not begun.wait(0.2)


def test_an_error_in_a_thread_is_an_error_of_whoever_asks() -> None:
    with pytest.raises(ZeroDivisionError), threads(2) as pool:
        list(pool.map(lambda number: 1 / number, [1, 0]))
