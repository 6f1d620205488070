"""How people communicate in the call beside speaking: chat, hands, who is there, announcements."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from local.stack import Stack
from tests.e2e.callers import (
    LIVE_REGION,
    Callers,
    announced,
    button,
    expect_announced,
    expect_toast,
    field,
    opened,
    panel,
    row,
    texts,
    tile,
    write,
)
from tests.e2e.crowd import Crowd
from tests.e2e.hardware import voice
from tests.e2e.integrator import Integrator
from tests.e2e.join_pages import visiting
from tests.e2e.networks import online
from tests.e2e.person import eventually
from tests.e2e.sleeping import laptop

RAISED, LOWERED = '{"raised": true, "since": 0}', '{"raised": false}'
# While `isCut` is set, nothing can be sent by data: as a connection that has just broken.
CUT = """{
  const real = RTCDataChannel.prototype.send;
  RTCDataChannel.prototype.send = function (...all) {
    if (window.isCut) throw new DOMException("", "OperationError");
    return real.apply(this, all);
  };
}"""
HARMLESS = [
    '<img src="x" onerror="window.isHacked = true"><script>window.isHacked = true</script>',
    "javascript:alert(1) or data:text/html,x",
    "https://bank.example@evil.example/",
]


@pytest.fixture
def callers(browser: Browser) -> Iterator[Callers]:
    made = Callers(browser)
    with made.profiles:
        yield made


# Chat


def test_what_is_written_reaches_everybody_and_is_unread_until_the_chat_is_open(
    integrator: Integrator, callers: Callers, crowd: Crowd
) -> None:
    made = integrator.create()
    anna, ben = (callers.enter(made["join_url"], name) for name in ("Anna", "Ben"))
    carl = crowd.add(crowd.ticket(made["meeting_code"], "Carl"), ["chat"])
    expect(tile(ben, "Carl")).to_be_visible()
    write(ben, "Good morning")
    expect(button(anna, "Chat 1 unread")).to_be_visible()
    eventually(lambda: carl.texts("chat") == ["Good morning"])
    carl.send_text("Hello", "chat")
    expect(button(anna, "Chat 2 unread")).to_be_visible()
    opened(anna, "Chat")
    expect(texts(anna)).to_have_text(["Good morning", "Hello"])
    expect(panel(anna, "Chat").locator(".said-name")).to_have_text(["Ben", "Carl"])
    expect(panel(ben, "Chat").locator(".said-name")).to_have_text(["Ben (you)", "Carl"])
    expect(button(anna, "Chat")).to_be_visible()
    carl.send_text("Read at once", "chat")
    expect(texts(anna)).to_have_count(3)
    expect(button(anna, "Chat")).to_be_visible()


def test_a_message_has_lines_and_at_most_two_thousand_characters(
    integrator: Integrator, callers: Callers, crowd: Crowd
) -> None:
    made = integrator.create()
    anna = callers.enter(made["join_url"], "Anna")
    carl = crowd.add(crowd.ticket(made["meeting_code"], "Carl"), ["chat"])
    expect(tile(anna, "Carl")).to_be_visible()
    opened(anna, "Chat")
    keys = anna.page.keyboard
    keys.type("one")
    keys.press("Shift+Enter")
    keys.type("two")
    expect(texts(anna)).to_have_count(0)
    keys.press("Enter")
    eventually(lambda: carl.texts("chat") == ["one\ntwo"])
    assert texts(anna).inner_text() == "one\ntwo"
    expect(field(anna)).to_have_value("")
    keys.press("Enter")  # nothing is not sent
    keys.insert_text("x" * 1_990)
    expect(panel(anna, "Chat")).to_contain_text("Characters left: 10")
    keys.insert_text("y" * 11)
    keys.press("Enter")
    eventually(lambda: carl.texts("chat")[1:] == ["x" * 1_990 + "y" * 10])
    carl.send_text("z" * 2_500, "chat")
    expect(texts(anna).last).to_have_text("z" * 2_000)


def test_links_can_be_clicked_and_nothing_else_is_interpreted(
    integrator: Integrator, callers: Callers, crowd: Crowd
) -> None:
    made = integrator.create()
    anna = callers.enter(made["join_url"], "Anna")
    carl = crowd.add(crowd.ticket(made["meeting_code"], "<b>Carl</b>"))
    expect(tile(anna, "<b>Carl</b>")).to_be_visible()
    chat = opened(anna, "Chat")
    for text in (*HARMLESS, "See https://upclass.example/a?b=1&c=2."):
        carl.send_text(text, "chat")
    expect(texts(anna)).to_have_text([*HARMLESS, "See https://upclass.example/a?b=1&c=2."])
    expect(chat.locator(".said-name")).to_have_text("<b>Carl</b>")
    expect(chat.get_by_role("link")).to_have_count(1)
    link = chat.get_by_role("link", name="https://upclass.example/a?b=1&c=2", exact=True)
    expect(link).to_have_attribute("href", "https://upclass.example/a?b=1&c=2")
    expect(link).to_have_attribute("target", "_blank")
    expect(link).to_have_attribute("rel", "noopener noreferrer")
    expect(chat.locator("img, script, b")).to_have_count(0)
    assert anna.page.evaluate("window.isHacked") is None


def test_a_link_shows_where_it_leads_and_nothing_unseen_turns_it_or_a_name_around(
    integrator: Integrator, callers: Callers, crowd: Crowd
) -> None:
    made = integrator.create()
    anna = callers.enter(made["join_url"], "Anna")
    carl = crowd.add(crowd.ticket(made["meeting_code"], "Ca\u202er\u200bl"), ["chat"])
    expect(tile(anna, "Carl")).to_be_visible()
    opened(anna, "Chat")
    carl.send_text("\u202eat\u200b https://\u0430pple.com/login\u2066", "chat")
    expect(texts(anna)).to_have_text(["at https://xn--pple-43d.com/login"])
    expect(texts(anna).get_by_role("link")).to_have_attribute("href", "https://xn--pple-43d.com/login")
    expect(panel(anna, "Chat").locator(".said-name")).to_have_text(["Carl"])
    assert not re.search("[\u200b\u202e\u2066]", anna.page.locator(".stage").inner_text())


def test_what_cannot_be_sent_remains_in_the_field(
    integrator: Integrator, callers: Callers, crowd: Crowd
) -> None:
    made = integrator.create()
    anna = callers.enter(made["join_url"], "Anna", CUT)
    carl = crowd.add(crowd.ticket(made["meeting_code"], "Carl"), ["chat"])
    expect(tile(anna, "Carl")).to_be_visible()
    anna.page.evaluate("window.isCut = true")
    write(anna, "An important thing")
    expect(panel(anna, "Chat").get_by_role("alert")).to_contain_text("This was not sent.")
    expect(field(anna)).to_have_value("An important thing")
    expect(field(anna)).to_be_focused()
    expect(texts(anna)).to_have_count(0)
    anna.page.evaluate("window.isCut = false")
    field(anna).press("Enter")
    eventually(lambda: carl.texts("chat") == ["An important thing"])
    expect(field(anna)).to_have_value("")
    expect(panel(anna, "Chat").get_by_role("alert")).to_be_hidden()


def test_a_reconnect_keeps_the_chat_and_whoever_comes_later_sees_nothing_of_it(
    browser: Browser, stack: Stack, integrator: Integrator, callers: Callers, crowd: Crowd
) -> None:
    made = integrator.create()
    code = made["meeting_code"]
    with online(browser, stack, LIVE_REGION) as (visitor, line):
        anna = visitor.open(made["join_url"])
        anna.enter("Anna")
        carl = crowd.add(crowd.ticket(code, "Carl"), ["chat"])
        expect(tile(anna, "Carl")).to_be_visible()
        carl.send_text("Before", "chat")
        write(anna, "Mine")
        expect(texts(anna)).to_have_text(["Before", "Mine"])
        before, line.resumes = crowd.sids(code)["Anna"], "forgotten"
        line.cut("silent")
        broken = anna.page.locator(".notice", has_text="reconnecting")
        expect(broken).to_be_attached()
        write(anna, "Into the blue")
        expect(panel(anna, "Chat").get_by_role("alert")).to_contain_text("This was not sent.")
        line.cut("open")
        eventually(lambda: crowd.sids(code).get("Anna", before) != before)
        carl.send_text("After", "chat")
        expect(texts(anna)).to_have_text(["Before", "Mine", "After"])
        expect(broken).to_have_count(0)
        field(anna).press("Enter")
        eventually(lambda: carl.texts("chat") == ["Mine", "Into the blue"])
        late = callers.enter(made["join_url"], "Dora")
        expect(opened(late, "Chat")).to_contain_text("No messages yet")
        carl.send_text("Welcome", "chat")
        expect(texts(late)).to_have_text(["Welcome"])


# Hands


def test_hands_are_seen_by_all_in_the_order_in_which_they_went_up(
    integrator: Integrator, callers: Callers, crowd: Crowd
) -> None:
    made = integrator.create()
    anna, ben = (callers.enter(made["join_url"], name) for name in ("Anna", "Ben"))
    carl = crowd.add(crowd.ticket(made["meeting_code"], "Carl"))
    opened(ben, "People")
    anna.click("Raise hand")
    expect(tile(ben, "Anna").locator(".up")).to_have_text("hand raised")
    expect(row(ben, "Anna").locator("[data-icon=hand]")).to_have_text("hand raised1")
    expect(tile(ben, "Carl")).to_be_visible()
    carl.send_data(RAISED, "hand")
    expect(tile(ben, "Carl").locator(".up")).to_have_text("2hand raised")
    expect_toast(ben, "Carl raised a hand.")
    ben.click("Raise hand")
    names = ["Anna", "Carl", "Ben (you)"]
    expect(panel(ben, "People").locator(".person-name")).to_have_text(names)
    dora = callers.enter(made["join_url"], "Dora")
    list_of_dora = opened(dora, "People").locator(".person-name")
    expect(list_of_dora).to_have_text(["Anna", "Ben", "Dora (you)", "Carl"])  # Carl's client answers nobody
    carl.reconnect()
    carl.send_text("Back again", "chat")
    expect(button(anna, "Chat 1 unread")).to_be_visible()
    expect(tile(ben, "Carl").locator(".up")).to_have_text("2hand raised")
    anna.click("Lower hand")
    expect(panel(ben, "People").locator(".person-name")).to_have_text(["Carl", "Ben (you)", "Anna", "Dora"])
    expect(tile(dora, "Anna").locator(".up")).to_have_count(0)
    carl.send_data(LOWERED, "hand")
    expect(tile(ben, "Carl").locator(".up")).to_have_count(0)
    assert announced(ben).count("Carl raised a hand.") == 1


# Who is there


def test_of_more_than_ten_people_one_can_be_found_by_name(
    integrator: Integrator, callers: Callers, crowd: Crowd
) -> None:
    made = integrator.create()
    anna = callers.enter(made["join_url"], "Anna")
    people = opened(anna, "People")
    for number in range(8):
        crowd.add(crowd.ticket(made["meeting_code"], f"Guest {number}"))
    crowd.add(crowd.ticket(made["meeting_code"], "Zoë Müller"))
    expect(people.get_by_role("heading", name="People (10)")).to_be_visible(timeout=20_000)
    search = people.get_by_role("textbox", name="Search people")
    expect(search).to_have_count(0)
    crowd.add(crowd.ticket(made["meeting_code"], "Guest 9"))
    expect(people.get_by_role("heading", name="People (11)")).to_be_visible()
    expect(people.locator(".person-name").first).to_have_text("Anna (you)")
    search.fill("muller")
    expect(people.locator(".person-name")).to_have_text(["Zoë Müller"])
    search.fill("nobody")
    expect(people).to_contain_text("Nobody of that name is here.")
    search.fill("")
    expect(people.locator(".person-name")).to_have_count(11)


# What is announced


def test_what_happens_is_announced_in_its_order(
    integrator: Integrator, callers: Callers, crowd: Crowd
) -> None:
    made = integrator.create()
    anna = callers.enter(made["join_url"], "Anna")
    carl = crowd.add(crowd.ticket(made["meeting_code"], "Carl"))
    expect_toast(anna, "Carl joined")
    carl.send_text("Good morning", "chat")
    expect_toast(anna, "Carl: Good morning")
    carl.send_data(RAISED, "hand")
    expect_toast(anna, "Carl raised a hand.")
    opened(anna, "Chat")
    carl.send_text("Only heard", "chat")
    expect_announced(anna, "Carl: Only heard")
    carl.leave()
    expect_toast(anna, "Carl left")
    wanted = ["joined", ": Good morning", "raised a hand.", ": Only heard", "left"]
    assert [said.removeprefix("Carl").strip() for said in announced(anna)] == wanted
    assert "Carl: Only heard" not in anna.page.evaluate("toasts")


def test_whoever_speaks_while_muted_gets_a_warning(
    browser: Browser, integrator: Integrator, tmp_path: Path
) -> None:
    flag = voice(tmp_path / "voice.wav", 8, 0.1)
    with laptop(browser, flag) as speaking, visiting(speaking.browser, LIVE_REGION) as visitor:
        anna = visitor.open(integrator.create()["join_url"])
        anna.enter("Anna")
        warning = "You are muted: nobody hears you. Press M to unmute."
        expect(tile(anna, "Anna (you)").and_(anna.page.locator(".speaking"))).to_be_visible(timeout=20_000)
        assert announced(anna) == []
        anna.click("Mute")
        expect_toast(anna, warning)
        assert announced(anna) == [warning]
