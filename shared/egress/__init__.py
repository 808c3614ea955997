"""Opens addresses outside this system over HTTP. No other code has a client for that.

Names are resolved and checked below HTTP (`backend`). A `Sender` posts to addresses that callers gave, as webhooks.
An `Egress` opens the addresses of the settings, and those of identity providers that administrators entered and
`Destinations` admits, and nothing else: not an address from another caller, not one that a response redirects to, and
in production no address inside.

    egress = Egress(settings, [settings.orcid_api_url])
    reply = await egress.get("https://pub.orcid.org/v3.0/0000-0002-1825-0097/employments")
    if reply.status == 200:
        reply.json()
"""
