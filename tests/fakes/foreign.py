"""Small exports of other programs, written after what those programs document."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

CHATGPT: list[dict[str, Any]] = [
    {
        "title": "Lease",
        "create_time": 1700000000.5,
        "update_time": 1700000900.0,
        "conversation_id": "chatgpt-1",
        "current_node": "a2",
        "mapping": {
            "root": {"id": "root", "message": None, "parent": None, "children": ["sys"]},
            "sys": {
                "id": "sys",
                "parent": "root",
                "message": {
                    "author": {"role": "system"},
                    "content": {"content_type": "text", "parts": [""]},
                    "metadata": {"is_visually_hidden_from_conversation": True},
                },
            },
            "q": {
                "id": "q",
                "parent": "sys",
                "message": {
                    "author": {"role": "user"},
                    "create_time": 1700000001.0,
                    "content": {
                        "content_type": "multimodal_text",
                        "parts": [
                            {"content_type": "image_asset_pointer", "asset_pointer": "file://x"},
                            "What is a lease?",
                        ],
                    },
                },
            },
            "a1": {
                "id": "a1",
                "parent": "q",
                "message": {
                    "author": {"role": "assistant"},
                    "create_time": 1700000002.0,
                    "content": {"content_type": "text", "parts": ["A contract."]},
                    "metadata": {"model_slug": "gpt-4"},
                    "recipient": "all",
                    "status": "finished_successfully",
                },
            },
            "t": {
                "id": "t",
                "parent": "q",
                "message": {
                    "author": {"role": "assistant"},
                    "content": {
                        "content_type": "thoughts",
                        "thoughts": [{"summary": "Hm", "content": "Let me think."}],
                    },
                },
            },
            "recap": {
                "id": "recap",
                "parent": "t",
                "message": {
                    "author": {"role": "assistant"},
                    "content": {"content_type": "reasoning_recap", "content": "Thought for 2s"},
                },
            },
            "tool": {
                "id": "tool",
                "parent": "recap",
                "message": {
                    "author": {"role": "assistant"},
                    "recipient": "python",
                    "content": {"content_type": "code", "language": "python", "text": "1+1"},
                },
            },
            "result": {
                "id": "result",
                "parent": "tool",
                "message": {
                    "author": {"role": "tool", "name": "python"},
                    "content": {"content_type": "execution_output", "text": "2"},
                },
            },
            "a2": {
                "id": "a2",
                "parent": "recap",
                "message": {
                    "author": {"role": "assistant"},
                    "create_time": 1700000003.0,
                    "content": {"content_type": "text", "parts": ["It lets you use a thing."]},
                    "metadata": {"model_slug": "o3"},
                    "recipient": "all",
                },
            },
        },
    },
    {"title": "Broken", "conversation_id": "chatgpt-2", "mapping": "none"},
    {"title": "Empty", "conversation_id": "chatgpt-3", "mapping": {}},
    {
        "title": None,
        "conversation_id": "chatgpt-4",
        "mapping": {
            "loop": {
                "parent": "loop",
                "message": {
                    "author": {"role": "user"},
                    "content": {"content_type": "text", "parts": ["I am my own parent 東京"]},
                },
            }
        },
    },
]

CLAUDE: list[dict[str, Any]] = [
    {
        "uuid": "claude-1",
        "name": "Terms",
        "created_at": "2025-01-02T03:04:05.000000Z",
        "updated_at": "2025-01-02T04:00:00.000000+00:00",
        "account": {"uuid": "somebody"},
        "chat_messages": [
            {
                "uuid": "q",
                "sender": "human",
                "text": "What does it say?",
                "content": [{"type": "text", "text": "What does it say?"}],
                "created_at": "2025-01-02T03:04:06Z",
                "parent_message_uuid": "00000000-0000-4000-8000-000000000000",
                "attachments": [
                    {"file_name": "terms.txt", "file_type": "txt", "extracted_content": "30 days"}
                ],
                "files": [{"file_name": "photo.png"}],
            },
            {
                "uuid": "a1",
                "sender": "assistant",
                "text": "Thirty days.",
                "content": [
                    {"type": "thinking", "thinking": "It says 30."},
                    {"type": "tool_use", "name": "search", "input": {}},
                    {"type": "text", "text": "Thirty days."},
                ],
                "created_at": "2025-01-02T03:04:09Z",
                "parent_message_uuid": "q",
                "attachments": [],
                "files": [],
            },
            {
                "uuid": "a2",
                "sender": "assistant",
                "text": "A month.",
                "content": [],
                "created_at": "2025-01-02T03:05:09Z",
                "parent_message_uuid": "q",
            },
        ],
    },
    {
        "uuid": "claude-2",
        "name": "",
        "chat_messages": [
            {"uuid": "1", "sender": "human", "text": "older export", "created_at": "nonsense"},
            {"uuid": "2", "sender": "assistant", "text": "in a row"},
            None,
            {"uuid": "3", "sender": "nobody", "text": "x"},
        ],
    },
]

OPEN_WEBUI: list[dict[str, Any]] = [
    {
        "id": "owui-1",
        "title": "Taxes",
        "created_at": 1700000000,
        "updated_at": 1700000100,
        "pinned": True,
        "archived": False,
        "meta": {"tags": ["money"]},
        "chat": {
            "title": "Taxes",
            "models": ["llama3"],
            "params": {"system": "Be exact."},
            "history": {
                "currentId": "a1",
                "messages": {
                    "q": {
                        "id": "q",
                        "parentId": None,
                        "childrenIds": ["a1", "a2"],
                        "role": "user",
                        "content": "How much?",
                        "timestamp": 1700000010,
                        "files": [{"type": "image", "url": "data:..."}],
                    },
                    "a1": {
                        "id": "a1",
                        "parentId": "q",
                        "childrenIds": [],
                        "role": "assistant",
                        "model": "llama3",
                        "content": '<details type="reasoning" done="true" duration="3">\n'
                        "<summary>Thought for 3 seconds</summary>\n> Let me see.\n> Yes.\n"
                        "</details>\n20 %.",
                        "timestamp": 1700000020,
                    },
                    "a2": {
                        "id": "a2",
                        "parentId": "q",
                        "childrenIds": [],
                        "role": "assistant",
                        "model": "qwen",
                        "content": "25 %.",
                        "timestamp": 1700000030,
                    },
                },
            },
        },
    }
]

LM_STUDIO: dict[str, Any] = {
    "name": "Poem",
    "pinned": False,
    "createdAt": 1700000000000,
    "systemPrompt": "Rhyme.",
    "messages": [
        {
            "currentlySelected": 0,
            "versions": [
                {
                    "type": "singleStep",
                    "role": "user",
                    "content": [
                        {"type": "file", "fileType": "image", "fileIdentifier": "x.png"},
                        {"type": "text", "text": "A poem"},
                    ],
                }
            ],
        },
        {
            "currentlySelected": 1,
            "versions": [
                {
                    "type": "multiStep",
                    "role": "assistant",
                    "senderInfo": {"senderName": "qwen3"},
                    "steps": [
                        {"type": "contentBlock", "content": [{"type": "text", "text": "Roses"}]}
                    ],
                },
                {
                    "type": "multiStep",
                    "role": "assistant",
                    "senderInfo": {"senderName": "qwen3"},
                    "steps": [
                        {
                            "type": "contentBlock",
                            "style": {"type": "thinking"},
                            "content": [{"type": "text", "text": "Which flower?"}],
                        },
                        {
                            "type": "contentBlock",
                            "content": [{"type": "text", "text": "Violets"}],
                            "genInfo": {"indexedModelIdentifier": "qwen/qwen3-4b"},
                        },
                        {"type": "debugInfoBlock", "debugInfo": "x"},
                    ],
                },
            ],
        },
        {
            "currentlySelected": 0,
            "versions": [
                {
                    "type": "singleStep",
                    "role": "user",
                    "content": [{"type": "text", "text": "Thanks"}],
                }
            ],
        },
    ],
}

GPT4ALL = """Prompt: What is a lease?
Response: A contract.

