"""The library finds its own modules by name when they are asked for."""

hiddenimports = [
    "huggingface_hub.errors",
    "huggingface_hub.hf_api",
    "huggingface_hub.file_download",
    "huggingface_hub.inference._client",
    "huggingface_hub.utils._http",
]
