"""The bodies and responses of each service, as typed dictionaries. Import those that you name: nothing else does."""
