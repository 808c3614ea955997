"""What everybody may know, as files in four formats, and the public files of evidence."""
