"""The shape of the file: the statements of each migration, never changed once released."""

from __future__ import annotations

# `seq` orders by insertion: clocks go backwards, and a child always comes after its parent.
# `activity` orders conversations by their last use in the same way. `chosen` is higher the
# later a message was put on the shown path. Long texts stand last, so that a walk through
# the tree need not read them.
INITIAL = (
    "CREATE TABLE state (key TEXT PRIMARY KEY, value TEXT NOT NULL)",
    """CREATE TABLE conversation (
        seq INTEGER PRIMARY KEY AUTOINCREMENT,
        id TEXT NOT NULL UNIQUE,
        activity INTEGER NOT NULL,
        choices INTEGER NOT NULL DEFAULT 0,
        deleted_at REAL,
        leaf_id TEXT,
        created_at REAL NOT NULL,
        updated_at REAL NOT NULL,
        title_by_user INTEGER NOT NULL DEFAULT 0,
        title TEXT NOT NULL DEFAULT '',
        model TEXT NOT NULL DEFAULT '',
        system_prompt TEXT,
        draft TEXT NOT NULL DEFAULT ''
    )""",
    "CREATE INDEX conversation_activity ON conversation (activity)",
    "CREATE INDEX conversation_shown ON conversation (activity) WHERE deleted_at IS NULL",
    "CREATE INDEX conversation_deleted ON conversation (seq) WHERE deleted_at IS NOT NULL",
    """CREATE TABLE message (
        seq INTEGER PRIMARY KEY AUTOINCREMENT,
        id TEXT NOT NULL UNIQUE,
        conversation_id TEXT NOT NULL REFERENCES conversation (id) ON DELETE CASCADE,
        parent_id TEXT REFERENCES message (id),
        chosen INTEGER NOT NULL DEFAULT 0,
        deleted_at REAL,
        role TEXT NOT NULL,
        state TEXT NOT NULL,
        created_at REAL NOT NULL,
        provider TEXT NOT NULL DEFAULT '',
        model TEXT NOT NULL DEFAULT '',
        device TEXT NOT NULL DEFAULT '',
        usage TEXT,
        context TEXT,
        error TEXT NOT NULL DEFAULT '',
        text TEXT NOT NULL DEFAULT '',
        reasoning TEXT NOT NULL DEFAULT ''
    )""",
    "CREATE INDEX message_children ON message (parent_id, seq)",
    "CREATE INDEX message_roots ON message (conversation_id, seq) WHERE parent_id IS NULL",
    "CREATE INDEX message_conversation ON message (conversation_id)",
    "CREATE INDEX message_streaming ON message (seq) WHERE state = 'streaming'",
    "CREATE INDEX message_deleted ON message (seq) WHERE deleted_at IS NOT NULL",
    """CREATE TABLE deletion (
        message_id TEXT PRIMARY KEY REFERENCES message (id) ON DELETE CASCADE,
        leaf_before TEXT,
        leaf_after TEXT
    )""",
)

