"""Certificates for names of AWS for which this server answers itself over TLS, and what functions trust them by. The
authority lives as long as the server, and nobody else has its key."""

from __future__ import annotations

import ssl
from datetime import datetime, timedelta, timezone
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from . import settings

_DAY = timedelta(days=1)
_NAME = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "holdfast local AWS API")])
_key = ec.generate_private_key(ec.SECP256R1())


def _signed(subject: x509.Name, key: ec.EllipticCurvePrivateKey, extension: x509.ExtensionType) -> bytes:
    now = datetime.now(timezone.utc)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(_NAME)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _DAY)
        .not_valid_after(now + _DAY)
        .add_extension(extension, critical=isinstance(extension, x509.BasicConstraints))
    )
    return builder.sign(_key, SHA256()).public_bytes(Encoding.PEM)


_certificate = _signed(_NAME, _key, x509.BasicConstraints(ca=True, path_length=0))


def server_context(host: str) -> ssl.SSLContext:
    """What a server of that name speaks TLS with."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    certificate = _signed(subject, key, x509.SubjectAlternativeName([x509.DNSName(host)]))
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    file = Path(settings.work_directory) / f"{host}.pem"
    file.touch(mode=0o600)
    file.write_bytes(private + certificate)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context


def _trusting_us(name: str, others: str) -> str:
    """A file with what is in another one, and with this authority."""
    file = Path(settings.work_directory) / name
    file.write_bytes((Path(others).read_bytes() + b"\n" if others else b"") + _certificate)
    return str(file)


def install() -> None:
    """From now on functions trust the names of this server beside all that they trusted."""
    settings.public_ca = _trusting_us("public-ca.pem", settings.public_ca)
    if settings.databases_ca:
        settings.databases_ca = _trusting_us("ca.pem", settings.databases_ca)
