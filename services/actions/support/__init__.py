"""What countries ask for and experts give: requests for support, offers of experts, and who matches a request.

A country asks, the office finds experts and asks them, the experts answer, and the country confirms what was delivered.
"""
