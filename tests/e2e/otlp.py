# SPDX-License-Identifier: Apache-2.0
"""What the tests of the courier share: certificates by openssl(1), a collector over mutual TLS that does as it is told,
and the warden's end of the courier's socket."""
import gzip
import http.server
import json
import os
import socket
import ssl
import subprocess
import threading
import time

BUILD = os.environ["BUILD_DIR"]
MACHINE = "5a1c7f0d9b9e4f0c8e4b1d2a3c4e5f60"
failures = 0


def report(name, problem=None):
    global failures
    failures += problem is not None
    print(f"pass: {name}" if problem is None else f"fail: {name}: {problem}", flush=True)


def expect(name, condition, said=""):
    report(name, None if condition else f"not so; {said}")


def wait_for(condition, seconds=10):
    """Until the condition holds; returns its value, false after that time."""
    end = time.monotonic() + seconds
    while not (value := condition()) and time.monotonic() < end:
        time.sleep(0.01)
    return value


def openssl(folder, *arguments):
    subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True, stdin=subprocess.DEVNULL)


def make_authority(folder, name):
    openssl(folder, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
            "-subj", f"/CN={name}", "-keyout", f"{name}.key", "-out", f"{name}.crt")


def make_certificate(folder, authority, name, *extensions):
    with open(f"{folder}/{name}.ext", "w", encoding="ascii") as file:
        file.write("\n".join(extensions) + "\n")
    openssl(folder, "req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
            "-subj", f"/CN={name}", "-keyout", f"{name}.key", "-out", f"{name}.csr")
    openssl(folder, "x509", "-req", "-in", f"{name}.csr", "-CA", f"{authority}.crt", "-CAkey", f"{authority}.key",
            "-CAcreateserial", "-days", "2", "-extfile", f"{name}.ext", "-out", f"{name}.crt")


def make_certificates(folder):
    """An authority with a server and a client, and a foreign authority with a client."""
    make_authority(folder, "ca")
    make_authority(folder, "foreign")
    make_certificate(folder, "ca", "server", "subjectAltName=IP:127.0.0.1", "extendedKeyUsage=serverAuth")
    make_certificate(folder, "ca", "node", "extendedKeyUsage=clientAuth")
    make_certificate(folder, "foreign", "stranger", "extendedKeyUsage=clientAuth")


class Answer:
    """What the collector does with one request."""

    def __init__(self, status=200, body=b"", headers=(), raw=None, hangs=False, content_type="application/x-protobuf"):
        self.status, self.body, self.headers, self.raw, self.hangs = status, body, dict(headers), raw, hangs
        self.takes = 200 <= status < 300 and raw is None and not hangs
        if content_type and body:
            self.headers.setdefault("Content-Type", content_type)


def impostor(body, content_type):
    """Answers 200 and is no collector."""
    answer = Answer(body=body, content_type=content_type)
    answer.takes = False
    return answer


class Nobody:
    """An endpoint where nothing listens."""

    endpoint, answers = "https://127.0.0.1:1/v1/logs", []

    def close(self):
        pass


class Collector:
    """Takes every request with `taken` until `answers` holds something else to do first."""

    def __init__(self, folder, client_authority="ca", tls=True):
        self.requests, self.answers, self.taken = [], [], Answer()
        self.hang = threading.Event()
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), self.handler())
        self.server.daemon_threads = True
        self.server.handle_error = lambda *_: None
        if tls:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(f"{folder}/server.crt", f"{folder}/server.key")
            context.load_verify_locations(f"{folder}/{client_authority}.crt")
            context.verify_mode = ssl.CERT_REQUIRED
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True,
                                                     do_handshake_on_connect=False)
        self.endpoint = f"{'https' if tls else 'http'}://127.0.0.1:{self.server.server_port}/v1/logs"
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def handler(self):
        collector = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_):
                pass

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if self.headers.get("Content-Encoding") == "gzip":
                    body = gzip.decompress(body)
                answer = collector.answers.pop(0) if collector.answers else collector.taken
                collector.requests.append((self.path, self.headers, body, answer, time.monotonic()))
                if answer.hangs:
                    collector.hang.wait()
                if answer.raw is not None:
                    self.wfile.write(answer.raw)
                    self.close_connection = True
                    return
                self.send_response(answer.status)
                for name, value in answer.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(answer.body)))
                self.end_headers()
                self.wfile.write(answer.body)

        return Handler

    def bodies(self):
        """Of the requests that were taken."""
        return [request[2] for request in self.requests if request[3].takes]

    def close(self):
        self.hang.set()
        self.server.shutdown()
        self.server.server_close()


