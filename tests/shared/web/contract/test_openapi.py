"""The description of a service contains its responses, including problems, and only its own terms."""

import json

import pytest
from fastapi import APIRouter
from pydantic import BaseModel

from shared.configuration.settings import Settings
from shared.kernel.resource import Resource
from shared.web.contract.openapi import merged, render
from shared.web.contract.route_options import RouteOptions, query_of
from shared.web.contract.sharing import opened
from shared.web.edge.app import create_app
from shared.web.request.request_context import CurrentContext
from shared.web.request.route import ResourceRouter
from tests.shared.web.edge_app import client_of, edge_app

WIDGETS = Resource("test", "widgets", "widget")


class Widget(BaseModel):
    name: str


def described() -> dict:
    router = ResourceRouter(WIDGETS, {})

    @router.get(
        "",
        options=RouteOptions(is_public=True, query=query_of("cursor", "limit", described={"colour": "What colour."})),
        operation_id="listWidgets",
    )
    async def list_widgets(ctx: CurrentContext) -> list[Widget]:
        return []

    @router.post("", options=RouteOptions(problems=("unknown_country",)), operation_id="createWidget", status_code=201)
    async def create_widget(body: Widget, ctx: CurrentContext) -> Widget:
        return body

    @router.get("/{record}", options=RouteOptions(is_public=True, is_item=True), operation_id="getWidget")
    async def get_widget(record: str, ctx: CurrentContext) -> Widget:
        return Widget(name=record)

    @router.post("/{record}/transitions", options=RouteOptions(is_conditional=True), operation_id="transitionWidget")
    async def transition_widget(record: str, body: Widget, ctx: CurrentContext) -> Widget:
        return body

    app = create_app("test", Settings(environment="test"), [router], title="Test", has_database=False)
    return app.openapi()


@pytest.fixture(scope="module")
def document():
    return described()


def codes_of(document: dict, operation: dict, status: str = "default") -> list[str]:
    name = operation["responses"][status]["$ref"].rpartition("/")[2]
    return document["components"]["responses"][name]["content"]["application/problem+json"]["x-problem-codes"]


def test_it_is_openapi_3_1_without_the_frameworks_own_errors(document):
    assert document["openapi"].startswith("3.1")
    assert "HTTPValidationError" not in render(document).decode()
    assert "ValidationError" not in document["components"]["schemas"]
    assert "Problem" in document["components"]["schemas"]


def test_every_reference_leads_somewhere(document):
    for reference in set(json.dumps(document).split('"$ref": "')[1:]):
        _, _, kind, name = reference.partition('"')[0].split("/")
        assert name in document["components"][kind]


def test_every_operation_says_which_problems_it_returns(document):
    paths = document["paths"]
    create = paths["/test/v1/widgets"]["post"]
    assert "unknown_country" in codes_of(document, create, "422")
    assert {"unsupported_media_type", "malformed_json", "unauthenticated"} <= set(codes_of(document, create))
    assert "request_in_progress" in codes_of(document, create, "409")
    assert "invalid_cursor" in codes_of(document, paths["/test/v1/widgets"]["get"])
    assert "unsupported_media_type" not in codes_of(document, paths["/test/v1/widgets"]["get"])
    step = paths["/test/v1/widgets/{record}/transitions"]["post"]
    assert codes_of(document, step, "428") == ["precondition_required"]
    assert "transition_not_allowed" in codes_of(document, step, "409")


def test_what_can_fail_everywhere_is_said_once(document):
    operations = [operation for path in document["paths"].values() for operation in path.values()]
    for each in operations:
        assert {"internal_error", "maintenance", "rate_limited", "unavailable"} <= set(codes_of(document, each))
        assert not {"400", "401", "403", "415", "429", "500", "503"} & each["responses"].keys()
    health = document["paths"]["/test/v1/livez"]["get"]
    assert len(codes_of(document, health)) == 4


def test_headers_are_components_and_named_where_they_count(document):
    paths = document["paths"]
    step = paths["/test/v1/widgets/{record}/transitions"]["post"]
    assert {"$ref": "#/components/parameters/IfMatch"} in step["parameters"]
    assert {"$ref": "#/components/parameters/IdempotencyKey"} in step["parameters"]
    assert set(paths["/test/v1/widgets"]["post"]["responses"]["201"]["headers"]) >= {"Location", "ETag"}
    item = paths["/test/v1/widgets/{record}"]["get"]
    assert "304" in item["responses"]
    assert set(document["x-common-headers"]) == {"X-Request-Id", "RateLimit-Policy", "RateLimit"}
    assert {"$ref": "#/components/parameters/IfNoneMatch"} in item["parameters"]


def test_query_parameters_that_an_endpoint_reads_itself_are_described(document):
    given = (opened(document, part) for part in document["paths"]["/test/v1/widgets"]["get"]["parameters"])
    parameters = {part["name"]: part for part in given}
    assert set(parameters) == {"cursor", "limit", "colour"}
    assert parameters["limit"]["schema"]["maximum"] == 200


def test_public_operations_work_with_and_without_a_token_and_others_only_with(document):
    widgets = document["paths"]["/test/v1/widgets"]
    assert widgets["get"]["security"] == [{}, {"oauth2": []}, {"bearer": []}]
    assert "security" not in widgets["post"]
    assert document["security"] == [{"oauth2": []}, {"bearer": []}]
    assert document["paths"]["/test/v1/livez"]["get"]["security"] == []
    flows = document["components"]["securitySchemes"]["oauth2"]["flows"]
    assert set(flows) == {"clientCredentials", "password"}


def test_every_used_tag_is_listed(document):
    assert {"widgets", "health"} <= {tag["name"] for tag in document["tags"]}


@pytest.mark.parametrize("names", [[None], ["with_underscore"], ["Upper"], ["same", "same"]])
def test_an_operation_without_a_stable_id_of_its_own_is_refused(names):
    router = APIRouter()
    for number, name in enumerate(names):
        router.add_api_route(f"/test/v1/{number}", lambda: None, operation_id=name)
    app = create_app("test", Settings(environment="test"), [router], title="Test", has_database=False)
    with pytest.raises(ValueError, match="operation ids"):
        app.openapi()


def test_an_endpoint_can_only_name_catalogued_problems():
    with pytest.raises(ValueError, match="made_up"):
        RouteOptions(problems=("made_up",))


def test_merging_keeps_everything_and_refuses_one_name_for_two_things():
    first, second = described(), edge_app().openapi()
    del second["paths"]["/test/v1/livez"], second["paths"]["/test/v1/readyz"]
    whole = merged([first, second], title="All", description="Everything")
    assert set(whole["paths"]) == set(first["paths"]) | set(second["paths"])
    assert [tag["name"] for tag in whole["tags"]].count("health") == 1
    second["components"]["schemas"]["Widget"] = {"type": "string"}
    with pytest.raises(ValueError, match="Widget"):
        merged([first, second], title="All", description="Everything")


async def test_the_document_is_served_to_everybody_and_its_bytes_are_stable():
    async with client_of(edge_app()) as client:
        response = await client.get("/test/v1/openapi.json")
    assert response.status_code == 200
    assert response.content == render(edge_app().openapi())
