"""Pages for people: the frame, the texts in six languages, the policy of browsers, and failures as pages.

`services/portal/pages` and `services/access/signing_in/pages` add their own templates and texts:

    PAGES = Pages("services.portal.pages")
    PAGES.page("front.html", "fr", addresses=in_languages("/"))
"""
