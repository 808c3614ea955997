"""What is asked and answered: templates of reports, and messages between an applicant and the office."""
