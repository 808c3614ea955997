"""A merged record returns 308 with the winner's address, permanently."""

from uuid import UUID


class Moved(Exception):
    """Raised by guards; the application returns 308 with `location`."""

    def __init__(self, path: str, key: str, winner: UUID) -> None:
        super().__init__()
        self.location = path.replace(f"/{key}", f"/{winner}", 1)
