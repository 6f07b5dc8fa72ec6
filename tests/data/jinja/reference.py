#!/usr/bin/env python3
"""What Debian's python3-jinja2 makes of templates, in the environment that transformers gives them.

Reads {"variables": ..., "now": seconds, "templates": [...]} on standard input, writes [{"text": ...} or {"error": ...}, ...].
With a version of Python as its argument it does so in that one alone.
"""
import datetime
import json
import sys

import jinja2
import jinja2.ext
from jinja2.sandbox import ImmutableSandboxedEnvironment


class Generation(jinja2.ext.Extension):
    tags = {"generation"}

    def parse(self, parser):
        line = next(parser.stream).lineno
        body = parser.parse_statements(["name:endgeneration"], drop_needle=True)
        return jinja2.nodes.CallBlock(self.call_method("written"), [], [], body).set_lineno(line)

    def written(self, caller):
        return caller()


def raise_exception(message):
    raise jinja2.exceptions.TemplateError(message)


def tojson(value, ensure_ascii=False, indent=None, separators=None, sort_keys=False):
    return json.dumps(value, ensure_ascii=ensure_ascii, indent=indent, separators=separators, sort_keys=sort_keys)


def main():
    if len(sys.argv) > 1 and sys.argv[1] and sys.argv[1] != "%d.%d" % sys.version_info[:2]:
        sys.exit(1)
    given = json.load(sys.stdin)
    environment = ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True, extensions=[Generation, jinja2.ext.loopcontrols])
    environment.filters["tojson"] = tojson
    environment.globals["raise_exception"] = raise_exception
    environment.globals["strftime_now"] = lambda form: datetime.datetime.fromtimestamp(given["now"]).strftime(form)
    results = []
    for template in given["templates"]:
        try:
            results.append({"text": environment.from_string(template).render(**given["variables"])})
        except Exception as error:  # whatever a template can do wrong
            results.append({"error": str(error)})
    json.dump(results, sys.stdout)


main()
