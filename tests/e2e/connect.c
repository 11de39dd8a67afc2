/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A client for tests: connects COUNT times to ADDRESS PORT, asks for /healthz, and says how it
 * went.
 *
 * usage: connect ADDRESS PORT [COUNT]
 * Prints "served N refused N failed N" and exits 0 when all were served, 1 when all were refused,
 * 2 otherwise. "served" means that an answer came.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

enum outcome { SERVED, REFUSED, FAILED };

static int open_connection(const char *address, int port)
{
	struct sockaddr_in6 six = { .sin6_family = AF_INET6, .sin6_port = htons((uint16_t)port) };
	struct sockaddr_in four = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };
	struct timeval limit = { .tv_sec = 5 };
	int is_six = strchr(address, ':') != NULL;
	int fd = socket(is_six ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (inet_pton(is_six ? AF_INET6 : AF_INET, address,
		      is_six ? (void *)&six.sin6_addr : (void *)&four.sin_addr) != 1) {
		fprintf(stderr, "connect: %s is not an address\n", address);
		exit(2);
	}
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
	if (connect(fd, is_six ? (struct sockaddr *)&six : (struct sockaddr *)&four,
		    is_six ? sizeof(six) : sizeof(four)) == 0)
		return fd;
	int error = errno;

	close(fd);
	return -error;
}

static enum outcome try_once(const char *address, int port)
{
	static const char request[] = "GET /healthz HTTP/1.1\r\nHost: node\r\n\r\n";
	char answer[256];
	int fd = open_connection(address, port);

	if (fd < 0)
		return fd == -ECONNREFUSED ? REFUSED : FAILED;
	ssize_t wrote = write(fd, request, sizeof(request) - 1);
	ssize_t got = wrote > 0 ? read(fd, answer, sizeof(answer)) : -1;

	close(fd);
	return got > 0 ? SERVED : FAILED;
}

int main(int argc, char **argv)
{
	long count = argc > 3 ? strtol(argv[3], NULL, 10) : 1;
	long outcomes[FAILED + 1] = { 0 };

	if (argc < 3) {
		fprintf(stderr, "usage: connect ADDRESS PORT [COUNT]\n");
		return 2;
	}
	for (long i = 0; i < count; i++)
		outcomes[try_once(argv[1], (int)strtol(argv[2], NULL, 10))]++;
	printf("served %ld refused %ld failed %ld\n", outcomes[SERVED], outcomes[REFUSED],
	       outcomes[FAILED]);
	return outcomes[SERVED] == count ? 0 : outcomes[REFUSED] == count ? 1 : 2;
}