It has two sides.
Prompt: And rent?
Response: What is paid.
"""


def chatgpt(folder: Path) -> Path:
    """`conversations.json` with branches, an image, a tool, and two that are broken or empty."""
    return _written(folder / "conversations.json", CHATGPT)


def claude(folder: Path) -> Path:
    """Claude's file, one conversation with branches and an older one without."""
    return _written(folder / "claude.json", CLAUDE)


def open_webui(folder: Path) -> Path:
    """Open WebUI's file."""
    return _written(folder / "chat-export.json", OPEN_WEBUI)


def lm_studio(folder: Path) -> Path:
    """A folder of LM Studio, with one conversation in a folder and a broken one."""
    root = folder / "conversations"
    (root / "Work").mkdir(parents=True)
    _written(root / "Work" / "1700000000000.conversation.json", LM_STUDIO)
    (root / "broken.conversation.json").write_text("{", "utf-8")
    return root


def jan(folder: Path) -> Path:
    """Jan's folder with a thread that has an image and a broken line, and a broken thread."""
    root = folder / "threads"
    thread = root / "jan_1700000000"
    thread.mkdir(parents=True)
    _written(
        thread / "thread.json",
        {
            "id": "thread_1",
            "object": "thread",
            "title": "Physics",
            "created": 1700000000,
            "updated": 1700000050,
            "assistants": [{"id": "jan", "instructions": "Joke.", "model": {"id": "llama-3"}}],
        },
    )
    lines: list[Any] = [
        {
            "id": "0",
            "object": "thread.message",
            "role": "user",
            "created_at": 1700000001000,
            "content": [
                {"type": "text", "text": {"value": "Why?", "annotations": []}},
                {"type": "image_url", "image_url": {"url": "data:..."}},
            ],
        },
        {
            "id": "0",
            "object": "thread.message",
            "role": "assistant",
            "created_at": 1700000002,
            "status": "ready",
            "content": [{"type": "text", "text": {"value": "<think>hm</think>Because."}}],
        },
    ]
    text = "\n".join([json.dumps(lines[0]), "{broken", json.dumps(lines[1]), ""])
    (thread / "messages.jsonl").write_text(text, "utf-8")
    (root / "broken").mkdir()
    (root / "broken" / "thread.json").write_text("{", "utf-8")
    return root


def gpt4all(folder: Path) -> Path:
    """A chat of GPT4All as text."""
    file = folder / "chat.txt"
    file.write_text(GPT4ALL, "utf-8")
    return file


def _written(file: Path, document: object) -> Path:
    file.write_text(json.dumps(document), "utf-8")
    return file
