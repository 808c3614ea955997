"""HTTP: from the first byte of a request to the problem or record that is returned.

`create_app` makes the app of a service; `RecordApi` makes the routes of a resource; `RequestContext` is the request for
an endpoint; `Body` and `Answer` are the bases of bodies and responses; `answers` names the problems of an endpoint for
the contract:

    router = RecordApi(kind=VISITS, roles=ROLES, listing=LISTING, answer=Visit, ...).routes()
"""
