"""Rules over assessments, each with its plain-language text, in CEL."""
