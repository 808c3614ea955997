"""What countries and assessors write, and the files that prove it: progress reports, assessments, evidence.

Authors write the sections of a report or delegate them, reviewers comment, publishers publish. Assessors write
assessments, and the country replies. Whoever writes a record uploads its files; whoever may read the part of the record
that names a file may read the file.
"""
