"""The catalogue is what its schema says, and a damaged one is refused in a sentence."""

from __future__ import annotations

import dataclasses
import json
import re
from pathlib import Path
from typing import Any

import pytest

from app.core.errors import AppError
from app.models.catalogue import FILE, Catalogue, Entry, Licence, Variant, load
from app.paths import resources_dir

SHIPPED = resources_dir() / FILE
SCHEMA = json.loads(SHIPPED.with_name("catalogue.schema.json").read_text(encoding="utf-8"))
RULES = {"type", "properties", "required", "additionalProperties", "items", "minItems", "const"}
RULES |= {"enum", "pattern", "minLength", "minimum", "$ref", "description"}
TYPES = {"object": dict, "array": list, "string": str, "integer": int, "boolean": bool}


def check(value: Any, rule: dict[str, Any], where: str = "") -> None:
    """As much of JSON schema as ours uses; a rule that it does not know fails."""
    if "$ref" in rule:
        rule = SCHEMA["$defs"][rule["$ref"].removeprefix("#/$defs/")]
    assert rule.keys() <= RULES | {"$schema", "title", "$defs"}, where
    if "type" in rule:
        assert type(value) is TYPES[rule["type"]], where
    assert value == rule.get("const", value), where
    assert value in rule.get("enum", [value]), where
    if isinstance(value, str):
        assert re.search(rule.get("pattern", ""), value), where
        assert len(value) >= rule.get("minLength", 0), where
    if isinstance(value, int):
        assert value >= rule.get("minimum", value), where
    if isinstance(value, list):
        assert len(value) >= rule.get("minItems", 0), where
        for number, item in enumerate(value):
            check(item, rule["items"], f"{where}[{number}]")
    if isinstance(value, dict):
        assert value.keys() == set(rule["required"]) == set(rule["properties"]), where
        for key, item in value.items():
            check(item, rule["properties"][key], f"{where}.{key}")


def shipped() -> dict[str, Any]:
    document: dict[str, Any] = json.loads(SHIPPED.read_text(encoding="utf-8"))
    return document


def written(folder: Path, document: object) -> Path:
    file = folder / FILE
    file.write_text(json.dumps(document), encoding="utf-8")
    return file


def test_what_is_shipped_fits_the_schema() -> None:
    check(shipped(), SCHEMA)


@pytest.mark.parametrize(
    ("kind", "rule"),
    [
        (Catalogue, SCHEMA),
        *[(kind, SCHEMA["$defs"][name]) for kind, name in
          ((Entry, "model"), (Licence, "licence"), (Variant, "variant"))],
    ],
)  # fmt: skip
def test_the_schema_names_the_fields_that_are_read(kind: Any, rule: dict[str, Any]) -> None:
    assert [field.name for field in dataclasses.fields(kind)] == rule["required"]


def test_phi_4_mini_comes_first() -> None:
    first = load(SHIPPED).models[0]
    assert first.id == "phi-4-mini-instruct"
    assert [(v.repository, v.folder, v.devices) for v in first.variants] == [
        (
            "microsoft/Phi-4-mini-instruct-onnx",
            "cpu_and_mobile/cpu-int4-rtn-block-32-acc-level-4",
            ("cpu",),
        ),
        ("microsoft/Phi-4-mini-instruct-onnx", "gpu/gpu-int4-rtn-block-32", ("cuda", "dml")),
    ]


def test_no_two_variants_are_the_same_and_sizes_agree() -> None:
    catalogue = load(SHIPPED)
    ids = [(entry.id, variant.id) for entry, variant in catalogue.variants()]
    places = [(variant.repository, variant.folder) for _, variant in catalogue.variants()]
    assert len(set(ids)) == len(ids)
    assert len(set(places)) == len(places)
    for entry, variant in catalogue.variants():
        assert variant.token_bytes <= variant.memory_bytes <= variant.download_bytes, entry.id
        assert entry.usable_context <= entry.context_length
        # Four bits a parameter and their scales at the least, all in 32 bits at the most.
        assert 0.45 * entry.parameters < variant.memory_bytes < 2 * entry.parameters, entry.id


def test_a_variant_is_found_by_its_place() -> None:
    catalogue = load(SHIPPED)
    found = catalogue.find("Microsoft/phi-4-mini-instruct-onnx", "gpu/gpu-int4-rtn-block-32/")
    assert found is not None
    assert (found[0].id, found[1].id) == ("phi-4-mini-instruct", "gpu-int4")
    assert catalogue.find("microsoft/Phi-4-mini-instruct-onnx", "") is None


@pytest.mark.parametrize(
    "change",
    [
        lambda document: document.update(format=2),
        lambda document: document.update(more=1),
        lambda document: document["models"][0].pop("licence"),
        lambda document: document["models"][0].update(parameters="3.8"),
        lambda document: document["models"][0].update(layers=0),
        lambda document: document["models"][0].update(variants=[]),
        lambda document: document["models"][0]["variants"][0].update(devices=["npu"]),
        lambda document: document["models"][0]["variants"][0].update(devices=[]),
        lambda document: document["models"][0]["variants"][0].update(repository="../x/y"),
        lambda document: document["models"][0]["variants"][0].update(download_bytes=-1),
    ],
)
def test_a_damaged_list_is_refused(tmp_path: Path, change: Any) -> None:
    document = shipped()
    change(document)
    with pytest.raises(AppError, match="list of models is damaged"):
        load(written(tmp_path, document))


@pytest.mark.parametrize("text", ["", "[]", "{", '{"format": 1}'])
def test_what_is_no_list_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / FILE).write_text(text)
    with pytest.raises(AppError):
        load(tmp_path / FILE)
    with pytest.raises(AppError):
        load(tmp_path / "nothing.json")
