"""The local engine: a host process around onnxruntime-genai and the client that talks to it."""
