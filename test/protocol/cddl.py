"""Checks a decoded message against docs/protocol.cddl.

Neither npm nor Debian has a CDDL validator for CBOR, so this is one for the part of RFC 8610 that our schema uses: rules,
choices, maps and lists with occurrence, groups by name, literals, ranges, tags, .regexp, .size and .cbor. What it does not know it
refuses to parse. It works on what cbor2 decodes, which keeps integers apart from floats.
"""
import re

import cbor2

TOKEN = re.compile(r'\s*(?:("[^"]*")|(#6\.\d+)|(-?\d+)|(\.\.|=>|[={}\[\](),:?*/])|(\.[a-z]+)|([A-Za-z_][\w-]*))')
PRELUDE = {
    "any": lambda v: True,
    "bool": lambda v: isinstance(v, bool),
    "null": lambda v: v is None,
    "true": lambda v: v is True,
    "false": lambda v: v is False,
    "uint": lambda v: is_int(v) and v >= 0,
    "int": lambda v: is_int(v),
    "float": lambda v: isinstance(v, float),
    "number": lambda v: is_int(v) or isinstance(v, float),
    "tstr": lambda v: isinstance(v, str),
    "bstr": lambda v: isinstance(v, bytes),
}


def is_int(value):
    return isinstance(value, int) and not isinstance(value, bool)


def tokens(text):
    at, found = 0, []
    text = re.sub(r";[^\n]*", "", text).rstrip()
    while at < len(text):
        match = TOKEN.match(text, at)
        if not match or match.end() == at:
            raise SyntaxError(f"not CDDL as we know it: {text[at:at + 40]!r}")
        found.append(match.group(match.lastindex))
        at = match.end()
    return found


