"""The table of all settings: the one place where a setting is declared."""

from __future__ import annotations

from app.settings import certificates
from app.settings.setting import SecretSetting, Setting

_LONGEST_PROMPT = 100_000

_ROWS = (
    Setting(
        key="model.default",
        type=str,
        default="",
        label="Model for new chats",
        help="An installed model, by its id; empty takes the first one that works.",
        group="Model",
        maximum=500,
    ),
    Setting(
        key="model.device",
        type=str,
        default="auto",
        label="Device",
        help="What the model runs on. auto takes a graphics card where one works, "
        "otherwise the processor.",
        group="Model",
        choices=("auto", "cpu", "cuda", "dml"),
    ),
    Setting(
        key="model.folder",
        type=str,
        default="",
        label="Folder of the models",
        help="Where models are installed; empty is the data folder. tacit models move takes "
        "them along to another place.",
        group="Model",
        maximum=4000,
    ),
    Setting(
        key="model.further_folders",
        type=str,
        default="",
        label="Further folders with models",
        help="Looked through as well; several are separated as in PATH (: on Linux, ; on Windows).",
        group="Model",
        maximum=20_000,
    ),
    Setting(
        key="model.idle_unload_minutes",
        type=int,
        default=15,
        label="Unload after minutes without use",
        help="Minutes without a question after which the model gives its memory back; "
        "0 keeps it loaded.",
        group="Model",
        minimum=0,
        maximum=1440,
    ),
    Setting(
        key="model.context_limit",
        type=int,
        default=0,
        label="Context limit",
        help="The most tokens of a conversation that the model sees; 0 takes what the model "
        "and the memory allow.",
        group="Model",
        minimum=0,
        maximum=1_000_000,
    ),
    Setting(
        key="generation.temperature",
        type=float,
        default=0.3,
        label="Temperature",
        help="How freely words are chosen: 0 gives the same answer each time, higher values "
        "more variety.",
        group="Answers",
        minimum=0.0,
        maximum=5.0,
    ),
    Setting(
        key="generation.top_p",
        type=float,
        default=0.95,
        label="Top-p",
        help="Only the most likely words that make up this share are considered.",
        group="Answers",
        minimum=0.0,
        maximum=1.0,
    ),
    Setting(
        key="generation.top_k",
        type=int,
        default=50,
        label="Top-k",
        help="Only this many of the most likely words are considered; 0 sets no limit.",
        group="Answers",
        minimum=0,
        maximum=100_000,
    ),
    Setting(
        key="generation.repetition_penalty",
        type=float,
        default=1.05,
        label="Repetition penalty",
        help="Above 1, words that were used already become less likely.",
        group="Answers",
        minimum=0.1,
        maximum=10.0,
    ),
    Setting(
        key="generation.max_tokens",
        type=int,
        default=2048,
        label="Longest answer in tokens",
        help="An answer stops after this many tokens; 0 sets no limit, which lets a small model "
        "go on and on.",
        group="Answers",
        minimum=0,
        maximum=1_000_000,
    ),
    Setting(
        key="generation.seed",
        type=int,
        default=-1,
        label="Seed",
        help="The same seed gives the same answer to the same question; -1 draws a new one "
        "each time.",
        group="Answers",
        minimum=-1,
        maximum=2**31 - 1,
    ),
    Setting(
        key="generation.system_prompt",
        type=str,
        default="",
        label="Instructions for the model",
        help="What the model is told before every conversation; empty uses the model's own.",
        group="Answers",
        maximum=_LONGEST_PROMPT,
    ),
    Setting(
        key="history.trash_days",
        type=int,
        default=0,
        label="Days in the trash",
        help="For so many days, what was deleted can be taken out of the trash again; 0 erases "
        "it for good as soon as it can no longer be undone.",
        group="History",
        minimum=0,
        maximum=3650,
    ),
    Setting(
        key="privacy.level",
        type=str,
        default="local_only",
        label="What Tacit may connect to",
        help="Without your asking for a download, a link or a cloud answer it connects to "
        "nothing. Sealed, it refuses those too: nothing can leave this computer.",
        group="Privacy",
        choices=("local_only", "sealed"),
        restart_needed=True,
    ),
    Setting(
        key="appearance.theme",
        type=str,
        default="system",
        label="Theme",
        help="Light, dark, or what the system uses.",
        group="Appearance",
        choices=("system", "light", "dark"),
    ),
    Setting(
        key="appearance.text_size",
        type=int,
        default=100,
        label="Text size in percent",
        help="The size of all text in the window.",
        group="Appearance",
        minimum=80,
        maximum=200,
    ),
    Setting(
        key="appearance.enter_sends",
        type=bool,
        default=True,
        label="Enter sends the message",
        help="When off, Enter starts a new line and Ctrl+Enter sends.",
        group="Appearance",
    ),
    Setting(
        key="network.proxy",
        type=str,
        default="system",
        label="Proxy",
        help="How connections that you allow reach the internet: as the system says, directly, "
        "or through the proxy below.",
        group="Network",
        choices=("system", "none", "manual"),
    ),
    Setting(
        key="network.proxy_host",
        type=str,
        default="",
        label="Proxy server",
        help="The name of the proxy, without http://.",
        group="Network",
        maximum=253,
    ),
    Setting(
        key="network.proxy_port",
        type=int,
        default=8080,
        label="Proxy port",
        help="The port at which the proxy listens.",
        group="Network",
        minimum=1,
        maximum=65_535,
    ),
    Setting(
        key="network.proxy_user",
        type=str,
        default="",
        label="Name for the proxy",
        help="Only where the proxy wants to know who connects.",
        group="Network",
        maximum=200,
    ),
    Setting(
        key="network.ca_file",
        type=str,
        default="",
        label="Certificates of your company",
        help="The whole path of a file in PEM form with certificates to trust besides the "
        "system's.",
        group="Network",
        maximum=1_000,
        verify=certificates.verify,
    ),
    Setting(
        key="network.hub",
        type=str,
        default="https://huggingface.co",
        label="Address of the hub",
        help="Where models are searched for and downloaded from: the Hugging Face hub, or a "
        "mirror of your company.",
        group="Network",
        maximum=500,
    ),
    Setting(
        key="network.hub_files",
        type=str,
        default="",
        label="Further servers of the hub",
        help="Servers that a mirror leads to for large files, as host or host:port, separated "
        "by spaces. Those of the Hugging Face hub are known.",
        group="Network",
        maximum=2_000,
    ),
    Setting(
        key="network.silence_s",
        type=int,
        default=30,
        label="Seconds until a silent server counts as lost",
        help="A connection on which nothing arrives for so long is made anew.",
        group="Network",
        minimum=1,
        maximum=600,
    ),
    Setting(
        key="network.tries",
        type=int,
        default=30,
        label="Tries before a download fails",
        help="How often in a row a connection may fail without a byte in between; pauses grow "
        "to half a minute.",
        group="Network",
        minimum=1,
        maximum=1_000,
    ),
    Setting(
        key="window.geometry",
        type=str,
        default="",
        label="Size and place of the window",
        help="Kept by the window itself.",
        group="Window",
        maximum=10_000,
        hidden=True,
    ),
    Setting(
        key="window.last_conversation",
        type=str,
        default="",
        label="Conversation that was open last",
        help="Kept by the window itself.",
        group="Window",
        maximum=200,
        hidden=True,
    ),
    Setting(
        key="window.sidebar",
        type=bool,
        default=True,
        label="Side bar shown",
        help="Kept by the window itself.",
        group="Window",
        hidden=True,
    ),
)

SETTINGS: dict[str, Setting] = {setting.key: setting for setting in _ROWS}

SECRETS = (
    SecretSetting(
        name="proxy",
        label="Password for the proxy",
        help="Only where the proxy wants one. Your system's keyring keeps it, no file of "
        "Tacit's does.",
        after="network.proxy_user",
    ),
    SecretSetting(
        name="huggingface",
        label="Token for the hub",
        help="Only for models whose publisher asks for one: it is sent where a licence has to be "
        "accepted, or a repository is private. Your system's keyring keeps it, no file of "
        "Tacit's does.",
        after="network.hub",
    ),
)
"""The secrets beside the settings."""
