"""The model as an ONNX graph of the operators that onnxruntime-genai's fast path expects.

A Llama: per layer a norm, one product for query, key and value, attention with rotary
positions, a norm and a gated feed-forward part. Weights go to a file beside the graph.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import onnx
from gguf_file import BLOCK, GgufFile
from numpy.typing import NDArray
from onnx import TensorProto, helper
from quantize import Packed, eight_bits, four_bits, widen

GRAPH_FILE, WEIGHTS_FILE = "model.onnx", "model.onnx.data"
_CONTRIB = "com.microsoft"
_OPSET, _IR_VERSION = 21, 10
# Products of activations and weights run on integers of 8 bits: the fast path.
_ACCURACY_LEVEL = 4
_POSITIONS = ("past_length", "total_length", "rotary.cos", "rotary.sin")
_INT64, _FLOAT = TensorProto.INT64, TensorProto.FLOAT


@dataclass(frozen=True)
class Shape:
    """The sizes of a Llama; `head` is the width of one attention head."""

    layers: int
    hidden: int
    heads: int
    kv_heads: int
    head: int
    vocabulary: int
    context: int
    epsilon: float
    rope_base: float

    @classmethod
    def of(cls, source: GgufFile) -> Shape:
        """The sizes that the file's metadata gives."""
        fields = source.fields
        hidden, heads = fields["llama.embedding_length"], fields["llama.attention.head_count"]
        return cls(
            layers=fields["llama.block_count"],
            hidden=hidden,
            heads=heads,
            kv_heads=fields["llama.attention.head_count_kv"],
            head=hidden // heads,
            vocabulary=len(fields["tokenizer.ggml.tokens"]),
            context=fields["llama.context_length"],
            epsilon=fields["llama.attention.layer_norm_rms_epsilon"],
            rope_base=fields["llama.rope.freq_base"],
        )


