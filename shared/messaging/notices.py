"""Notices between processes over Valkey: best effort, each to whoever listens at that moment."""

from collections.abc import AsyncGenerator

from redis.asyncio import Redis
from redis.exceptions import ConnectionError as NotConnected

QUIET = 5.0
"""Seconds without a notice after which the receiver pings Valkey."""
PRINCIPALS = "escm:principals"
"""The channel that names the principals whose grants or credentials changed: ids, separated by commas."""


async def received(redis_url: str, channel: str, *, quiet: float = QUIET) -> AsyncGenerator[bytes | None, None]:
    """The notices of a channel, after None for the moment from which none is missed.

    Raises a RedisError when the connection fails: after `quiet` seconds without a notice it pings Valkey, after as many
    more without a response Valkey counts as down.
    """
    async with (
        Redis.from_url(redis_url, socket_connect_timeout=1, socket_timeout=quiet) as redis,
        redis.pubsub() as subscription,
    ):
        await subscription.subscribe(channel)
        while True:
            message = await subscription.get_message(timeout=quiet)
            if message is None:
                await subscription.ping()
                message = await subscription.get_message(timeout=quiet)
            if message is None:
                raise NotConnected("Valkey does not respond.")
            if message["type"] == "subscribe":
                yield None
            elif message["type"] == "message":
                yield message["data"]
