"""The page of a break-glass address. The address alone opens nothing: whoever has it presses a button, since mail
scanners and previews fetch addresses too."""

from fastapi import Request, Response

from services.access.principals.tokens.guards import CurrentTokenService
from services.access.signing_in.break_glass import operations
from services.access.signing_in.browsers import domain as cookies
from services.access.signing_in.browsers import operations as browsers
from services.access.signing_in.pages.addresses import ACCOUNT, BREAK_GLASS
from services.access.signing_in.pages.guards import PAGE, Browser, CurrentBrowser, SentForm
from services.access.signing_in.pages.responses import OnPage, language, page_response, sent_to
from services.access.signing_in.pages.second_step import count_failure, refuse_spent
from shared.kernel.errors import Malformed
from shared.mail.sealing import MailSeal
from shared.web.contract.route_options import OptionsRouter

router = OptionsRouter(include_in_schema=False)
_LONGEST = 100


@router.get(BREAK_GLASS, options=PAGE)
async def break_glass_page(request: Request, browser: CurrentBrowser) -> Response:
    """The page that says what opening the session means."""
    return _page(request, browser, request.query_params.get("code", ""))


@router.post(BREAK_GLASS, options=PAGE)
async def open_break_glass(
    request: Request, token_service: CurrentTokenService, browser: CurrentBrowser, form: SentForm
) -> Response:
    """Opens the session. Raises RateLimited after too many wrong codes of a network, OnPage for a wrong code."""
    await refuse_spent(token_service, request)
    async with browsers.acting(token_service.database, None) as uow:
        seal = MailSeal(token_service.settings)
        cookie = await operations.open_session(uow, seal, form.get("code", ""), browser.signed_in)
    if cookie is None:
        await count_failure(token_service, request)
        raise OnPage(Malformed(code="code_not_valid"), _page(request, browser, "", status=400))
    request.app.state.notifier.notify(uow.principals)
    return sent_to(ACCOUNT, cookies.cookie_header(browser.name, cookie))


def _page(request: Request, browser: Browser, code: str, *, status: int = 200) -> Response:
    values = {"action": BREAK_GLASS, "code": code[:_LONGEST], "wrong": status == 400}
    return page_response(request, browser, "break_glass.html", language(request), values, status=status)
