"""What programs read to find everything else: the APIs, the guides as Markdown, the changes of the API as a feed."""
