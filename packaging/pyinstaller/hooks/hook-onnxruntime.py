"""Only the native library: nothing links to it, because genai opens it by its path.

Its file is `libonnxruntime.so.1.32.0`, which the pattern of PyInstaller's own collection of
hooks (`lib*.so`) passes over.
"""

from PyInstaller.utils.hooks import collect_dynamic_libs

binaries = collect_dynamic_libs(
    "onnxruntime",
    search_patterns=[
        "libonnxruntime.so*",
        "libonnxruntime_providers_shared.so",
        "onnxruntime.dll",
        "onnxruntime_providers_shared.dll",
        "DirectML.dll",
    ],
)
