"""Forms of pages of the console, as a browser sends them."""

import re
from html import unescape

import httpx

from tests.support.console import Browser, form_of


def inputs(page: httpx.Response) -> dict[str, str]:
    """The fields of the form in the content of a page, as a browser would send them."""
    content = page.text.partition("<main")[2]
    found = dict(form_of(page)[1])
    for name, text in re.findall(r'<textarea[^>]* name="([^"]+)"[^>]*>(.*?)</textarea>', content, re.DOTALL):
        found[unescape(name)] = unescape(text)
    for tag in re.findall(r"<input [^>]*>", content):
        if 'type="checkbox"' not in tag and (name := re.search(r' name="([^"]+)"', tag)):
            value = re.search(r' value="([^"]*)"', tag)
            found[unescape(name[1])] = unescape(value[1]) if value else ""
    for name, options in re.findall(r'<select[^>]* name="([^"]+)"[^>]*>(.*?)</select>', content, re.DOTALL):
        chosen = re.search(r'<option value="([^"]*)" selected', options)
        found[unescape(name)] = unescape(chosen[1]) if chosen else ""
    return found


async def submit(by: Browser, page: httpx.Response, **given: str) -> httpx.Response:
    action, _ = form_of(page)
    return await by.follow(await by.post(action, {**inputs(page), **given}))
