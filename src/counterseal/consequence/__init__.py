"""What a loss yields and for how many years: person-attribute-years and use-readiness."""
