"""Starts the static binary where nothing but it is, and shows that it resolves names and whom it trusts.

    unshare --user --map-root-user --net --mount python alone.py BINARY ROOT

ROOT is an empty folder. It gets the binary, an `/etc/resolv.conf` with the name server of this script, and
the files that a case is about. The network has this script alone in it.
"""

import datetime
import fcntl
import os
import shutil
import socket
import ssl
import struct
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import dns.flags
import dns.message
import dns.rcode
import dns.rrset
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

AWS = "aws.alone.test"
POLICY_HOST = "mta-sts.alone.test"
POLICY = "version: STSv1\nmode: testing\nmx: mail.alone.test\nmax_age: 604800\n"
RECORDS = {
    ("alone.test.", "TXT"): ['"v=spf1 -all"'],
    ("alone.test.", "MX"): ["10 mail.alone.test."],
    ("_mta-sts.alone.test.", "TXT"): ['"v=STSv1; id=1"'],
    (AWS + ".", "A"): ["127.0.0.1"],
    (POLICY_HOST + ".", "A"): ["127.0.0.1"],
    ("mail.alone.test.", "A"): ["127.0.0.1"],
}
MANIFEST = """project: alone
accounts: { mail: { id: "111111111111", role: mail-deploy } }
domains:
  alone.test: { dns: { route53: { account: mail } }, tls_rpt: { rua: ["mailto:tls@alone.test"] } }
"""


def raise_loopback():
    """Switches the one interface of a new network on."""
    up_and_running = 0x1 | 0x40
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        request = struct.pack("16sh", b"lo", up_and_running)
        fcntl.ioctl(any_socket, 0x8914, request)  # SIOCSIFFLAGS


def answer(question):
    """The answer of a name server that has RECORDS and nothing else."""
    asked = question.question[0]
    rtype = dns.rdatatype.to_text(asked.rdtype)
    response = dns.message.make_response(question)
    response.flags |= dns.flags.RA
    values = RECORDS.get((asked.name.to_text().lower(), rtype))
    if values:
        response.answer.append(dns.rrset.from_text(asked.name, 60, "IN", rtype, *values))
    elif not any(name == asked.name.to_text().lower() for name, _ in RECORDS):
        response.set_rcode(dns.rcode.NXDOMAIN)
    return response


def serve_dns():
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.bind(("127.0.0.1", 53))

    def loop():
        while True:
            data, peer = server.recvfrom(4096)
            server.sendto(answer(dns.message.from_wire(data)).to_wire(), peer)

    threading.Thread(target=loop, daemon=True).start()


class Authority:
    """A certificate authority."""

    def __init__(self, name):
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        constraint = x509.BasicConstraints(ca=True, path_length=None)
        builder = self.builder(self.name, self.key).add_extension(constraint, critical=True)
        self.certificate = builder.sign(self.key, hashes.SHA256())

    def builder(self, subject, key):
        now = datetime.datetime.now(datetime.timezone.utc)
        day = datetime.timedelta(days=1)
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self.name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - day)
            .not_valid_after(now + day)
        )

    def pem(self):
        return self.certificate.public_bytes(serialization.Encoding.PEM)

    def server(self, hosts):
        """The certificate and the key of a server, as PEM."""
        key = ec.generate_private_key(ec.SECP256R1())
        names = x509.SubjectAlternativeName([x509.DNSName(host) for host in hosts])
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, hosts[0])])
        certificate = self.builder(subject, key).add_extension(names, critical=False)
        certificate = certificate.sign(self.key, hashes.SHA256())
        return certificate.public_bytes(serialization.Encoding.PEM) + key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )


REQUESTS = []


class Web(BaseHTTPRequestHandler):
    """AWS, which refuses everything, and the host of the policy."""

    def do_GET(self):
        self.reply(200, "text/plain", POLICY)

    def do_POST(self):
        refusal = (
            '<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type>'
            "<Code>AccessDenied</Code><Message>no</Message></Error><RequestId>1</RequestId></ErrorResponse>"
        )
        self.reply(403, "text/xml", refusal)

    def reply(self, status, media_type, text):
        REQUESTS.append(self.headers.get("Host"))
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.send_response(status)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *_):
        pass


