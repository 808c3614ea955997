"""What a release consists of: the wheel, the chart, the list of parts, their digests."""