class Warden:
    """The other end of the courier: hands it changes, and keeps what it says."""

    def __init__(self, settings, changes=(), environment=None):
        self.changes, self.acknowledged, self.status, self.asked = list(changes), 0, {}, []
        self.socket, theirs = socket.socketpair()

        def put_at_three():
            os.dup2(theirs.fileno(), 3)

        self.process = subprocess.Popen([f"{BUILD}/nodelatch-courier"], preexec_fn=put_at_three, pass_fds=(3,),
                                        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, env=environment or {})
        theirs.close()
        self.waits = False
        self.lock = threading.Lock()
        self.say({"settings": settings, "after": 0})
        self.thread = threading.Thread(target=self.listen, daemon=True)
        self.thread.start()

    def say(self, message):
        self.socket.sendall(json.dumps(message).encode() + b"\n")

    def listen(self):
        try:
            for line in self.socket.makefile("rb"):
                self.take(json.loads(line))
        except OSError:
            pass

    def take(self, message):
        if "status" in message:
            self.status = message["status"]
        elif "acknowledge" in message:
            self.acknowledged = message["acknowledge"]
        else:
            self.asked.append(message)
            with self.lock:
                found = [c for c in self.changes if c["seq"] > message["after"]][:message["limit"]]
                self.waits = not found
            self.say({"changes": found, "last": found[-1]["seq"] if found else message["after"]})

    def add(self, *changes):
        with self.lock:
            self.changes += changes
            tell, self.waits = self.waits, False
        if tell:
            self.say({"news": True})

    def has_all(self):
        return self.acknowledged == (self.changes[-1]["seq"] if self.changes else 0)

    def close(self):
        """Returns the courier's exit status."""
        self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()
        return self.process.wait(10)


def settings(folder, *collectors, client="node", authority="ca", **others):
    def read(name):
        with open(f"{folder}/{name}", encoding="ascii") as file:
            return file.read()

    return {"endpoints": [c if isinstance(c, str) else c.endpoint for c in collectors], "protocol": "http/protobuf",
            "compresses": True, "timeout_ms": 2000, "headers": [["x-token", "a b"]],
            "resource": [["k8s.cluster.name", "prod"]], "service_name": "nodelatch", "version": "0.1.0",
            "ca_pem": read(f"{authority}.crt"), "certificate_pem": read(f"{client}.crt") if client else None,
            "key_pem": read(f"{client}.key") if client else None,
            "node": {"name": "n1", "machine_id": MACHINE, "boot_id": "b"}, **others}


def change(seq, kind="opened", title="The kubelet serves its read-only port", **others):
    return {"schema": "nodelatch.change/1", "seq": seq, "time": "2026-11-22T05:48:26.123456Z", "change": kind,
            "finding": f"{seq:032x}", "check": "port.kubelet-read-only", "severity": "high", "verdict": "fail",
            "title": title, "subject": {"kind": "listener", "name": "tcp [::]:10255", "key": "tcp/10255", "pid": 812,
                                        "exe": "/usr/bin/kubelet"},
            "value": "10255", "expected": "no listener", "source": "live", "exposure": "any", "notes": [],
            "evidence": [{"kind": "listener", "detail": "tcp [::]:10255, held by kubelet (pid 812)"}],
            "remedy": "set readOnlyPort: 0", "cis": {"1.12": "4.2.4"}, "waived": None,
            "node": {"name": "n1", "machine_id": MACHINE, "boot_id": "b"},
            "first_seen": "2026-11-22T05:48:26.123456Z", "count": 1, **others}


# ---- just enough of protocol buffers to count and to look

def varint(data, at):
    number = shift = 0
    while True:
        byte = data[at]
        number |= (byte & 0x7f) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            return number, at


def fields(data):
    """(number, value) of each field: ints, or bytes."""
    at = 0
    while at < len(data):
        tag, at = varint(data, at)
        if tag & 7 == 0:
            value, at = varint(data, at)
        else:
            length, at = (8, at) if tag & 7 == 1 else varint(data, at)
            value, at = data[at:at + length], at + length
        yield tag >> 3, value


def inside(data, *path):
    """Every value at the end of the path of field numbers."""
    found = [data]
    for number in path:
        found = [value for part in found for n, value in fields(part) if n == number]
    return found


def records(body):
    return inside(body, 1, 2, 2)


def attribute(pairs, key):
    """The text or number of an attribute, None when it is not there."""
    for pair in pairs:
        parts = dict(fields(pair))
        if parts[1].decode() == key:
            value = dict(fields(parts[2]))
            return value[1].decode() if 1 in value else value.get(3)
    return None


def numbers(collector):
    """nodelatch.seq of every record that was taken, in order."""
    return [attribute(inside(record, 6), "nodelatch.seq") for body in collector.bodies() for record in records(body)]
