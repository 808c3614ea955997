"""Reads the API of this installation over HTTP: without a token, what anybody may know and nothing else; for somebody
who signed in, with theirs.

The portal's pages and the figures of the Global Report read by it.

    reply = await app.state.public_api.get("/membership/v1/statistics", {"by": "region"}, request)
"""
