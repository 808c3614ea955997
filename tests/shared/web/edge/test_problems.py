"""After any failure the caller gets one catalogued document, without request data and internal data."""

import httpx
import orjson
import pytest

from shared.kernel.errors import pointer_to
from shared.web.contract.catalogue import PROBLEMS
from shared.web.request.error_mapping import register_constraint
from tests.shared.web.edge_app import FAILURES, client_of, edge_app

register_constraint("test_one_email", "/emails", "Somebody has this address already.")


@pytest.fixture(scope="module")
async def client():
    async with client_of(edge_app()) as client:
        yield client


def problem_of(response: httpx.Response, status: int, code: str) -> dict:
    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"
    document = response.json()
    assert set(document) >= {"type", "title", "status", "code", "detail", "instance", "request_id"}
    assert document["code"] == code
    assert document["type"] == f"/problems/{code}"
    assert document["status"] == status
    assert document["request_id"] == response.headers["x-request-id"]
    assert document["instance"] == response.request.url.raw_path.decode().partition("?")[0]
    assert response.headers["cache-control"] == "no-store"
    assert document["detail"]
    assert document["code"] in PROBLEMS
    for canary in ("canary-5521", "secret@example.org"):
        assert canary not in response.text
    return document


async def fail(client: httpx.AsyncClient, name: str, status: int, code: str) -> dict:
    return problem_of(await client.get(f"/test/v1/failures/{name}"), status, code)


async def test_members_of_an_error_are_serialised_and_instants_have_six_digits(client):
    problem = await fail(client, "offers", 409, "transition_not_allowed")
    assert problem["current_state"] == "prospect"
    assert problem["allowed_actions"][0]["action"] == "invite"
    assert problem["at"] == "2026-11-24T10:00:00.000000Z"


async def test_headers_of_an_error_belong_to_the_response(client):
    response = await client.get("/test/v1/failures/stale")
    assert problem_of(response, 412, "version_conflict")["current_etag"] == response.headers["etag"] == '"4.0"'


async def test_the_title_follows_accept_language_and_the_code_does_not(client):
    response = await client.get("/test/v1/failures/anonymous", headers={"accept-language": "fr-FR"})
    problem = problem_of(response, 401, "unauthenticated")
    assert problem["title"] == "Une authentification est requise"
    assert response.headers["content-language"] == "fr"
    assert response.headers["www-authenticate"].startswith("Bearer")
    assert "accept-language" in response.headers["vary"].lower()


async def test_a_bug_is_500_without_its_message(client):
    await fail(client, "bug", 500, "internal_error")


async def test_an_uncatalogued_code_becomes_the_general_problem_of_its_kind(client):
    await fail(client, "uncatalogued", 409, "conflict")


async def test_errors_that_are_all_unknown_fields_name_the_problem(client):
    problem = await fail(client, "unknown_fields", 422, "unknown_field")
    assert problem["errors"] == [{"pointer": "/fields/x", "code": "unknown_field", "detail": "No."}]


@pytest.mark.parametrize("name", ["unique", "overlap"])
async def test_a_registered_constraint_is_a_conflict_at_its_field(client, name):
    problem = await fail(client, name, 409, "conflict")
    assert problem["errors"] == [
        {"pointer": "/emails", "code": "conflict", "detail": "Somebody has this address already."}
    ]


async def test_a_constraint_that_nobody_registered_is_a_conflict_without_a_field(client):
    assert "errors" not in await fail(client, "unique_elsewhere", 409, "conflict")


@pytest.mark.parametrize(
    "name", ["cancelled", "locked", "crowded", "lost", "closed", "refused", "no_room", "no_room_in_the_database"]
)
async def test_a_busy_or_absent_database_is_503_with_retry_after(client, name):
    response = await client.get(f"/test/v1/failures/{name}")
    problem_of(response, 503, "unavailable")
    assert int(response.headers["retry-after"]) > 0


async def test_our_own_retry_after_is_kept(client):
    assert (await client.get("/test/v1/failures/away")).headers["retry-after"] == "7"


async def test_other_faults_of_the_database(client):
    await fail(client, "check", 500, "internal_error")
    await fail(client, "rls", 403, "forbidden")
    await fail(client, "out_of_range", 422, "validation_failed")


async def test_every_failure_of_the_small_app_was_tried():
    assert len(FAILURES) == 21


async def test_an_unknown_path_is_404_before_the_body_is_looked_at(client):
    response = await client.post(
        "/test/v1/nothing", content=b"x" * (2 << 20), headers={"content-type": "application/json"}
    )
    problem_of(response, 404, "not_found")
    for path in ("/", "/test", "/test/v1", "/test/v1/things/", "/test/v1/things/1/2/3", "/test/v1/%00", "/%E2%82%AC"):
        problem_of(await client.get(path), 404, "not_found")


async def test_an_unknown_method_is_405_and_allow_names_all_methods_of_the_path(client):
    response = await client.put("/test/v1/things/1")
    problem_of(response, 405, "method_not_allowed")
    assert response.headers["allow"] == "DELETE, GET, HEAD"
    for method in ("OPTIONS", "TRACE", "PUT", "PATCH"):
        assert (await client.request(method, "/test/v1/things")).headers["allow"] == "GET, HEAD, POST"


