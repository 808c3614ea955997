"""Signed-in people at the console: the session in a sealed cookie, calls of the API for them, and forms from them.

    router = console_router()

    @router.get("/console/tasks/{task}")
    async def show_task(task: str, caller: CurrentCaller) -> Response:
        record = await caller.read(f"/actions/v1/tasks/{task}")           # a document; raises ApiRefused otherwise
        return page(caller, "task.html", title=record["ref"], record=record)

    @router.post("/console/tasks/{task}")
    async def finish_task(task: str, caller: CurrentCaller, form: SentForm) -> Response:
        reply = await caller.send("POST", f"/actions/v1/tasks/{task}/transitions", json={…}, headers={"If-Match": …})
        if reply.status_code == 422: …                                    # any status, `reply.document` is its problem
        return seen(f"/console/tasks/{task}", done="saved")               # 303; the page says the text `done.saved`

`console_router` makes routes that send people without a session to sign in, and back; take `StepUpNeeded` and
`SignInNeeded` out of any call the same way, with the form of a POST kept; show every other failure as a page; and let
nothing be stored. `CurrentCaller` is who calls: `principal` (account, name, roles, grants), `language`, `get`, `read`,
`send`. `SentForm` is the form of a POST that a page of this session sent; `form_fields()` in a template writes what it
needs. `page` and `seen` are in `services.portal.console.frame`.
"""
