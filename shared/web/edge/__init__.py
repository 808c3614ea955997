"""The process as the network sees it: connections, limits of bodies, problems, health, compression, and the app."""
