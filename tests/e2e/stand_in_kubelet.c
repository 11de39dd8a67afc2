/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A stand-in for a kubelet, for tests and the demo. Like the real one it serves plain HTTP on its
 * read-only port and on cAdvisor's, on a dual-stack wildcard socket, and exits when it cannot
 * listen. It takes the flags of the real one that name those ports and ignores the others; prints
 * "ready" once everything listens, and each request it serves to stderr. With NO_CADVISOR in its
 * environment it is of an age without cAdvisor's port, and without a flag for it.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define PORTS_MAX 4

/* As the real one: os.Exit(1) when ListenAndServe fails. */
static int listen_or_exit(const char *address, int port)
{
	struct sockaddr_in6 any = { .sin6_family = AF_INET6, .sin6_port = htons((uint16_t)port) };
	int fd = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0), off = 0, on = 1;

	if (inet_pton(AF_INET6, address, &any.sin6_addr) != 1) {
		fprintf(stderr, "kubelet: bad address %s\n", address);
		exit(1);
	}
	setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof(off));
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (bind(fd, (struct sockaddr *)&any, sizeof(any)) < 0 || listen(fd, 128) < 0) {
		fprintf(stderr, "kubelet: Failed to listen and serve on port %d: %s\n", port,
			strerror(errno));
		exit(1);
	}
	return fd;
}

static void serve(int listener, int port)
{
	static const char answer[] = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"
				     "Content-Length: 3\r\nConnection: close\r\n\r\nok\n";
	char request[1024];
	int client = accept4(listener, NULL, NULL, SOCK_CLOEXEC);

	if (client < 0) {
		if (errno == EMFILE || errno == ECONNABORTED || errno == EINTR)
			return;
		fprintf(stderr, "kubelet: accept on port %d: %s\n", port, strerror(errno));
		exit(1);
	}
	if (read(client, request, sizeof(request)) > 0) {
		if (write(client, answer, sizeof(answer) - 1) < 0)
			perror("kubelet: write");
		fprintf(stderr, "kubelet: served port %d\n", port);
	}
	close(client);
}

static const char *value_of(const char *argument, const char *flag)
{
	size_t length = strlen(flag);

	return strncmp(argument, flag, length) == 0 && argument[length] == '='
		       ? argument + length + 1
		       : NULL;
}

/* --rewrite-argv: as k3s does, and others that hide what they were given. */
static void rewrite_argv(int argc, char **argv)
{
	char *end = argv[argc - 1] + strlen(argv[argc - 1]);

	memset(argv[0], 0, (size_t)(end - argv[0]));
	memcpy(argv[0], "kubelet", strlen("kubelet"));
}

int main(int argc, char **argv)
{
	const char *address = "::", *value;
	int ports[PORTS_MAX] = { 10255, getenv("NO_CADVISOR") ? 0 : 4194 };
	struct pollfd fds[PORTS_MAX];
	nfds_t count = 0;

	signal(SIGPIPE, SIG_IGN);
	for (int i = 1; i < argc; i++) {
		if ((value = value_of(argv[i], "--read-only-port")))
			ports[0] = (int)strtol(value, NULL, 0);
		if ((value = value_of(argv[i], "--cadvisor-port")))
			ports[1] = (int)strtol(value, NULL, 0);
		if ((value = value_of(argv[i], "--address")))
			address = value;
	}
	for (int i = 0; i < PORTS_MAX; i++)
		if (ports[i]) {
			ports[count] = ports[i];
			fds[count] =
				(struct pollfd){ listen_or_exit(address, ports[i]), POLLIN, 0 };
			count++;
		}
	if (argc > 1 && strcmp(argv[argc - 1], "--rewrite-argv") == 0)
		rewrite_argv(argc, argv);
	puts("ready");
	fflush(stdout);
	while (poll(fds, count, -1) > 0 || errno == EINTR)
		for (nfds_t i = 0; i < count; i++)
			if (fds[i].revents)
				serve(fds[i].fd, ports[i]);
	return 1;
}
