"""What a model's genai_config.json may ask for: numbers in their ranges, options on a list.

The runtime hands every session option that it does not know itself to ONNX Runtime as it is,
and some of those open, write or map files; the provider options of CUDA include raw pointers.
New ones come with every version: so what is not known to be harmless is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from app.engine.guard.limits import check_numbers
from app.engine.guard.refusal import OTHER_BUILD, refused

# "model.onnx", or "decoder/model.onnx" as some builds have it; no part begins with a dot.
_FILE_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]*(/[A-Za-z0-9_][A-Za-z0-9._-]*){0,3}")
_FILE_KEYS = frozenset({"filename", "config_filename", "adapter_filename", "data_file"})
_HARMLESS_VALUE = re.compile(r"[A-Za-z0-9_.;,+ -]{0,64}")
_WORDS = re.compile(r"[A-Za-z0-9_.-]{1,64}")
_SESSION_OPTIONS = frozenset(
    """
    log_id log_severity_level log_verbosity_level intra_op_num_threads inter_op_num_threads
    enable_cpu_mem_arena enable_mem_pattern graph_optimization_level provider_options
    session.allow_released_opsets_only session.disable_aot_function_inlining
    session.disable_cpu_ep_fallback session.disable_double_qdq_remover
    session.disable_model_compile session.disable_prepacking
    session.disable_qdq_constant_folding session.disable_quant_qdq session.dynamic_block_base
    session.enable_dq_matmulnbits_fusion session.enable_quant_qdq
    session.enable_quant_qdq_cleanup session.force_spinning_stop
    session.graph_optimizations_loop_level session.inter_op.allow_spinning
    session.intra_op.allow_spinning session.qdq_matmulnbits_accuracy_level
    session.qdq_matmulnbits_block_size session.qdqisint8allowed session.set_denormal_as_zero
    session.strict_shape_type_inference session.use_device_allocator_for_initializers
    session.use_env_allocators mlas.disable_kleidiai
    mlas.enable_gemm_fastmath_arm64_bfloat16 mlas.use_lut_gemm
    optimization.disable_specified_optimizers optimization.enable_cast_chain_elimination
    optimization.enable_gelu_approximation optimization.minimal_build_optimizations
    """.split()
)
# The dangerous ones that have been seen get words of their own.
_WHY = {
    "custom_ops_library": "would run a program of its own, named in “custom_ops_library”",
    "enable_profiling": "would write a file, named in “enable_profiling”",
    "optimized_model_filepath": "would write a file, named in “optimized_model_filepath”",
    "session.optimized_model_filepath": "would write a file of its own choice",
    "session.enable_profiling": "would write a file of its own choice",
    "ep.context_file_path": "would write or open a file of its own choice",
}
_RUN_OPTIONS = frozenset(
    """
    disable_synchronize_execution_providers gpu_graph_id
    memory.enable_memory_arena_shrinkage qnn.htp_perf_mode qnn.htp_perf_mode_post_run
    qnn.rpc_control_latency
    """.split()
)
_PROVIDERS = frozenset(
    name
    for device in (
        "cpu cuda dml qnn openvino web webgpu nvtensorrtrtx trt-rtx vitisai ryzenai amdgpu rocm "
        "webnn xnnpack snpe migraphx coreml"
    ).split()
    for name in (device, f"{device}executionprovider")
)
# In lower case: what tunes a device without naming a file, a library or an address.
_PROVIDER_OPTIONS = frozenset(
    """
    arena_extend_strategy cudnn_conv1d_pad_to_nc1d cudnn_conv_algo_search
    cudnn_conv_use_max_workspace device_filter device_filtering_options device_id device_type
    disable_metacommands do_copy_in_default_stream enable_causallm enable_cuda_graph
    enable_graph_capture enable_htp_fp16_precision enable_skip_layer_norm_strict_mode
    enablegraphcapture enableint64 forcecpunodenames fuse_conv_bias gpu_mem_limit
    hardware_device_id hardware_device_type hardware_vendor_id htp_arch
    htp_graph_finalization_optimization_mode htp_performance_mode
    multi_rotary_cache_concat_offset multirotarycacheconcatoffset num_of_threads num_streams
    nv_multi_profile_enable nv_use_external_data_initializer performance_preference precision
    prefer_nhwc preferredlayout qnn_context_priority rpc_control_latency sdpa_kernel soc_model
    tunable_op_enable tunable_op_tuning_enable use_ep_level_unified_stream use_tf32
    validationmode vtcm_mb
    """.split()
)


def check_config(config: Mapping[str, object]) -> None:
    """Refuse what runs code, opens files, or exhausts the machine; raises `AppError`."""
    _check_tokenizer_place(config)
    for key, value in _walk(config):
        if key in _FILE_KEYS:
            _check_file_name(value)
        elif key == "session_options":
            _check_options(value, _SESSION_OPTIONS)
        elif key == "run_options":
            _check_options(value, _RUN_OPTIONS)
        elif key == "provider_options":
            _check_providers(value)
    check_numbers(config)


def _walk(config: Mapping[str, object]) -> Iterator[tuple[str, object]]:
    """Every key and its value, however deep; no depth can exhaust the stack."""
    stack: list[object] = [config]
    while stack:
        current = stack.pop()
        if isinstance(current, Mapping):
            yield from ((str(key), value) for key, value in current.items())
            stack.extend(current.values())
        elif isinstance(current, list):
            stack.extend(current)


def _check_tokenizer_place(config: Mapping[str, object]) -> None:
    model = config.get("model")
    if isinstance(model, Mapping) and model.get("tokenizer_dir") not in (None, "", "."):
        raise refused("takes its tokenizer from another folder")


def _check_file_name(name: object) -> None:
    if name != "" and not (isinstance(name, str) and _FILE_NAME.fullmatch(name)):
        raise refused("names a file outside its folder")


def _check_options(options: object, known: frozenset[str]) -> None:
    if not isinstance(options, Mapping):
        raise refused("gives its options in an unknown shape")
    for key, value in options.items():
        if key not in known:
            unknown = f"sets the option {_shown(key)}, which is not known to be harmless"
            raise refused(_WHY.get(str(key), unknown), OTHER_BUILD)
        if isinstance(value, str) and not _HARMLESS_VALUE.fullmatch(value):
            raise refused(f"names a file or an address in {_shown(key)}", OTHER_BUILD)


def _check_providers(providers: object) -> None:
    if not isinstance(providers, list) or not all(isinstance(p, Mapping) for p in providers):
        raise refused("names devices in an unknown shape", OTHER_BUILD)
    for name, options in (pair for provider in providers for pair in provider.items()):
        if str(name).lower() not in _PROVIDERS:
            raise refused("asks for an unknown kind of device", OTHER_BUILD)
        for key, value in _walk(options if isinstance(options, Mapping) else {"": options}):
            if key.lower() not in _PROVIDER_OPTIONS:
                raise refused(
                    f"sets {_shown(key)} for a device, which is not known to be harmless",
                    OTHER_BUILD,
                )
            if isinstance(value, str) and not _HARMLESS_VALUE.fullmatch(value):
                raise refused(f"names a file or an address in {_shown(key)}", OTHER_BUILD)


def _shown(key: object) -> str:
    """An option's name as it may be shown; a stranger's text is not put on the screen."""
    return f"“{key}”" if _WORDS.fullmatch(str(key)) else "with a name that is none"