class Schema:
    """The rules of a CDDL file, by name."""

    def __init__(self, text):
        self.left, self.rules = tokens(text), {}
        while self.left:
            name = self.take()
            self.take("=")
            if name in self.rules:
                raise SyntaxError(f"{name} has two rules")
            self.rules[name] = ("group", self.group("(", ")")) if self.left[0] == "(" else self.type()
        for rule in self.rules.values():
            self.check_names(rule)

    # Parsing

    def take(self, expected=None):
        token = self.left.pop(0)
        if expected not in (None, token):
            raise SyntaxError(f"{expected} expected, {token} found")
        return token

    def next_is(self, *expected):
        return self.left[: len(expected)] == list(expected)

    def type(self):
        choices = [self.simple()]
        while self.next_is("/"):
            self.take()
            choices.append(self.simple())
        return choices[0] if len(choices) == 1 else ("choice", choices)

    def simple(self):
        base = self.atom()
        if self.next_is(".."):
            self.take()
            return ("range", base[1], self.atom()[1])
        if self.left and self.left[0] in (".regexp", ".size", ".cbor"):
            return (self.take()[1:], base, self.atom())
        return base

    def atom(self):
        token = self.left[0]
        if token == "{":
            return ("map", self.group("{", "}"))
        if token == "[":
            return ("list", self.group("[", "]"))
        if token == "(":
            self.take()
            inner = self.type()
            self.take(")")
            return inner
        self.take()
        if token.startswith("#6."):
            return ("tag", int(token[3:]), self.atom())
        if token[0] == '"':
            return ("literal", token[1:-1])
        return ("literal", int(token)) if re.fullmatch(r"-?\d+", token) else ("name", token)

    def group(self, opening, closing):
        """[(occurrence, key, type)]; the key of a group that is named and of a list's item is None."""
        entries = []
        self.take(opening)
        while not self.next_is(closing):
            occurrence = self.take() if self.left[0] in "?*" else ""
            if self.left[1] == ":":
                word = self.take().strip('"')
                key = ("literal", int(word) if word.isdigit() else word)
                self.take(":")
                entries.append((occurrence, key, self.type()))
            else:
                first = self.type()
                if self.next_is("=>"):
                    self.take()
                    entries.append((occurrence, first, self.type()))
                else:
                    entries.append((occurrence, None, first))
            if self.next_is(","):
                self.take()
        self.take(closing)
        return entries

    def check_names(self, node):
        if isinstance(node, (tuple, list)):
            if len(node) == 2 and node[0] == "name" and node[1] not in self.rules and node[1] not in PRELUDE:
                raise SyntaxError(f"no rule {node[1]}")
            for part in node:
                self.check_names(part)

    # Matching

    def fault(self, rule, value):
        """Where and why the value is not of this rule, or None."""
        return self.match(("name", rule), value, rule)

    def match(self, node, value, path):
        kind = node[0]
        if kind == "name":
            if node[1] in self.rules:
                return self.match(self.rules[node[1]], value, path)
            return None if PRELUDE[node[1]](value) else f"{path}: {value!r} is no {node[1]}"
        if kind == "literal":
            same = value == node[1] and type(value) is type(node[1])
            return None if same else f"{path}: {value!r} is not {node[1]!r}"
        if kind == "choice":
            faults = [self.match(choice, value, path) for choice in node[1]]
            return None if None in faults else max(faults, key=lambda fault: fault.split(": ")[0].count("."))
        if kind == "range":
            return None if is_int(value) and node[1] <= value <= node[2] else f"{path}: {value!r} is not in {node[1]}..{node[2]}"
        if kind == "regexp":
            fits = isinstance(value, str) and re.fullmatch(node[2][1], value)
            return None if fits else f"{path}: {value!r} is not like {node[2][1]}"
        if kind == "size":
            size = len(value.encode()) if isinstance(value, str) else len(value) if isinstance(value, bytes) else -1
            return self.match(node[1], value, path) or self.match(node[2], size, f"{path} size")
        if kind == "tag":
            fits = isinstance(value, cbor2.CBORTag) and value.tag == node[1]
            return self.match(node[2], value.value, path) if fits else f"{path}: {value!r} has no tag {node[1]}"
        if kind == "cbor":
            return self.match(node[1], value, path) or self.match(node[2], cbor2.loads(value), path)
        if kind == "list":
            if not isinstance(value, list):
                return f"{path}: {value!r} is no list"
            if all(occurrence == "" for occurrence, _, _ in node[1]):
                if len(value) != len(node[1]):
                    return f"{path}: {len(value)} items, not {len(node[1])}"
                items = zip(node[1], value)
                return next(filter(None, (self.match(kind, each, f"{path}.{key[1]}") for (_, key, kind), each in items)), None)
            ((_, _, item),) = node[1]
            return next(filter(None, (self.match(item, each, f"{path}.{at}") for at, each in enumerate(value))), None)
        return self.match_map(self.flat(node[1]), value, path)

    def flat(self, entries):
        return [
            part
            for entry in entries
            for part in (self.flat(self.rules[entry[2][1]][1]) if entry[1] is None else [entry])
        ]

    def match_map(self, entries, value, path):
        if not isinstance(value, dict):
            return f"{path}: {value!r} is no map"
        left = dict(value)
        for occurrence, key, kind in entries:
            if key[0] == "literal" and key[1] in left:
                fault = self.match(kind, left.pop(key[1]), f"{path}.{key[1]}")
                if fault:
                    return fault
            elif key[0] == "literal" and occurrence == "":
                return f"{path}: {key[1]} is missing"
        tables = [(key, kind) for _, key, kind in entries if key[0] != "literal"]
        for key, each in left.items():
            kind = next((kind for table, kind in tables if self.match(table, key, path) is None), None)
            fault = f"{path}: key {key!r} is unknown" if kind is None else self.match(kind, each, f"{path}.{key}")
            if fault:
                return fault
        return None


def load(path):
    with open(path, encoding="utf-8") as file:
        return Schema(file.read())