class QuietServer(ThreadingHTTPServer):
    """A client that does not trust the server ends the connection, which is no fault of the test."""

    def handle_error(self, *_):
        pass

    def finish_request(self, request, client_address):
        request.do_handshake()
        super().finish_request(request, client_address)


def serve_https(folder, authority):
    path = os.path.join(folder, "server.pem")
    with open(path, "wb") as file:
        file.write(authority.server([AWS, POLICY_HOST]))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    os.remove(path)
    server = QuietServer(("127.0.0.1", 443), Web)
    server.socket = context.wrap_socket(
        server.socket, server_side=True, do_handshake_on_connect=False
    )
    threading.Thread(target=server.serve_forever, daemon=True).start()


def put(root, path, content):
    place = os.path.join(root, path.lstrip("/"))
    os.makedirs(os.path.dirname(place), exist_ok=True)
    with open(place, "wb") as file:
        file.write(content)


class Alone:
    """The binary in its root."""

    def __init__(self, root):
        self.root = root
        self.faults = []

    def run(self, arguments, environment=None):
        """What it printed, and which hosts it reached."""
        REQUESTS.clear()
        always = {
            "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
            "AWS_SECRET_ACCESS_KEY": "secret",
            "AWS_REGION": "us-east-1",
            "AWS_ENDPOINT_URL": "https://" + AWS,
            "AWS_MAX_ATTEMPTS": "1",
        }
        ran = subprocess.run(
            ["/deploy", *arguments],
            env={**always, **(environment or {})},
            cwd="/",
            preexec_fn=lambda: (os.chroot(self.root), os.chdir("/")),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=120,
            check=False,
        )
        return (ran.stdout + ran.stderr).decode(), list(REQUESTS)

    def check(self, what, holds, said):
        print(("ok      " if holds else "FAILED  ") + what)
        if not holds:
            self.faults.append(what)
            print(said)

    def asks_aws(self, what, reaches, environment=None):
        """A plan begins with a question to STS: it arrives where the server is trusted, and nowhere else."""
        said, requests = self.run(["plan", "/deploy.yaml"], environment)
        self.check(what, (AWS in requests) == reaches, said)
        if not reaches:
            self.check(what + ": it says so", "certificate" in said, said)

    def checks(self, what, reaches, options):
        said, requests = self.run(["check", "alone.test", *options])
        self.check(what, (POLICY_HOST in requests) == reaches, said)
        self.check(what + ": the system's resolver answered", "mail from all other hosts fails" in said, said)


def main(binary, root):
    raise_loopback()
    shutil.copy(binary, os.path.join(root, "deploy"))
    put(root, "/etc/resolv.conf", b"nameserver 127.0.0.1\n")
    alone = Alone(root)
    said, _ = alone.run(["--version"])
    alone.check("it starts", said.startswith("deploy "), said)

    serve_dns()
    ours, another = Authority("ours"), Authority("another")
    serve_https(root, ours)
    put(root, "/deploy.yaml", MANIFEST.encode())
    put(root, "/ours.pem", ours.pem())
    put(root, "/another.pem", another.pem())

    alone.asks_aws("without roots of the system, Mozilla's count", False)
    alone.asks_aws("AWS_CA_BUNDLE is trusted", True, {"AWS_CA_BUNDLE": "/ours.pem"})
    alone.checks("a probe trusts Mozilla's roots", False, [])
    alone.checks("and those of --ca", True, ["--ca", "/ours.pem"])
    put(root, "/etc/ssl/certs/ca-certificates.crt", ours.pem())
    alone.asks_aws("the system's roots are trusted", True)
    bundle = {"AWS_CA_BUNDLE": "/another.pem"}
    alone.asks_aws("AWS_CA_BUNDLE comes in the place of the system's roots", False, bundle)
    return 1 if alone.faults else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
