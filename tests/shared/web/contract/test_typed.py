"""A client gets one type of each response, and no member is required because it has a default."""

from shared.web.contract.typed import OTHER_MEDIA, for_clients

_PAGE = {"$ref": "#/components/schemas/Page"}


def _document(response: dict, schema: dict) -> dict:
    operation = {"responses": {"200": response}}
    return {"paths": {"/test": {"get": operation}}, "components": {"schemas": {"Page": schema}}}


def test_a_list_is_json_and_names_its_streams():
    response = {"content": {"application/json": {"schema": _PAGE}, "text/csv": {}, "application/x-ndjson": {}}}
    for_clients(_document(response, {}))
    assert response == {
        "content": {"application/json": {"schema": _PAGE}},
        OTHER_MEDIA: ["application/x-ndjson", "text/csv"],
    }


def test_a_file_is_no_json():
    response = {"content": {"application/json": {"schema": {}}, "application/pdf": {}}}
    for_clients(_document(response, {}))
    assert response == {"content": {"application/pdf": {}}}


def test_a_default_is_said_in_words():
    schema = {
        "properties": {
            "kind": {"type": "string", "default": "network", "description": "The kind."},
            "all": {"type": "boolean", "default": False},
            "words": {"type": "array", "default": []},
            "part": {"anyOf": [{"properties": {"day": {"type": "integer", "default": 1}}}, {"type": "null"}]},
        }
    }
    for_clients(_document({}, schema))
    kind, everything, words, part = schema["properties"].values()
    assert kind == {"type": "string", "description": "The kind. Default: `network`."}
    assert everything == {"type": "boolean", "description": "Default: `false`."}
    assert words == {"type": "array"}
    assert part["anyOf"][0]["properties"]["day"] == {"type": "integer", "description": "Default: `1`."}
