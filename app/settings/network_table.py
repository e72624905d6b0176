"""The settings of connections and downloads: part of the table."""

from __future__ import annotations

from app.settings import certificates
from app.settings.openings import elsewhere
from app.settings.setting import SecretSetting, Setting

CONNECTION_ROWS = (
    Setting(
        key="network.proxy",
        type=str,
        default="system",
        label="Proxy",
        help="How connections that you allow reach the internet: as the system says, directly, "
        "or through the proxy below.",
        group="Connections",
        choices=("system", "none", "manual"),
        lets_out=elsewhere,
    ),
    Setting(
        key="network.proxy_host",
        type=str,
        default="",
        label="Proxy server",
        help="The name of the proxy, without http://.",
        group="Connections",
        maximum=253,
        lets_out=elsewhere,
    ),
    Setting(
        key="network.proxy_port",
        type=int,
        default=8080,
        label="Proxy port",
        help="The port at which the proxy listens.",
        group="Connections",
        minimum=1,
        maximum=65_535,
        lets_out=elsewhere,
    ),
    Setting(
        key="network.proxy_user",
        type=str,
        default="",
        label="Name for the proxy",
        help="Only where the proxy wants to know who connects.",
        group="Connections",
        maximum=200,
    ),
    Setting(
        key="network.ca_file",
        type=str,
        default="",
        label="Certificates of your company",
        help="The whole path of a file in PEM form with certificates to trust besides the "
        "system's.",
        group="Connections",
        maximum=1_000,
        verify=certificates.verify,
        lets_out=elsewhere,
    ),
)

DOWNLOAD_ROWS = (
    Setting(
        key="network.hub",
        type=str,
        default="https://huggingface.co",
        label="Address of the hub",
        help="Where models are searched for and downloaded from: the Hugging Face hub, or a "
        "mirror of your company.",
        group="Downloads",
        maximum=500,
        lets_out=elsewhere,
    ),
    Setting(
        key="network.hub_files",
        type=str,
        default="",
        label="Further servers of the hub",
        help="Servers that a mirror leads to for large files, as host or host:port, separated "
        "by spaces. Those of the Hugging Face hub are known.",
        group="Downloads",
        maximum=2_000,
        lets_out=elsewhere,
    ),
    Setting(
        key="network.silence_s",
        type=int,
        default=30,
        label="Seconds until a silent server counts as lost",
        help="A connection on which nothing arrives for so long is made anew.",
        group="Downloads",
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
        group="Downloads",
        minimum=1,
        maximum=1_000,
    ),
)

NETWORK_SECRETS = (
    SecretSetting(
        name="proxy",
        label="Password for the proxy",
        help="Only where the proxy wants one. Your system's keyring keeps it, no file of "
        "Tacit's does.",
        after="network.proxy_user",
    ),
    SecretSetting(
        name="huggingface",
        label="Token for Hugging Face",
        help="Only for models whose publisher asks for one (it is sent where a licence has to be "
        "accepted, or a repository is private), and for answers by Hugging Face, where you "
        "switch them on. Your system's keyring keeps it, no file of Tacit's does.",
        after="network.hub",
    ),
)
