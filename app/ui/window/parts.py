"""What stands behind the window once the services are there."""

from __future__ import annotations

from dataclasses import dataclass

from app.core.tasks import Tasks
from app.ui.chat.attaching import Attaching
from app.ui.chat.chat_controller import ChatController
from app.ui.chat.history_actions import HistoryActions
from app.ui.chat.message_queue import MessageQueue
from app.ui.discover.controller import DiscoverController
from app.ui.downloads.controller import DownloadsController
from app.ui.encryption.controller import EncryptionController
from app.ui.encryption.lock_controller import LockController
from app.ui.history.naming_controller import NamingController
from app.ui.history.search_controller import SearchController
from app.ui.history.shelf_controller import ShelfController
from app.ui.history.storage_controller import StorageController
from app.ui.history.trash_controller import TrashController
from app.ui.models_controller import ModelsController
from app.ui.pages.routing.controller import RoutingController
from app.ui.personas.controller import PersonasController
from app.ui.privacy.controller import PrivacyController
from app.ui.privacy.journal_controller import JournalController
from app.ui.privacy.proof_controller import ProofController
from app.ui.secrets_controller import SecretsController
from app.ui.settings_bridge import SettingsBridge
from app.ui.update_controller import UpdateController


@dataclass(frozen=True, kw_only=True)
class Parts:
    """The controllers; none of them holds a widget."""

    tasks: Tasks
    settings: SettingsBridge
    secrets: SecretsController
    encryption: EncryptionController
    lock: LockController
    models: ModelsController
    downloads: DownloadsController
    discover: DiscoverController
    chat: ChatController
    queue: MessageQueue
    attaching: Attaching
    actions: HistoryActions
    personas: PersonasController
    search: SearchController
    shelf: ShelfController
    trash: TrashController
    storage: StorageController
    naming: NamingController
    privacy: PrivacyController
    proof: ProofController
    journal: JournalController
    routing: RoutingController
    updates: UpdateController
