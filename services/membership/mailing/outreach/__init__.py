"""What comes back after broadcasts: withdrawn consents, bounces and complaints."""
