"""People sign in to the console and out of it."""

from tests.support.console import ConsoleSystem


async def test_a_person_signs_in_and_comes_to_the_page_that_they_wanted(console: ConsoleSystem) -> None:
    officer = await console.person(("secretariat_officer", "country", "XA"), name="Olga Example")
    page = await officer.open("/console/?x=1")
    assert page.status_code == 200, page.text
    assert str(page.url) == "https://console.test/console/?x=1"
    assert "Signed in as Olga Example" in page.text
