"""JSON schemas as Structured Outputs uses them: the strict subset's rules, and a smallest valid instance.

Source: OpenAI guide "Structured model outputs", section "Supported schemas", 2026.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

Json = Mapping[str, object]

MAX_DEPTH = 10
"""Levels of nesting that strict mode allows."""


def check_strict(schema: Json) -> str | None:
    """The first rule of strict mode that the schema breaks, as a sentence; None where it keeps them all."""
    if schema.get("type") != "object":
        return f"schema must be a JSON Schema of 'type: \"object\"', got 'type: {schema.get('type')!r}'."
    for path, node in _nodes(schema, ()):
        if len(path) > 2 * MAX_DEPTH:
            return f"In context={path}, the schema is nested deeper than {MAX_DEPTH} levels."
        if node.get("type") == "object" and (problem := _check_object(node)):
            return f"In context={path}, {problem}"
    return None


def _check_object(node: Json) -> str | None:
    if node.get("additionalProperties") is not False:
        return "'additionalProperties' is required to be supplied and to be false."
    required = node.get("required")
    named = required if isinstance(required, list) else []
    left_out = [key for key in _mapping(node.get("properties")) if key not in named]
    if left_out:
        text = "'required' is required to be supplied and to be an array including every key in properties."
        return f"{text} Missing '{left_out[0]}'."
    return None


def _nodes(node: Json, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Json]]:
    yield path, node
    for group in ("properties", "$defs", "definitions"):
        for key, child in _mapping(node.get(group)).items():
            if isinstance(child, Mapping):
                yield from _nodes(child, (*path, group, key))
    if isinstance(items := node.get("items"), Mapping):
        yield from _nodes(items, (*path, "items"))
    for index, child in enumerate(_branches(node)):
        yield from _nodes(child, (*path, "anyOf", str(index)))


def resolve(node: Json, root: Json, hops: int = 0) -> Json:
    """Follow a local `$ref`, and through a nullable `anyOf` to its first branch that is not null; {} in a circle."""
    if hops > MAX_DEPTH:
        return {}
    reference = node.get("$ref")
    if isinstance(reference, str) and reference.startswith("#"):
        target: object = root
        for step in reference.lstrip("#/").split("/"):
            target = _mapping(target).get(step) if step else target
        return resolve(_mapping(target), root, hops + 1)
    solid = [branch for branch in _branches(node) if branch.get("type") != "null"]
    return resolve(solid[0], root, hops + 1) if solid else node


def fill(node: Json, root: Json, depth: int = 0) -> object:
    """The smallest instance that validates: empty arrays and strings, least numbers, first choices.

    Where the schema allows null below a few levels (a recursive schema), null ends the recursion.
    """
    if depth > 2 * MAX_DEPTH:
        return None
    if depth > MAX_DEPTH // 2 and any(branch.get("type") == "null" for branch in _branches(node)):
        return None
    node = resolve(node, root)
    if "const" in node:
        return node["const"]
    if isinstance(choices := node.get("enum"), list) and choices:
        return choices[0]
    match type_of(node):
        case "object":
            return {
                key: fill(_mapping(child), root, depth + 1) for key, child in _mapping(node.get("properties")).items()
            }
        case "array":
            return [fill(_mapping(node.get("items")), root, depth + 1) for _ in range(_least(node, "minItems"))]
        case "string":
            return "x" * _least(node, "minLength")
        case "integer" | "number":
            return _least(node, "minimum")
        case "boolean":
            return False
    return None


def type_of(node: Json) -> str:
    """The node's type; of several (["string", "null"]) the first that is not null."""
    kind = node.get("type")
    if isinstance(kind, list):
        return next((str(one) for one in kind if one != "null"), "null")
    if kind is None:
        return "object" if "properties" in node else "string"
    return str(kind)


def _least(node: Json, key: str) -> int:
    value = node.get(key, 0)
    return int(value) if isinstance(value, (int, float)) else 0


def _branches(node: Json) -> list[Json]:
    branches = node.get("anyOf")
    return [one for one in branches if isinstance(one, Mapping)] if isinstance(branches, list) else []


def _mapping(value: object) -> Json:
    return value if isinstance(value, Mapping) else {}
