"""HTTP: from the first byte of a request to the problem or record that is returned.

`create_app` makes the app of a service; `RecordApi` makes the routes of a resource; `RequestContext` is what an
endpoint knows of its request; `Body` and `ResponseModel` are the bases of what is sent and returned; `RouteOptions`
names the problems of an endpoint for the contract:

    router = RecordApi(kind=VISITS, roles=ROLES, listing=LISTING, response_model=Visit, ...).routes()
"""
