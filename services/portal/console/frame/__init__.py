"""The frame of the console's pages: navigation, who is signed in, messages, failures; and the class of its routes.

Templates in `static` extend `console.html` and fill its block `main`; `texts.csv` has their texts. Besides what every
page has (`t`, `language`), they know `caller`, `form_fields()` for a form that is sent, and `named(vocabulary, code)`.
"""
