"""What a release consists of: the wheel, the clients, the chart, the list of parts, their digests."""
