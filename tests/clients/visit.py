"""A visit of the running system with the generated client. Arguments: the origin, the client's id and its secret."""

import sys
from http import HTTPStatus
from typing import TypeVar
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

from escm_client import AuthenticatedClient, Client
from escm_client.api.committees import get_committee, list_committees
from escm_client.api.countries import get_country
from escm_client.api.experts import create_expert, get_expert_history, list_experts, transition_expert, update_expert
from escm_client.api.programmes import list_programmes
from escm_client.api.tokens import create_token, get_me
from escm_client.models import (
    CreateTokenBody,
    CreateTokenBodyGrantType,
    Expert,
    ExpertCreate,
    ExpertPatch,
    ExpertTransition,
    Name,
    Problem,
)
from escm_client.types import UNSET, Response

Content = TypeVar("Content")


def given(response: Response[Content | Problem], status: int) -> Content:
    """The content of a response with this status."""
    assert response.status_code == status, response.content
    assert response.parsed is not None
    assert not isinstance(response.parsed, Problem), response.parsed
    return response.parsed


def sign_in(base_url: str, client_id: str, secret: str) -> AuthenticatedClient:
    kind = CreateTokenBodyGrantType.CLIENT_CREDENTIALS
    body = CreateTokenBody(kind, client_id=client_id, client_secret=secret)
    token = given(create_token.sync_detailed(client=Client(base_url), body=body), HTTPStatus.OK)
    signed = AuthenticatedClient(base_url, token.access_token)
    assert given(get_me.sync_detailed(client=signed), HTTPStatus.OK).principal.kind == "client"
    return signed


def an_expert(client: AuthenticatedClient) -> None:
    body = ExpertCreate(names=[Name(given="Amina", family="Typed")], country="XA")
    made = create_expert.sync_detailed(client=client, body=body, idempotency_key=uuid4().hex)
    expert: Expert = given(made, HTTPStatus.CREATED)
    assert expert.version == 1

    patch, etag, record = ExpertPatch(keywords=["soil"]), made.headers["etag"], str(expert.id)
    changed = update_expert.sync_detailed(record, client=client, body=patch, if_match=etag)
    assert given(changed, HTTPStatus.OK).version == 2
    stale = update_expert.sync_detailed(record, client=client, body=patch, if_match=etag)
    assert isinstance(stale.parsed, Problem)
    assert stale.parsed.code == "version_conflict"

    step = ExpertTransition(action="no-such-step")
    refused = transition_expert.sync_detailed(
        record, client=client, body=step, if_match=changed.headers["etag"], idempotency_key=uuid4().hex
    )
    assert isinstance(refused.parsed, Problem)
    assert refused.parsed.code == "unknown_action"
    history = given(get_expert_history.sync_detailed(record, client=client), HTTPStatus.OK)
    assert len(history.items) == 2


def visit_list(client: AuthenticatedClient) -> None:
    seen: set[str] = set()
    cursor: str | None = None
    for _ in range(3):
        page = given(
            list_experts.sync_detailed(client=client, limit=2, cursor=cursor if cursor else UNSET), HTTPStatus.OK
        )
        found = {str(item.id) for item in page.items}
        assert not found & seen
        seen |= found
        if page.next_ is None:
            break
        cursor = parse_qs(urlsplit(page.next_).query)["cursor"][0]
    assert len(seen) > 2


def other_services(client: AuthenticatedClient) -> None:
    given(list_committees.sync_detailed(client=client, limit=1), HTTPStatus.OK)
    given(list_programmes.sync_detailed(client=client, limit=1), HTTPStatus.OK)
    assert given(get_country.sync_detailed("XA", client=client), HTTPStatus.OK).code == "XA"
    missing = get_committee.sync_detailed("none", client=client)
    assert isinstance(missing.parsed, Problem)
    assert missing.status_code == HTTPStatus.NOT_FOUND


def main(base_url: str, client_id: str, secret: str) -> None:
    client = sign_in(base_url, client_id, secret)
    an_expert(client)
    visit_list(client)
    other_services(client)
    sys.stdout.write("visited\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
