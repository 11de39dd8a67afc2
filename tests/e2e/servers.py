# SPDX-License-Identifier: Apache-2.0
"""Servers to be asked: a kubelet's, with TLS, and hostile ones. A listener is held by the stand-in kubelet too, so that
it counts as the kubelet's own."""
import os
import shutil
import socket
import ssl
import subprocess
import threading

from otlp import BUILD

PODS = b'{"kind":"PodList","apiVersion":"v1","metadata":{},"items":[' + b"{}," * 200 + b"{}]}\n"


def make_certificate(folder, name="server", subject="/O=system:nodes/CN=system:node:n1"):
    """A self-signed certificate for a server; returns the paths of it and of its key."""
    certificate, key = f"{folder}/{name}.crt", f"{folder}/{name}.key"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                    "-keyout", key, "-out", certificate, "-days", "30", "-subj", subject,
                    "-addext", "subjectAltName=IP:127.0.0.1,DNS:n1"], check=True, capture_output=True)
    return certificate, key


def answer(status, body=b"", headers=b""):
    return b"HTTP/1.1 %d Word\r\n%sContent-Length: %d\r\n\r\n%s" % (status, headers, len(body), body)


class Server:
    """Listens until close(); `serve` gets each connection, in a thread of its own."""

    def __init__(self, serve, port=0, address="127.0.0.1", tls=None):
        self.serve, self.tls, self.requests = serve, tls, []
        self.listener = socket.create_server((address, port))
        self.port = self.listener.getsockname()[1]
        self.ends = False
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while not self.ends:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.handle, args=(connection,), daemon=True).start()

    def handle(self, connection):
        try:
            connection.settimeout(10)
            if self.tls:
                connection = self.tls.wrap_socket(connection, server_side=True)
            self.serve(self, connection)
        except (OSError, ssl.SSLError):
            pass
        finally:
            connection.close()

    def close(self):
        self.ends = True
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()


def says(data):
    """Reads a request, notes it, says that."""
    def serve(server, connection):
        request = connection.recv(4096)
        if request:
            server.requests.append(request)
            connection.sendall(data)
    return serve


def exposition(version=None, label="git_version", lines=1500):
    """What a kubelet or kube-proxy says at /metrics, with that version in the middle of so many other lines."""
    build = "" if version is None else f"""\
# HELP kubernetes_build_info [ALPHA] A metric with a constant '1' value labeled by major, minor, git version, git \
commit, git tree state, build date, Go version, and compiler from which Kubernetes was built, and platform on which it \
is running.
# TYPE kubernetes_build_info gauge
kubernetes_build_info{{build_date="2025-05-15T07:05:24Z",compiler="gc",git_commit="d4f5e37",git_tree_state="clean",\
{label}="{version}",go_version="go1.23.8",major="1",minor="31",platform="linux/amd64"}} 1
"""
    row = 'kubelet_http_requests_duration_seconds_bucket{long_running="false",method="GET",le="%d"} 1\n'
    rest = [row % number for number in range(lines)]
    head = "# HELP kubelet_http_requests_duration_seconds [ALPHA] Duration in seconds\n"
    return (head + "".join(rest[:lines // 2]) + build + "".join(rest[lines // 2:])).encode()


def routes(**answers):
    """Reads a request, notes it, answers by the last word of its path; 404 for others."""
    def serve(server, connection):
        request = connection.recv(4096)
        server.requests.append(request)
        word = request.split(b" ")[1].decode().rsplit("/", 1)[-1] if request.count(b" ") > 1 else ""
        connection.sendall(answers.get(word, answer(404)))
    return serve


def server_tls(certificate, key, asks=None):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    if asks:
        context.load_verify_locations(asks)
        context.verify_mode = ssl.CERT_REQUIRED
    return context


class TlsKubelet:
    """The stand-in under the name that makes it a kubelet; it holds the sockets of servers that this test serves."""

    def __init__(self, folder, servers, *flags, modern=False):
        os.makedirs(f"{folder}/bin", exist_ok=True)
        path = f"{folder}/bin/kubelet"
        if not os.path.exists(path):
            shutil.copy(f"{BUILD}/tests/e2e/stand_in_kubelet", path)
        held = [server.listener.fileno() for server in servers]
        flags = ["--read-only-port=0", *([] if modern else ["--cadvisor-port=0"]), *flags]
        self.process = subprocess.Popen([path, *flags], pass_fds=held, stdout=subprocess.PIPE,
                                        stderr=subprocess.DEVNULL,
                                        env={**os.environ, **({"NO_CADVISOR": "1"} if modern else {})})
        self.pid = self.process.pid
        if self.process.stdout.readline() != b"ready\n":
            raise RuntimeError("the stand-in kubelet did not start")

    def close(self):
        self.process.kill()
        self.process.wait(10)
        self.process.stdout.close()
