"""No address of the portal leads anybody to another site, whatever it holds and whatever host a request names."""

from urllib.parse import urlsplit

import pytest

from tests.portal.conftest import Site

_EVIL = "evil.example"
_PLACES = (
    f"//{_EVIL}",
    f"///{_EVIL}/en/",
    f"/\\{_EVIL}",
    f"/%5C{_EVIL}",
    f"/%2F%2F{_EVIL}",
    f"//{_EVIL}/guides",
    f"//{_EVIL}/en/countries?x=1",
    f"/en//{_EVIL}?x=1",
    f"/en/countries/%2F%2F{_EVIL}?x=1",
    f"/en/experts?next=//{_EVIL}",
    f"/search?q=//{_EVIL}",
    f"/v?code=//{_EVIL}",
    f"/en/verify?code=https://{_EVIL}",
    f"/en/verify?code=..//{_EVIL}",
    f"/records/membership/experts/{_EVIL}",
    f"/records/membership/experts/EXP-1?to=//{_EVIL}",
    f"/en/reports/%2F%2F{_EVIL}/x",
    f"/assets/0/%2F%2F{_EVIL}",
    "/assets/0/style.css",
    f"/problems/%2F%2F{_EVIL}",
    "/problems/quorum_missing",
    "/guides",
    "/guides//",
    "/en/experts/?x=1",
    "/docs/",
    "/sdk/",
    "/en",
    "/",
)


@pytest.mark.parametrize("place", _PLACES)
async def test_an_address_leads_to_this_site_alone(site: Site, place: str) -> None:
    forged = {"Host": _EVIL, "X-Forwarded-Host": _EVIL, "X-Forwarded-Proto": "https", "Forwarded": f"host={_EVIL}"}
    for headers in ({}, forged):
        response = await site.page(place, **headers)
        assert response.status_code < 500, response.text
        location = response.headers.get("location")
        if location is not None:
            assert response.is_redirect
            assert location.startswith("/"), location
            assert not location.startswith(("//", "/\\", "/%5C", "/%5c")), location
            assert urlsplit(location).netloc == ""
        assert _EVIL not in response.headers.get("link", "")
        assert _EVIL not in response.headers.get("refresh", "")
