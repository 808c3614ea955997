"""Reads the public API of this installation over HTTP, without a token: what anybody may know, and nothing else.

The portal's pages and the figures of the Global Report read by it.

    reply = await app.state.public_api.get("/membership/v1/statistics", {"by": "region"}, request)
"""
