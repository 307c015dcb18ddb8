"""What is to be confirmed is shown to its owner alone, and confirmed in one tap."""

from samspor.partners.v1 import partners_pb2 as partners

from libs.eventlog import Kind
from libs.host.errors import Refused
from tests.gateway.conftest import Browser
from tests.gateway.rooms_in_memory import SERVICE
from tests.gateway.world import HOUSING, NGO, stamp

PATH = f"/organisations/{NGO}/confirm"


def test_an_entry_is_confirmed_in_one_tap(browser: Browser) -> None:
    browser.sign_in("p-keeper")
    assert f'href="{PATH}"' in browser.get(f"/organisations/{NGO}/edit").text
    page = browser.get(f"{PATH}?lang=da").text
    assert "Sidst bekræftet" in page
    assert "En &lt;i&gt;mentor&lt;/i&gt;" in page
    answer = browser.send(PATH, {"service": SERVICE}, page)
    assert answer.url.path == PATH
    said = browser.services.last(partners.ConfirmEntry)
    assert (said.organisation, said.service) == (NGO, SERVICE)
    assert said.command.command_id


def test_nobody_confirms_for_another(browser: Browser, helper: Browser) -> None:
    assert helper.get(PATH).status_code == 404
    browser.sign_in("p-keeper")
    other = f"/organisations/{HOUSING}/confirm"
    page = browser.get(PATH).text
    assert browser.get(other).status_code == 404
    assert browser.send(other, {"service": SERVICE}, page).status_code == 404
    assert not [one for one in browser.services.asked if isinstance(one, partners.ConfirmEntry)]


def test_what_cannot_be_confirmed_is_said(browser: Browser) -> None:
    browser.sign_in("p-keeper")
    page = browser.get(PATH).text
    browser.services.refuse["ConfirmEntry"] = Refused(Kind.UNKNOWN, "SERVICE_UNKNOWN", "")
    assert browser.send(PATH, {"service": SERVICE}, page).status_code == 404


def test_everybody_sees_when_an_entry_was_confirmed_and_that_it_may_be_out_of_date(helper: Browser) -> None:
    service = partners.Service(id=SERVICE, organisation=NGO, name="Mentor")
    service.confirmed.CopyFrom(stamp(200))
    service.confirm_by.CopyFrom(stamp(20))
    helper.services.offered = [service]
    assert "Sidst bekræftet" in helper.get("/directory?lang=da").text
    page = helper.get(f"/organisations/{NGO}?lang=da").text
    assert "Måske forældet" in page
    service.confirm_by.CopyFrom(stamp(-20))
    assert "Måske forældet" not in helper.get(f"/organisations/{NGO}?lang=da").text
