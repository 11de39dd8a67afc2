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


def server_tls(certificate, key, asks=None):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    if asks:
        context.load_verify_locations(asks)
        context.verify_mode = ssl.CERT_REQUIRED
    return context


class TlsKubelet:
    """The stand-in under the name that makes it a kubelet; it holds the sockets of servers that this test serves."""

    def __init__(self, folder, servers, *flags):
        os.makedirs(f"{folder}/bin", exist_ok=True)
        path = f"{folder}/bin/kubelet"
        if not os.path.exists(path):
            shutil.copy(f"{BUILD}/tests/e2e/stand_in_kubelet", path)
        held = [server.listener.fileno() for server in servers]
        self.process = subprocess.Popen([path, "--read-only-port=0", "--cadvisor-port=0", *flags], pass_fds=held,
                                        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        self.pid = self.process.pid
        if self.process.stdout.readline() != b"ready\n":
            raise RuntimeError("the stand-in kubelet did not start")

    def close(self):
        self.process.kill()
        self.process.wait(10)
        self.process.stdout.close()
