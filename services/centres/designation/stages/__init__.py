"""The stages that the files of centres have passed, and what is needed for the next one."""
