"""What is measured: indicators, the periods and subjects of values, targets, and the results of countries.

Authors of a country enter results, reviewers verify them by the rules of `validation_rules`, publishers publish them.
`validations` applies rules to many results in a job, and `aggregates` forms one value of many.
"""
