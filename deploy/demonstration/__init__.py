"""The demonstration: twelve fictional countries with what happened there in three years, for everybody who tries the
system. It is entered through the operations of the services, each step on its own past day."""
