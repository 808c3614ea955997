"""What the API says of itself: types of fields, bodies and responses, problems, options of routes, and OpenAPI."""
