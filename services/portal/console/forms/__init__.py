"""Forms without a script: values as texts by path, texts as values again, and what is wrong at which path.

sent = texts_in(form.multi_items())             # paths and texts
values, faults = values_of(fields, sent)        # JSON, and what is no value
inputs_of(fields, texts_of(fields, values))     # what a template shows
"""
