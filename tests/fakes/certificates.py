"""A certificate authority and a server's certificate, made anew by the openssl command."""

from __future__ import annotations

import ssl
import subprocess
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Certificates:
    """Files in PEM: the authority to trust, and the server's certificate and key."""

    authority: Path
    certificate: Path
    key: Path

    def server_context(self) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate, self.key)
        return context


def make(folder: Path, names: str = "DNS:localhost,IP:127.0.0.1,DNS:*.example.org") -> Certificates:
    """Certificates for `names`, in `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    made = Certificates(folder / "ca.pem", folder / "server.pem", folder / "server.key")
    authority_key, wish, extra = folder / "ca.key", folder / "wish.pem", folder / "extra"
    extra.write_text(f"subjectAltName={names}\nbasicConstraints=CA:FALSE\n")
    new_key = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")
    _openssl(
        *("req", "-x509", *new_key, "-keyout", authority_key, "-out", made.authority),
        *("-days", "2", "-subj", "/CN=Test authority", "-addext", "keyUsage=critical,keyCertSign"),
    )
    _openssl("req", *new_key, "-keyout", made.key, "-out", wish, "-subj", "/CN=Test server")
    _openssl(
        *("x509", "-req", "-in", wish, "-CA", made.authority, "-CAkey", authority_key),
        *("-CAcreateserial", "-days", "2", "-extfile", extra, "-out", made.certificate),
    )
    return made


def _openssl(*arguments: str | Path) -> None:
    subprocess.run(["openssl", *arguments], check=True, capture_output=True)