# A conversation made by import keeps where it came from, so that importing twice makes no
# doubles. `mark` says that nothing of a conversation may leave this machine.
_CONVERSATION = (
    """CREATE TABLE folder (
        id TEXT PRIMARY KEY,
        parent_id TEXT REFERENCES folder (id) ON DELETE CASCADE,
        created_at REAL NOT NULL,
        name TEXT NOT NULL,
        system_prompt TEXT
    )""",
    "ALTER TABLE conversation ADD COLUMN folder_id TEXT REFERENCES folder (id) ON DELETE SET NULL",
    "ALTER TABLE conversation ADD COLUMN pinned INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE conversation ADD COLUMN mark TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE conversation ADD COLUMN source TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE conversation ADD COLUMN source_id TEXT",
    "ALTER TABLE conversation ADD COLUMN forked_from TEXT",
    "CREATE INDEX conversation_folder ON conversation (folder_id)",
    "CREATE INDEX conversation_pinned ON conversation (activity) WHERE pinned",
    (
        "CREATE UNIQUE INDEX conversation_source ON conversation (source, source_id) "
        "WHERE source_id IS NOT NULL"
    ),
    """CREATE TABLE tag (
        conversation_id TEXT NOT NULL REFERENCES conversation (id) ON DELETE CASCADE,
        name TEXT NOT NULL,
        PRIMARY KEY (conversation_id, name)
    ) WITHOUT ROWID""",
    "CREATE INDEX tag_name ON tag (name)",
)
# Built anew instead of altered: what searching filters by has to stand before the texts.
_MESSAGE = (
    """CREATE TABLE message_new (
        seq INTEGER PRIMARY KEY AUTOINCREMENT,
        id TEXT NOT NULL UNIQUE,
        conversation_id TEXT NOT NULL REFERENCES conversation (id) ON DELETE CASCADE,
        parent_id TEXT REFERENCES message (id),
        chosen INTEGER NOT NULL DEFAULT 0,
        deleted_at REAL,
        role TEXT NOT NULL,
        state TEXT NOT NULL,
        created_at REAL NOT NULL,
        provider TEXT NOT NULL DEFAULT '',
        model TEXT NOT NULL DEFAULT '',
        device TEXT NOT NULL DEFAULT '',
        is_local INTEGER,
        model_hash TEXT NOT NULL DEFAULT '',
        cost_usd REAL,
        ended_at REAL,
        reasoning_s REAL,
        usage TEXT,
        context TEXT,
        parameters TEXT,
        error TEXT NOT NULL DEFAULT '',
        text TEXT NOT NULL DEFAULT '',
        reasoning TEXT NOT NULL DEFAULT ''
    )""",
    """INSERT INTO message_new (
        seq, id, conversation_id, parent_id, chosen, deleted_at, role, state, created_at,
        provider, model, device, is_local, usage, context, error, text, reasoning
    ) SELECT
        seq, id, conversation_id, parent_id, chosen, deleted_at, role, state, created_at,
        provider, model, device, CASE provider WHEN 'onnx' THEN 1 END, usage, context, error,
        text, reasoning
    FROM message""",
    (
        "UPDATE sqlite_sequence SET seq = (SELECT seq FROM sqlite_sequence WHERE name = 'message') "
        "WHERE name = 'message_new'"
    ),
    "DROP TABLE message",
    "ALTER TABLE message_new RENAME TO message",
    "CREATE INDEX message_children ON message (parent_id, seq)",
    "CREATE INDEX message_roots ON message (conversation_id, seq) WHERE parent_id IS NULL",
    "CREATE INDEX message_conversation ON message (conversation_id)",
    "CREATE INDEX message_streaming ON message (seq) WHERE state = 'streaming'",
    "CREATE INDEX message_deleted ON message (seq) WHERE deleted_at IS NOT NULL",
    # To filter by what answered, without reading the messages.
    "CREATE INDEX message_model ON message (model, conversation_id) WHERE model != ''",
    "CREATE INDEX message_cloud ON message (conversation_id) WHERE is_local = 0",
    # All messages that were deleted together with the first of their branch.
    "ALTER TABLE deletion ADD COLUMN branch_id TEXT",
    "CREATE INDEX deletion_branch ON deletion (branch_id) WHERE branch_id IS NOT NULL",
)
ORGANISED = (*_CONVERSATION, *_MESSAGE)

# What a person made to be used again. `manner` is apart from `conversation`, whose rows are
# read by the thousand for the list.
REUSED = (
    """CREATE TABLE persona (
        id TEXT PRIMARY KEY,
        created_at REAL NOT NULL,
        name TEXT NOT NULL,
        icon TEXT NOT NULL DEFAULT '',
        model TEXT NOT NULL DEFAULT '',
        parameters TEXT NOT NULL DEFAULT '{}',
        system_prompt TEXT NOT NULL DEFAULT ''
    )""",
    """CREATE TABLE preset (
        id TEXT PRIMARY KEY,
        created_at REAL NOT NULL,
        name TEXT NOT NULL,
        parameters TEXT NOT NULL DEFAULT '{}'
    )""",
    """CREATE TABLE saved_prompt (
        id TEXT PRIMARY KEY,
        created_at REAL NOT NULL,
        name TEXT NOT NULL,
        text TEXT NOT NULL
    )""",
    """CREATE TABLE manner (
        conversation_id TEXT PRIMARY KEY REFERENCES conversation (id) ON DELETE CASCADE,
        persona_id TEXT REFERENCES persona (id) ON DELETE SET NULL,
        parameters TEXT NOT NULL DEFAULT '{}'
    )""",
    "CREATE INDEX manner_persona ON manner (persona_id) WHERE persona_id IS NOT NULL",
)

# The index holds no text of its own. What it still has to learn waits in `unindexed`: the
# number of a message, or minus the number of a conversation for its title, and in `old` the
# text that the index knows (NULL where it knows none), which removing it takes. The triggers
# are plain SQL, so that no way of writing can leave the index behind.
_CHANGED = "SELECT {key}, {old} WHERE NOT EXISTS (SELECT * FROM unindexed WHERE seq = {key})"


def _watch(table: str, column: str, sign: str) -> tuple[str, ...]:
    """Triggers that note in `unindexed` what changes in `column`."""
    new = _CHANGED.format(key=f"{sign}new.seq", old="NULL")
    old = _CHANGED.format(key=f"{sign}old.seq", old=f"old.{column}")
    note = "INSERT INTO unindexed (seq, old)"
    return (
        f"CREATE TRIGGER {table}_added AFTER INSERT ON {table} BEGIN {note} {new}; END",
        (
            f"CREATE TRIGGER {table}_changed AFTER UPDATE OF {column} ON {table} "
            f"WHEN old.{column} IS NOT new.{column} BEGIN {note} {old}; END"
        ),
        f"CREATE TRIGGER {table}_removed AFTER DELETE ON {table} BEGIN {note} {old}; END",
    )