class GraphBuilder:
    """Builds the graph node by node; the weights are written out as they come."""

    def __init__(self, source: GgufFile, weights: BinaryIO) -> None:
        self._source = source
        self._weights = weights
        self.shape = Shape.of(source)
        self._nodes: list[Any] = []
        self._tensors: list[Any] = []

    def build(self, on_layer: Callable[[float], None]) -> Any:
        """The whole model, its weights aside; `on_layer` hears the share of 1 that is done."""
        self._positions()
        head = four_bits(widen(self._source.q8_0("token_embd.weight")))
        names = self._packed("embedding", head)
        hidden, add = self._embed(names, head), ""
        for layer in range(self.shape.layers):
            hidden, add = self._layer(layer, hidden, add)
            on_layer((layer + 1) / self.shape.layers)
        last, _ = self._norm("last_norm", hidden, add, "output_norm.weight", is_last=True)
        self._product("logits", last, names, head)
        return self._model()

    def _layer(self, layer: int, hidden: str, add: str) -> tuple[str, str]:
        """One layer; returns the residual stream and what is still to be added to it."""
        name, weights = f"layer{layer}", f"blk.{layer}"
        normed, hidden = self._norm(f"{name}.norm1", hidden, add, f"{weights}.attn_norm.weight")
        merged = np.concatenate(
            [
                self._rotated(f"{weights}.attn_q.weight", self.shape.heads),
                self._rotated(f"{weights}.attn_k.weight", self.shape.kv_heads),
                widen(self._source.q4_1(f"{weights}.attn_v.weight")),
            ]
        )
        # These products are small and the answers suffer most from their errors.
        attention = self._attend(layer, self._matmul(f"{name}.qkv", normed, eight_bits(merged)))
        out = self._linear(f"{name}.out", attention, f"{weights}.attn_output.weight")
        normed, hidden = self._norm(f"{name}.norm2", hidden, out, f"{weights}.ffn_norm.weight")
        gate = self._linear(f"{name}.gate", normed, f"{weights}.ffn_gate.weight")
        up = self._linear(f"{name}.up", normed, f"{weights}.ffn_up.weight")
        self._node("Sigmoid", [gate], f"{name}.sigmoid")
        self._node("Mul", [gate, f"{name}.sigmoid"], f"{name}.active")
        self._node("Mul", [f"{name}.active", up], f"{name}.gated")
        return hidden, self._linear(f"{name}.down", f"{name}.gated", f"{weights}.ffn_down.weight")

    def _positions(self) -> None:
        """Angles of the rotary positions, and the lengths that attention asks for."""
        half = np.arange(0, self.shape.head, 2, dtype=np.float64) / self.shape.head
        angles = np.outer(np.arange(self.shape.context), self.shape.rope_base**-half)
        self._tensor("rotary.cos", np.cos(angles).astype(np.float32))
        self._tensor("rotary.sin", np.sin(angles).astype(np.float32))
        self._small("one", [1], [1])
        self._small("index", [], [1])
        self._node("ReduceSum", ["attention_mask", "one"], "mask.sum", keepdims=0)
        self._node("Sub", ["mask.sum", "one"], "mask.last")
        self._node("Cast", ["mask.last"], "past_length", to=TensorProto.INT32)
        self._node("Shape", ["attention_mask"], "mask.shape")
        self._node("Gather", ["mask.shape", "index"], "mask.width", axis=0)
        self._node("Cast", ["mask.width"], "total_length", to=TensorProto.INT32)

    def _embed(self, names: list[str], packed: Packed) -> str:
        """Rows of the output matrix, which this model shares with its input."""
        self._small("embedding.shape", [2], [packed.rows, packed.columns * packed.bits // 8])
        self._node("Reshape", [names[0], "embedding.shape"], "embedding.rows")
        return self._node(
            "GatherBlockQuantized",
            ["embedding.rows", "input_ids", *names[1:]],
            "embedded",
            bits=packed.bits,
            block_size=BLOCK,
            gather_axis=0,
            quantize_axis=1,
        )

    def _norm(
        self, name: str, hidden: str, add: str, weight: str, *, is_last: bool = False
    ) -> tuple[str, str]:
        """The norm of `hidden` + `add`, and that sum."""
        scale = self._tensor(f"{name}.weight", self._source.floats(weight))
        if not add:
            inputs = [hidden, scale]
            self._node(
                "SimplifiedLayerNormalization",
                inputs,
                name,
                axis=-1,
                stash_type=1,
                epsilon=self.shape.epsilon,
            )
            return name, hidden
        outputs = [name] if is_last else [name, "", "", f"{name}.sum"]
        self._nodes.append(
            helper.make_node(
                "SkipSimplifiedLayerNormalization",
                [hidden, add, scale],
                outputs,
                name,
                domain=_CONTRIB,
                epsilon=self.shape.epsilon,
            )
        )
        return name, f"{name}.sum"

    def _attend(self, layer: int, qkv: str) -> str:
        past, present = f"past_key_values.{layer}", f"present.{layer}"
        name = f"layer{layer}.attention"
        self._nodes.append(
            helper.make_node(
                "GroupQueryAttention",
                [qkv, "", "", f"{past}.key", f"{past}.value", *_POSITIONS],
                [name, f"{present}.key", f"{present}.value"],
                name,
                domain=_CONTRIB,
                num_heads=self.shape.heads,
                kv_num_heads=self.shape.kv_heads,
                scale=self.shape.head**-0.5,
                do_rotary=1,
                rotary_interleaved=0,
                local_window_size=-1,
                softcap=0.0,
            )
        )
        return name

    def _rotated(self, weight: str, heads: int) -> NDArray[np.float32]:
        """A query or key matrix with its rows as the halves that rotary positions pair.

        GGUF stores the two rows of a pair next to each other, the operator wants all first
        rows of a head before all second ones.
        """
        matrix = widen(self._source.q4_1(weight))
        pairs = matrix.reshape(heads, self.shape.head // 2, 2, *matrix.shape[1:])
        return pairs.swapaxes(1, 2).reshape(matrix.shape)

    def _linear(self, name: str, given: str, weight: str) -> str:
        return self._matmul(name, given, four_bits(widen(self._source.q4_1(weight))))

    def _matmul(self, name: str, given: str, packed: Packed) -> str:
        return self._product(name, given, self._packed(name, packed), packed)

    def _product(self, name: str, given: str, names: list[str], packed: Packed) -> str:
        return self._node(
            "MatMulNBits",
            [given, *names],
            name,
            K=packed.columns,
            N=packed.rows,
            bits=packed.bits,
            block_size=BLOCK,
            accuracy_level=_ACCURACY_LEVEL,
        )

    def _packed(self, name: str, packed: Packed) -> list[str]:
        names = [
            self._tensor(f"{name}.codes", packed.codes),
            self._tensor(f"{name}.scales", packed.scales),
        ]
        if packed.zero_points is not None:
            names.append(self._tensor(f"{name}.zeros", packed.zero_points))
        return names

    def _node(self, operator: str, inputs: list[str], name: str, **attributes: Any) -> str:
        own = {"GatherBlockQuantized", "MatMulNBits"}
        domain = _CONTRIB if operator in own else ""
        node = helper.make_node(operator, inputs, [name], name, domain=domain, **attributes)
        self._nodes.append(node)
        return name

    def _small(self, name: str, shape: list[int], values: list[int]) -> None:
        self._tensors.append(helper.make_tensor(name, _INT64, shape, values))

    def _tensor(self, name: str, values: NDArray[Any]) -> str:
        """Write `values` to the weights and refer to them as `name`."""
        tensor = TensorProto(
            name=name,
            data_type=helper.np_dtype_to_tensor_dtype(values.dtype),
            dims=values.shape,
            data_location=TensorProto.EXTERNAL,
        )
        for key, value in (
            ("location", WEIGHTS_FILE),
            ("offset", self._weights.tell()),
            ("length", values.nbytes),
        ):
            tensor.external_data.add(key=key, value=str(value))
        self._weights.write(np.ascontiguousarray(values).tobytes())
        self._tensors.append(tensor)
        return name

    def _model(self) -> Any:
        batch, sequence = "batch_size", "sequence_length"
        info = helper.make_tensor_value_info
        inputs = [
            info("input_ids", _INT64, [batch, sequence]),
            info("attention_mask", _INT64, [batch, "total_sequence_length"]),
        ]
        outputs = [info("logits", _FLOAT, [batch, sequence, self.shape.vocabulary])]
        for layer in range(self.shape.layers):
            for part in ("key", "value"):
                past = [batch, self.shape.kv_heads, "past_sequence_length", self.shape.head]
                total = [batch, self.shape.kv_heads, "total_sequence_length", self.shape.head]
                inputs.append(info(f"past_key_values.{layer}.{part}", _FLOAT, past))
                outputs.append(info(f"present.{layer}.{part}", _FLOAT, total))
        graph = helper.make_graph(self._nodes, "smollm2", inputs, outputs, self._tensors)
        opsets = [helper.make_opsetid("", _OPSET), helper.make_opsetid(_CONTRIB, 1)]
        return helper.make_model(graph, opset_imports=opsets, ir_version=_IR_VERSION)


def write(source: GgufFile, folder: Path, on_layer: Callable[[float], None]) -> Shape:
    """Write the graph and its weights into `folder`; returns the model's sizes."""
    with (folder / WEIGHTS_FILE).open("wb") as weights:
        builder = GraphBuilder(source, weights)
        model = builder.build(on_layer)
    onnx.save(model, folder / GRAPH_FILE)
    return builder.shape
