"""HTTP: from the first byte of a request to the returned record or problem.

`create_app` makes the app of a service. `RecordApi` declares the routes of a resource, and `record_routes` makes them.
`RequestContext` holds what an endpoint needs of its request. `Body` and `ResponseModel` are the bases of bodies and
responses. `RouteOptions` names the problems of an endpoint for the contract:

    router = record_routes(RecordApi(kind=VISITS, roles=ROLES, listing=LISTING, response_model=Visit, present=present))
"""
