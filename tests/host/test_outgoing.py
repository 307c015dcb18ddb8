"""Where a POST to an address of somebody else's choice may go, and for how long."""

import time
from typing import Final

import pytest

from libs.host import outgoing
from libs.host.outgoing import Blocked, Unanswered, acceptable, post, public
from tests.referrals.receiver import Behaviour, answer, listening, trickle, wait

URL: Final = "https://inbox.example.org/samspor"


@pytest.mark.parametrize(
    "url",
    [
        "http://inbox.example.org/",
        "http://127.0.0.1/",
        "ftp://a.example/",
        "https://",
        "https://a:b@c.example/",
        "x",
        "https://a.example/?citizen=1",
        "https://a.example/#x",
        "https://[::1",
        "https://a.example:port/",
    ],
)
def test_an_address_that_could_tell_or_reach_too_much_is_refused(url: str) -> None:
    assert not acceptable(url, local=False)


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "10.1.2.3", "192.168.0.1", "169.254.169.254", "0.0.0.0", "::1", "fd00::1", "fe80::1",
             "::ffff:10.0.0.1", "100.64.0.1", "224.0.0.1", "localhost", "2130706433"]
)  # fmt: skip
def test_our_own_network_is_never_told(host: str) -> None:
    with pytest.raises(Blocked):
        public(host, 443, local=False)


def test_this_machine_is_told_in_a_local_installation_only() -> None:
    assert public("127.0.0.1", 80, local=True) == "127.0.0.1"
    assert acceptable("http://127.0.0.1:8000/in", local=True)
    assert not acceptable("http://a.example/in", local=True)
    assert acceptable(URL, local=False)
    with pytest.raises(Blocked):
        public("10.0.0.1", 80, local=True)
    assert public("1.1.1.1", 443, local=False) == "1.1.1.1"


def test_a_redirect_is_an_answer_and_not_a_way() -> None:
    with listening() as elsewhere, listening(answer(302, elsewhere.url)) as receiver:
        assert post(receiver.url, b"{}", {}, local=True) == 302
        assert (len(receiver.told), elsewhere.told) == (1, [])


@pytest.mark.parametrize("behaviour", [trickle(30.0), wait(30.0)])
def test_whoever_never_ends_to_answer_is_left(behaviour: Behaviour, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outgoing, "LONGEST", 1.0)
    with listening(behaviour) as receiver:
        begun = time.monotonic()
        with pytest.raises(Unanswered):
            post(receiver.url, b"{}", {}, local=True)
        assert time.monotonic() - begun < 4.0