SEARCHABLE = (
    (
        "CREATE VIRTUAL TABLE search USING fts5 (text, content = '', "
        "tokenize = \"unicode61 remove_diacritics 2 categories 'L* N* Co Mn Mc'\")"
    ),
    "CREATE TABLE unindexed (seq INTEGER PRIMARY KEY, old TEXT)",
    *_watch("message", "text", ""),
    *_watch("conversation", "title", "-"),
    "INSERT INTO unindexed (seq) SELECT seq FROM message",
    "INSERT INTO unindexed (seq) SELECT -seq FROM conversation",
)

# What is in a confidential folder is confidential itself, and stays so when it leaves the folder:
# one column says it all, and no way of writing can let go of it unasked. Here, too, the triggers
# are plain SQL. (They do not call themselves; what reaches further is written in `marks`.)
_IN_MARKED_FOLDER = """EXISTS (
    SELECT * FROM folder AS f LEFT JOIN folder AS outer_one ON outer_one.id = f.parent_id
    WHERE f.id = new.folder_id AND (f.mark != '' OR ifnull(outer_one.mark, '') != '')
)"""
_PARENT_IS_MARKED = "EXISTS (SELECT * FROM folder WHERE id = new.parent_id AND mark != '')"
CONFIDENTIAL = (
    "ALTER TABLE folder ADD COLUMN mark TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE message ADD COLUMN reason TEXT NOT NULL DEFAULT ''",
    *(
        f"""CREATE TRIGGER conversation_mark_{name} AFTER {event} ON conversation
        WHEN new.mark = '' AND {_IN_MARKED_FOLDER}
        BEGIN UPDATE conversation SET mark = 'confidential' WHERE seq = new.seq; END"""  # noqa: S608
        for name, event in (("added", "INSERT"), ("kept", "UPDATE OF folder_id, mark"))
    ),
    f"""CREATE TRIGGER folder_mark_added AFTER INSERT ON folder
        WHEN new.mark = '' AND {_PARENT_IS_MARKED}
        BEGIN UPDATE folder SET mark = 'confidential' WHERE id = new.id; END""",  # noqa: S608
    f"""CREATE TRIGGER folder_mark_kept AFTER UPDATE OF mark, parent_id ON folder
        WHEN new.mark = '' AND {_PARENT_IS_MARKED}
        BEGIN UPDATE folder SET mark = 'confidential' WHERE id = new.id; END""",  # noqa: S608
    """CREATE TRIGGER folder_mark_spreads AFTER UPDATE OF mark ON folder WHEN new.mark != ''
        BEGIN
            UPDATE folder SET mark = new.mark WHERE parent_id = new.id AND mark = '';
            UPDATE conversation SET mark = new.mark WHERE mark = '' AND folder_id IN
                (SELECT id FROM folder WHERE id = new.id OR parent_id = new.id);
        END""",
    # A fork of a fork still knows the first one when the second is erased.
    """CREATE TRIGGER conversation_fork_kept BEFORE DELETE ON conversation
        BEGIN
            UPDATE conversation SET forked_from = old.forked_from WHERE forked_from = old.id;
        END""",
)

# What is replaced in a folder's conversations before anything of them leaves, one on each line.
FOLDER_WORDS = ("ALTER TABLE folder ADD COLUMN words TEXT NOT NULL DEFAULT ''",)

# Which parts of a question's text are files: they stand in front of it, in the order of `place`,
# each of so many characters with an empty line behind it. A confidential one marks its
# conversation, and holds that mark as a marked folder does. A draft's files hold their texts
# themselves; those of the chat that is not yet begun belong to no conversation.
_HOLDS_MARKED_FILE = """EXISTS (
    SELECT * FROM message AS m JOIN attachment AS a ON a.message_id = m.id
    WHERE m.conversation_id = new.id AND a.mark != ''
)"""
ATTACHED = (
    """CREATE TABLE attachment (
        message_id TEXT NOT NULL REFERENCES message (id) ON DELETE CASCADE,
        place INTEGER NOT NULL,
        name TEXT NOT NULL,
        characters INTEGER NOT NULL,
        mark TEXT NOT NULL DEFAULT '',
        PRIMARY KEY (message_id, place)
    )""",
    """CREATE TABLE draft_file (
        conversation_id TEXT REFERENCES conversation (id) ON DELETE CASCADE,
        place INTEGER NOT NULL,
        name TEXT NOT NULL,
        mark TEXT NOT NULL DEFAULT '',
        text TEXT NOT NULL
    )""",
    "CREATE INDEX draft_file_conversation ON draft_file (conversation_id)",
    """CREATE TRIGGER attachment_marks AFTER INSERT ON attachment WHEN new.mark != ''
        BEGIN
            UPDATE conversation SET mark = 'confidential' WHERE mark = '' AND id =
                (SELECT conversation_id FROM message WHERE id = new.message_id);
        END""",
    f"""CREATE TRIGGER conversation_mark_kept_by_file AFTER UPDATE OF mark ON conversation
        WHEN new.mark = '' AND {_HOLDS_MARKED_FILE}
        BEGIN UPDATE conversation SET mark = 'confidential' WHERE seq = new.seq; END""",  # noqa: S608
)
