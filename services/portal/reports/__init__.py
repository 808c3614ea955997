"""The Global Report for everybody: published editions with their texts, figures and files, as the public API has
them."""
