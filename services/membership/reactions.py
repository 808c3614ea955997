"""What membership does about facts, by type. So far nothing that others announce changes its rows."""

from shared.messaging.inbox import Reactions

REACTIONS: Reactions = {}
