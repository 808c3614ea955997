"""Values of several countries, subjects and periods as one."""
