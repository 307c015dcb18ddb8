"""A browser without a screen: forms as a person fills them, over HTTP."""

import re
from html import unescape

import httpx

FIELD = re.compile(r"<input[^>]*>")
ATTRIBUTE = re.compile(r'(\w[\w-]*)="([^"]*)"')


class Browser:
    """Keeps cookies, follows redirects, and sends a page's hidden fields with what is filled in."""

    def __init__(self, address: str) -> None:
        self.http = httpx.Client(base_url=address, follow_redirects=True, timeout=20)

    def __enter__(self) -> "Browser":
        return self

    def __exit__(self, *_: object) -> None:
        self.http.close()

    def sign_in(self, name: str) -> None:
        page = self.http.get("/sign-in", params={"lang": "en"})
        form = next(each for each in re.findall(r"<form.*?</form>", page.text, re.DOTALL) if name in unescape(each))
        self.http.post("/sign-in", data=hidden(form) | named_button(form)).raise_for_status()

    def submit(self, path: str, **fields: str) -> httpx.Response:
        page = self.http.get(path)
        page.raise_for_status()
        return self.http.post(path, data=hidden(page.text) | fields)

    def links(self, path: str, pattern: str) -> list[str]:
        """The addresses on a page that match."""
        return [unescape(each) for each in re.findall(rf'href="({pattern})"', self.http.get(path).text)]


def hidden(html: str) -> dict[str, str]:
    fields = [dict(ATTRIBUTE.findall(each)) for each in FIELD.findall(html)]
    return {each["name"]: unescape(each.get("value", "")) for each in fields if each.get("type") == "hidden"}


def named_button(html: str) -> dict[str, str]:
    buttons = [dict(ATTRIBUTE.findall(each)) for each in re.findall(r"<button[^>]*>", html)]
    return {each["name"]: unescape(each.get("value", "")) for each in buttons if "name" in each}
