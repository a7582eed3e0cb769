"""Decision tables as GoRules' editor writes them (JDM: nodes and edges as JSON), read into rows and columns.

Only input → one table → output is taken: whatever else such a graph may hold could run code or other graphs.
Source of the format: docs.gorules.io, "Node types", and the editor's own files.
"""

import json
from collections.abc import Iterator
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, ValidationError

from domain.model import Frozen
from domain.rules.expressions import faults_of, faults_of_cell

MOST_ROWS = 500
MOST_COLUMNS = 20

_INPUT, _TABLE, _OUTPUT = "inputNode", "decisionTableNode", "outputNode"
_REFUSED_NODES = {
    "functionNode": "functions run code: write a hook instead",
    "expressionNode": "an expression is a definition of its own",
    "switchNode": "switches are not taken: use conditions of the table",
    "decisionNode": "a table cannot call another one: make two definitions",
    "customNode": "custom nodes are not taken",
}

# A table that stands in a rules file unquoted is read as texts, its nulls too.
_Text = Annotated[str, BeforeValidator(lambda value: "" if value is None or value == "null" else value)]


class TableRefused(ValueError):
    """The text is no decision table that can be taken; it says why, and what would be."""


class Column(Frozen):
    """A column of conditions. `asks` is the expression its cells judge; empty: cells are whole conditions."""

    name: str
    asks: str


class Row(Frozen):
    """One row: a cell for each column (empty: anything will do), and the expression that gives the answer."""

    number: int
    note: str
    cells: tuple[str, ...]
    answer: str


class DecisionTable(Frozen):
    """Rows looked at from the top; the first that fits answers."""

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]

    @property
    def expressions(self) -> tuple[str, ...]:
        """Everything in the table that asks for facts."""
        cells = (text for row in self.rows for text in (*row.cells, row.answer))
        return tuple(dict.fromkeys(text for text in (*(each.asks for each in self.columns), *cells) if text))

    def faults(self) -> Iterator[str]:
        """Yield what is wrong, with its place."""
        for column in self.columns:
            for fault in faults_of(column.asks):
                yield f"column {column.name}: {fault}"
        for row in self.rows:
            for column, cell in zip(self.columns, row.cells, strict=True):
                for fault in faults_of_cell(cell) if column.asks else faults_of(cell):
                    yield f"row {row.number}, column {column.name}: {fault}"
            if not row.answer:
                yield f"row {row.number}: give an answer (null where there is none)"
            for fault in faults_of(row.answer):
                yield f"row {row.number}, answer: {fault}"


class _Field(Frozen):
    id: str
    name: _Text = ""
    field: _Text = ""
    default: _Text = Field(default="", alias="defaultValue")


class _Content(Frozen):
    hit_policy: str = Field(default="first", alias="hitPolicy")
    inputs: tuple[_Field, ...] = Field(max_length=MOST_COLUMNS)
    outputs: tuple[_Field, ...] = Field(min_length=1)
    rules: tuple[dict[str, Any], ...] = Field(max_length=MOST_ROWS)
    takes: _Text = Field(default="", alias="inputField")
    puts: _Text = Field(default="", alias="outputPath")
    mode: _Text = Field(default="", alias="executionMode")


class _Node(Frozen):
    id: str
    type: str
    content: dict[str, Any] | None = None


class _Edge(Frozen):
    source: str = Field(alias="sourceId")
    target: str = Field(alias="targetId")


class _Graph(Frozen):
    nodes: tuple[_Node, ...]
    edges: tuple[_Edge, ...]


def read_table(text: str) -> DecisionTable:
    """Read a decision table. Raises `TableRefused`."""
    try:
        graph = _Graph.model_validate(json.loads(text))
        node = _only_table(graph)
        content = _Content.model_validate(node.content or {})
    except ValidationError as problem:
        first = problem.errors(include_input=False, include_url=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        raise TableRefused(
            f"{place or 'the whole'}: {first['msg']}; save it in GoRules' editor again"
        ) from None
    except (ValueError, RecursionError) as problem:
        if isinstance(problem, TableRefused):
            raise
        raise TableRefused("this is not JSON; save the table in GoRules' editor and take its file") from None
    for sentence in _unwanted(content):
        raise TableRefused(sentence)
    columns = tuple(
        Column(name=each.name or each.field or each.id, asks=each.field) for each in content.inputs
    )
    rows = (_row(number, rule, content) for number, rule in enumerate(content.rules, 1))
    return DecisionTable(columns=columns, rows=tuple(rows))


def _only_table(graph: _Graph) -> _Node:
    for node in graph.nodes:
        if node.type not in {_INPUT, _TABLE, _OUTPUT}:
            why = _REFUSED_NODES.get(node.type, "only an input, a decision table and an output are taken")
            raise TableRefused(f"there is a node of the type {node.type[:40]}: {why}")
    by_type = {node.type: node for node in graph.nodes}
    if len(by_type) != len(graph.nodes) or len(by_type) != 3:
        raise TableRefused("draw one input, one decision table and one output")
    wanted = {(by_type[_INPUT].id, by_type[_TABLE].id), (by_type[_TABLE].id, by_type[_OUTPUT].id)}
    if {(edge.source, edge.target) for edge in graph.edges} != wanted:
        raise TableRefused("connect the input with the table and the table with the output, and nothing else")
    for end in (_INPUT, _OUTPUT):
        if (by_type[end].content or {}).get("schema"):
            raise TableRefused("leave the schemas of input and output empty")
    return by_type[_TABLE]


def _unwanted(content: _Content) -> Iterator[str]:
    if content.hit_policy != "first":
        yield "choose the hit policy first: one order gets one answer"
    if len(content.outputs) != 1:
        yield "keep one output column: a definition gives one answer"
    ids = [each.id for each in (*content.inputs, *content.outputs)]
    if len(set(ids)) < len(ids):
        yield "two columns have the same id; make one of them anew in GoRules' editor"
    if content.mode not in {"", "single"}:
        yield "choose the execution mode single: the table is asked once for the order"
    if content.takes or content.puts:
        yield "leave input field and output path of the table empty"
    for each in (*content.inputs, *content.outputs):
        if each.default:
            yield f"leave the default value of {each.name or each.id} empty and write a last row instead"


def _row(number: int, rule: dict[str, Any], content: _Content) -> Row:
    texts = {name: "" if value is None else value for name, value in rule.items()}
    for name, value in texts.items():
        if not isinstance(value, str):
            raise TableRefused(f"row {number}, {name[:40]}: write the cell as text")
    return Row(
        number=number,
        note=texts.get("_description", ""),
        cells=tuple(texts.get(each.id, "").strip() for each in content.inputs),
        answer=texts.get(content.outputs[0].id, "").strip(),
    )
