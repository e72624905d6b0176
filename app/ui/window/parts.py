"""What stands behind the window once the services are there."""

from __future__ import annotations

from dataclasses import dataclass

from app.core.tasks import Tasks
from app.ui.chat.chat_controller import ChatController
from app.ui.chat.history_actions import HistoryActions
from app.ui.models_controller import ModelsController
from app.ui.pages.routing.controller import RoutingController
from app.ui.privacy.controller import PrivacyController
from app.ui.privacy.journal_controller import JournalController
from app.ui.privacy.proof_controller import ProofController
from app.ui.secrets_controller import SecretsController
from app.ui.settings_bridge import SettingsBridge


@dataclass(frozen=True, kw_only=True)
class Parts:
    """The controllers; none of them holds a widget."""

    tasks: Tasks
    settings: SettingsBridge
    secrets: SecretsController
    models: ModelsController
    chat: ChatController
    actions: HistoryActions
    privacy: PrivacyController
    proof: ProofController
    journal: JournalController
    routing: RoutingController