async def test_a_malformed_path_value_is_404(client):
    problem_of(await client.get("/test/v1/things/canary-5521x".replace("canary-5521", "abc")), 404, "not_found")


async def test_query_faults_are_400_with_the_parameter(client):
    problem = problem_of(await client.get("/test/v1/things?limit=0"), 400, "invalid_parameter")
    assert problem["errors"][0] == {"parameter": "limit", "code": "invalid_parameter", "detail": "At least 1."}
    problem = problem_of(await client.get("/test/v1/things?colour=canary-5521"), 400, "unknown_parameter")
    assert problem["errors"][0]["parameter"] == "colour"
    problem = problem_of(await client.get("/test/v1/things?colour=1&limit=canary-5521"), 400, "invalid_parameter")
    assert len(problem["errors"]) == 2


async def post(client: httpx.AsyncClient, body: bytes, kind: str = "application/json") -> httpx.Response:
    return await client.post("/test/v1/things", content=body, headers={"content-type": kind})


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"canary-5521",
        b"\xff\xfe",
        b'{"orcid": }',
        b"[1,]",
        b'{"orcid": "\xe9"}',
        '{"orcid": "é"}'.encode("utf-16"),
        '{"orcid": "é"}'.encode("utf-32-le"),
    ],
)
async def test_a_body_that_is_no_json_in_utf8_is_malformed_json(client, body):
    problem_of(await post(client, body), 400, "malformed_json")


async def test_body_faults_are_422_with_pointers(client):
    body = b'{"names": [{"given": "abcdefg"}, {"given": 3}], "orcid": "bad-orcid"}'
    problem = problem_of(await post(client, body), 422, "validation_failed")
    assert [(error["pointer"], error["code"]) for error in problem["errors"]] == [
        ("/names/0/given", "too_long"),
        ("/names/1/given", "invalid_type"),
        ("/orcid", "orcid_checksum"),
    ]


async def test_an_unknown_field_names_the_problem_only_when_nothing_else_is_wrong(client):
    problem = problem_of(await post(client, b'{"a/b": 1, "names": [{"x~": 2}]}'), 422, "unknown_field")
    assert [error["pointer"] for error in problem["errors"]] == ["/names/0/x~0", "/a~1b"]
    problem_of(await post(client, b'{"colour": 1, "orcid": 5}'), 422, "validation_failed")


async def test_forbidden_characters_are_invalid_text(client):
    problem = problem_of(await post(client, b'{"orcid": "a\\u0000b"}'), 422, "invalid_text")
    assert problem["errors"][0]["pointer"] == "/orcid"
    problem_of(await post(client, b'{"orcid": "\\ud800"}'), 422, "invalid_text")


async def test_a_lone_surrogate_in_a_field_name_still_gets_a_response(client):
    problem_of(await post(client, b'{"\\ud800": 1}'), 422, "invalid_text")


async def test_branches_of_a_union_are_not_in_the_pointer(client):
    problem = problem_of(await post(client, b'{"kind": "x"}'), 422, "validation_failed")
    assert {error["pointer"] for error in problem["errors"]} == {"/kind"}


async def test_a_body_of_another_type_is_415_and_an_absent_one_422(client):
    problem_of(await post(client, b"names=1", "text/plain"), 415, "unsupported_media_type")
    problem = problem_of(await client.post("/test/v1/things"), 422, "validation_failed")
    assert problem["errors"] == [{"pointer": "", "code": "required", "detail": "This must be given."}]


async def test_at_most_a_hundred_errors_are_reported(client):
    body = b"{" + b",".join(b'"x%d": 1' % number for number in range(500)) + b"}"
    assert len(problem_of(await post(client, body), 422, "unknown_field")["errors"]) == 100


@pytest.mark.parametrize("name", ["colour", "zh-Hant", "es-419", "a/b", "Prénom usuel", "address2"])
async def test_an_unknown_name_that_looks_like_one_is_reported(client, name):
    problem = problem_of(await post(client, orjson.dumps({name: 1})), 422, "unknown_field")
    assert [error["pointer"] for error in problem["errors"]] == [pointer_to(name)]
    problem = problem_of(await client.get("/test/v1/things", params={name: "1"}), 400, "unknown_parameter")
    assert [error.get("parameter") for error in problem["errors"]] == [None if "/" in name else name]


@pytest.mark.parametrize("name", ["canary-5521x", "secret@example.org", "hunter2!", "x" * 41, "a\nb", ""])
async def test_no_other_name_is_shown(client, name):
    problem = problem_of(await post(client, orjson.dumps({"names": [{name: 1}]})), 422, "unknown_field")
    assert [error["pointer"] for error in problem["errors"]] == ["/names/0"]
    problem = problem_of(await client.get("/test/v1/things", params={name: "1"}), 400, "unknown_parameter")
    assert problem["errors"] == [{"code": "unknown_parameter", "detail": "Unknown parameter."}]
