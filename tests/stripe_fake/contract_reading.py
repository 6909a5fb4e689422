"""What Stripe's library says about the API, read out of its source: nothing of it is run.

The library is generated from Stripe's own description of the API. Its services hold the routes, its ``*Params`` classes
the parameters, and its resource classes the fields of what is answered. All three are read from the syntax tree, which
also shows what is imported for type checkers only.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import stripe

from tests.stripe_fake.contract_forms import (
    ANYTHING,
    Choice,
    ClassRef,
    Either,
    Field,
    Form,
    ListOf,
    MapOf,
    Plain,
    Route,
)

ROOT = Path(stripe.__file__).parent
_PLAIN = {"str": "string", "int": "integer", "float": "number", "Decimal": "number", "bool": "boolean"}
_LISTS, _MAPS = {"List", "list"}, {"Dict", "dict", "Mapping"}
_OBJECT_NAME = re.compile(r'OBJECT_NAME: ClassVar\[Literal\["([a-z_.0-9]+)"\]\]')


class Source:
    """One module of the library.

    :param module: its name, such as ``stripe._charge``.
    """

    def __init__(self, module: str) -> None:
        path = ROOT.joinpath(*module.split(".")[1:])
        self.module = module
        file = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
        self.tree = ast.parse(file.read_text())
        self.classes = dict(_classes(self.tree, ""))
        self.imports: dict[str, tuple[str, str]] = {}
        self.made: dict[str, ast.Dict] = {}  # TypedDict("…", {…}), for names that are no identifiers
        for node in ast.walk(self.tree):
            if isinstance(node, ast.ImportFrom) and node.module:
                self.imports.update({one.asname or one.name: (node.module, one.name) for one in node.names})
        for node in self.tree.body:
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call) and len(node.value.args) == 2:
                names, value = node.targets[0], node.value.args[1]
                if isinstance(names, ast.Name) and isinstance(value, ast.Dict):
                    self.made[names.id] = value

    def find(self, name: str, inside: str) -> ClassRef | None:
        """The class that ``name`` means in the body of the class ``inside``; None for what is not the library's."""
        around = inside.split(".") if inside else []
        for depth in range(len(around), -1, -1):
            full = ".".join([*around[:depth], name])
            if full in self.classes or full in self.made:
                return ClassRef(self.module, full)
        first, _, rest = name.partition(".")
        module, attribute = self.imports.get(first, ("", ""))
        if not module.startswith("stripe"):
            return None
        return ClassRef(module, f"{attribute}.{rest}" if rest else attribute)


@cache
def source(module: str) -> Source:
    """A module of the library, read once."""
    return Source(module)


def _classes(node: ast.Module | ast.ClassDef, around: str) -> Iterator[tuple[str, ast.ClassDef]]:
    for one in node.body:
        if isinstance(one, ast.ClassDef):
            yield around + one.name, one
            yield from _classes(one, f"{around}{one.name}.")


