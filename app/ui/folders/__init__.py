"""What holds for all chats of a folder."""
