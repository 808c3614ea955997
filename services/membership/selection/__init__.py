"""How experts are chosen: calls, nominations and their scores and rankings, declarations of interests, conflicts.

The office opens a call, experts nominate themselves or others, a panel without a conflict scores blindly.
`review_invitations` mails experts who are asked to review a centre.
"""