def _form(node: ast.expr, here: Source, inside: str) -> Form:
    """What an annotation allows."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return _form(ast.parse(node.value, mode="eval").body, here, inside)
    if isinstance(node, ast.BinOp):
        return _either([node.left, node.right], here, inside)
    if isinstance(node, ast.Subscript):
        return _subscript(node, here, inside)
    name = ast.unparse(node)
    if name in _PLAIN:
        return Plain(_PLAIN[name])
    if name in {"Any", "object", "None"}:
        return ANYTHING
    found = here.find(name, inside)
    if found is None:
        raise LookupError(f"{here.module}: what is {name}?")
    return MapOf(ANYTHING) if found.name == "UntypedStripeObject" else found


def _subscript(node: ast.Subscript, here: Source, inside: str) -> Form:
    outer = ast.unparse(node.value)
    parts = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
    if outer == "Literal":
        return Choice(tuple(ast.literal_eval(one) for one in parts))
    if outer == "Optional":
        return _either([*parts, ast.Constant(None)], here, inside)
    if outer == "Union":
        return _either(parts, here, inside)
    if outer == "ExpandableField":
        return Either((Plain("string"), _form(parts[0], here, inside)), or_null=False)
    if outer in _LISTS | {"ListObject", "SearchResultObject"}:
        return ListOf(_form(parts[0], here, inside), paged=outer not in _LISTS)
    if outer in _MAPS or outer == "UntypedStripeObject":
        return MapOf(_form(parts[-1], here, inside))
    if outer == "NotRequired":
        return _form(parts[0], here, inside)
    raise LookupError(f"{here.module}: what is {outer}[…]?")


def _either(nodes: list[ast.expr], here: Source, inside: str) -> Form:
    flat: list[Form] = []
    or_null = False
    for node in nodes:
        if isinstance(node, ast.Constant) and node.value is None:
            or_null = True
            continue
        form = _form(node, here, inside)
        flat.extend(form.forms if isinstance(form, Either) else [form])
        or_null = or_null or (isinstance(form, Either) and form.or_null)
    if any(isinstance(one, Choice) and one.values != ("",) for one in flat):
        # `Literal[…]|str` leaves room for values to come; a value that is not among them is a mistake today
        flat = [one for one in flat if one != Plain("string")]
    return flat[0] if len(flat) == 1 and not or_null else Either(tuple(flat), or_null)


def is_params(ref: ClassRef) -> bool:
    """Whether a class holds parameters, in which what may be left out is said, and not a resource."""
    return ref.module.startswith("stripe.params")


@cache
def fields(ref: ClassRef) -> dict[str, Field]:
    """The parameters or fields of a class, with those it inherits.

    :raises LookupError: when the library holds no such class, or an annotation that is not understood.
    """
    here = source(ref.module)
    if ref.name in here.made:
        made = here.made[ref.name]
        pairs = [(str(ast.literal_eval(key)), value) for key, value in zip(made.keys, made.values, strict=True) if key]
        return {name: _field(node, here, "", params=True) for name, node in pairs}
    if ref.name not in here.classes:
        again = here.find(ref.name, "")
        if again is None or again == ref:
            raise LookupError(f"{ref.module} holds no {ref.name}.")
        return fields(again)
    node = here.classes[ref.name]
    found: dict[str, Field] = {}
    for base in node.bases:
        if isinstance(base, ast.Name) and base.id in here.made:
            found.update(fields(ClassRef(ref.module, base.id)))
    for one in node.body:
        if not isinstance(one, ast.AnnAssign) or not isinstance(one.target, ast.Name):
            continue
        if not ast.unparse(one.annotation).strip("'\"").startswith("ClassVar"):
            found[one.target.id] = _field(one.annotation, here, ref.name, params=is_params(ref))
    return found


def _field(node: ast.expr, here: Source, inside: str, *, params: bool) -> Field:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        node = ast.parse(node.value, mode="eval").body
    form = _form(node, here, inside)
    if params:
        return Field(form, not (isinstance(node, ast.Subscript) and ast.unparse(node.value) == "NotRequired"))
    return Field(form, not (isinstance(form, Either) and form.or_null))


@cache
def routes() -> tuple[Route, ...]:
    """Every route that the library knows."""
    found = []
    for file in sorted(ROOT.rglob("_*_service.py")):
        module = ".".join(["stripe", *file.relative_to(ROOT).with_suffix("").parts])
        here = source(module)
        for owner in here.tree.body:
            if isinstance(owner, ast.ClassDef):
                found += [route for method in owner.body if (route := _route(method, here))]
    return tuple(found)


def _route(method: ast.stmt, here: Source) -> Route | None:
    """The route of a service's method; None for what asks nothing, and for the asynchronous doubles."""
    if not isinstance(method, ast.FunctionDef) or method.returns is None:
        return None
    for call in ast.walk(method):
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == "_request":
            verb, where = call.args[0], call.args[1]
            if isinstance(where, ast.Call) and isinstance(where.func, ast.Attribute):
                where = where.func.value  # "/v1/charges/{charge}".format(…)
            if not (isinstance(verb, ast.Constant) and isinstance(where, ast.Constant)):
                return None
            path = str(where.value)
            pattern = re.compile(re.sub(r"\\?\{[^}]*\}", "([^/]+)", path.replace(".", r"\.")))
            return Route(str(verb.value).upper(), path, pattern, _params_of(method, here), _returned(method, here))
    return None


def _returned(method: ast.FunctionDef, here: Source) -> Form:
    assert method.returns is not None
    return _form(method.returns, here, "")


def _params_of(method: ast.FunctionDef, here: Source) -> ClassRef | None:
    for argument in method.args.args:
        if argument.arg == "params" and argument.annotation is not None:
            named = re.search(r"\w+Params\b", ast.unparse(argument.annotation))
            return here.find(named[0], "") if named else None
    return None


@cache
def _files_of_objects() -> dict[str, str]:
    """The module of every ``object`` of version 1, found in the text alone: parsing all of them takes seconds."""
    found: dict[str, str] = {}
    for file in sorted(ROOT.rglob("_*.py")):
        parts = file.relative_to(ROOT).with_suffix("").parts
        if not {"v2", "params"} & set(parts):
            for name in _OBJECT_NAME.findall(file.read_text()):
                found.setdefault(name, ".".join(["stripe", *parts]))
    return found


@cache
def resource(name: str) -> ClassRef | None:
    """The resource class of an ``object`` of version 1, such as ``charge``; None when there is no such object."""
    module = _files_of_objects().get(name)
    for owner in source(module).tree.body if module else ():
        if isinstance(owner, ast.ClassDef) and any(_names_object(one, name) for one in owner.body):
            return ClassRef(str(module), owner.name)
    return None


def _names_object(node: ast.stmt, name: str) -> bool:
    """Whether it is ``OBJECT_NAME: … = "<name>"``."""
    if not isinstance(node, ast.AnnAssign) or ast.unparse(node.target) != "OBJECT_NAME":
        return False
    return isinstance(node.value, ast.Constant) and node.value.value == name
