"""`/console/centres/{id}`: all that is said about a centre, and what is to be done about it, on one page."""
