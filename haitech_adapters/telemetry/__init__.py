"""Traces by OpenTelemetry and failures by Sentry: two extras, imported only where they are set.

What leaves here names routes, kinds, statements and types of errors. Values never do: no body, no
parameter, no message of an error, no variable of a frame, nobody's name, phone or token.
"""
