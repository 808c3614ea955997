"""The clients in two languages at `/sdk/`, for programmers whose machines reach no package index."""
