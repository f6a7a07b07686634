"""Runs a command beside an S3 server (moto's) on loopback, and ends as the
command does. The server's endpoints, plain and with TLS, are in
STEPWELL_TEST_S3 and STEPWELL_TEST_S3_TLS; SSL_CERT_FILE names the certificate
to trust."""

import datetime
import ipaddress
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from threading import Thread

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

# Few objects on a page of a listing, so that a test need not make a thousand.
os.environ["MOTO_S3_DEFAULT_MAX_KEYS"] = "10"

from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import WSGIRequestHandler, make_server

LOOPBACK = "127.0.0.1"


class Quiet(WSGIRequestHandler):
    def log_request(self, code="-", size="-"):
        pass


def make_certificate(folder):
    """Writes a certificate for the loopback address, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "loopback")])
    now = datetime.datetime.now(datetime.timezone.utc)
    address = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(LOOPBACK))])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(address, critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    certificate_path, key_path = folder / "certificate.pem", folder / "key.pem"
    certificate_path.write_bytes(certificate.public_bytes(pem))
    unencrypted = serialization.NoEncryption()
    key_path.write_bytes(key.private_bytes(pem, serialization.PrivateFormat.PKCS8, unencrypted))
    return str(certificate_path), str(key_path)


def start(app, certificate=None):
    """Starts a server; tells the port."""
    server = make_server(LOOPBACK, 0, app, threaded=True, request_handler=Quiet, ssl_context=certificate)
    Thread(target=server.serve_forever, daemon=True).start()
    return server.server_port


def main(command):
    with tempfile.TemporaryDirectory() as folder:
        certificate = make_certificate(Path(folder))
        app = DomainDispatcherApplication(create_backend_app)
        environment = {
            **os.environ,
            "STEPWELL_TEST_S3": f"http://{LOOPBACK}:{start(app)}",
            "STEPWELL_TEST_S3_TLS": f"https://{LOOPBACK}:{start(app, certificate)}",
            "SSL_CERT_FILE": certificate[0],
        }
        return subprocess.run(command, env=environment).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
