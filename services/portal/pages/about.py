"""`/{language}/about/{topic}`: what the plan is, and what a reader may expect of these pages."""

from fastapi import Request, Response

from services.portal.pages.addresses import moved
from services.portal.pages.languages import router_of_languages
from services.portal.pages.linked import data_block, trail
from services.portal.pages.showing import page_response
from services.portal.pages.texts import TEXTS, text
from shared.kernel.errors import NotFound
from shared.pages.policy import PUBLISHED
from shared.web.contract.route_options import RouteOptions

TOPICS = ("plan", "map", "privacy", "accessibility", "terms", "contact")
_MOST_PARAGRAPHS = 4
router = router_of_languages()


@router.get("/about/{topic}", options=RouteOptions(is_public=True))
async def show_topic(language: str, topic: str, request: Request) -> Response:
    """A topic. Raises NotFound."""
    if topic not in TOPICS:
        raise NotFound("There is no such topic.")
    if request.query_params:
        return moved(f"/{language}/about/{topic}")
    settings = request.app.state.settings
    title, origin, tail = text(language, f"about.{topic}"), settings.origin, f"/about/{topic}"
    keys = (f"said.{topic}_{place}" for place in range(1, _MOST_PARAGRAPHS + 1))
    return page_response(
        request,
        "about.html",
        language,
        None,
        PUBLISHED,
        tail=tail,
        data=data_block(trail(origin, [("ESCM", f"/{language}/"), (title, f"/{language}{tail}")])),
        licence=settings.data_licence,
        topic=topic,
        topics=TOPICS,
        paragraphs=[text(language, key) for key in keys if key in TEXTS],
        contact=settings.contact,
    )
