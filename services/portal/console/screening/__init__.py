"""`/console/experts/{id}/screen`: an application on one page, with its decision, and then the next one."""
