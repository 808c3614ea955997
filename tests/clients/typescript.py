"""`python -m tests.clients.typescript`: writes the types of the TypeScript client, and compiles it."""

import json
import re
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

from services.portal.reference.whole import merge_folder
from tests.clients.tools import HERE, node, run

CLIENT = HERE.parents[1] / "clients" / "typescript"
COMPILED = tuple(f"{name}{kind}" for name in ("index", "credentials", "webhooks") for kind in (".js", ".d.ts"))
_JSON = "application/json"
_REFERENCE = re.compile(r'"#/components/responses/([^"]+)"')
_LEFT_OUT = {"examples", "example", "title", "headers", "tags", "security", "servers", "default"}
_NAMES = {"properties", "schemas", "parameters", "paths", "responses"}
"""What has names as its members, which may be any."""


def main() -> None:
    """Writes into the folder of the client."""
    write_types(CLIENT / "schema.d.ts")
    compile_into(CLIENT)


def write_types(target: Path) -> None:
    """Writes the types of all requests and responses."""
    contract = json.loads(merge_folder(files("services.portal").joinpath("specs")))
    source = target.with_name("contract.json")
    source.write_text(json.dumps(_reduced(contract)))
    run(node("openapi-typescript"), source, "-o", target, "--default-non-nullable", "false")
    source.unlink()


def compile_into(target: Path) -> None:
    """Compiles the helpers under `strict`, into JavaScript and its declarations."""
    run(node("tsc"), "-p", CLIENT / "tsconfig.json", "--outDir", target)


def _reduced(contract: Mapping[str, Any]) -> dict[str, Any]:
    """The contract without what gives no type: examples, headers of responses, each refusal beside the general one, and
    the streams beside JSON."""
    paths = {
        path: {method: _operation(one) if isinstance(one, dict) else one for method, one in operations.items()}
        for path, operations in contract["paths"].items()
    }
    components = {name: contract["components"][name] for name in ("schemas", "parameters", "responses")}
    named = set(_REFERENCE.findall(json.dumps(paths)))
    components["responses"] = {name: one for name, one in components["responses"].items() if name in named}
    return {
        "openapi": contract["openapi"],
        "info": contract["info"],
        **_plain({"paths": paths, "components": components}),
    }


def _operation(operation: Mapping[str, Any]) -> dict[str, Any]:
    responses = {code: one for code, one in operation["responses"].items() if code < "4" or code == "default"}
    for code, response in responses.items():
        if _JSON in (content := response.get("content", {})):
            responses[code] = {**response, "content": {_JSON: content[_JSON]}}
    return {**operation, "responses": responses}


def _plain(value: Any, *, names: bool = False) -> Any:
    match value:
        case dict():
            return {
                key: _plain(one, names=key in _NAMES and not names)
                for key, one in value.items()
                if names or (key not in _LEFT_OUT and not key.startswith("x-"))
            }
        case list():
            return [_plain(one) for one in value]
    return value


if __name__ == "__main__":
    main()
