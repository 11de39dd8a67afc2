/* SPDX-License-Identifier: Apache-2.0 */
#include "control/client.h"

#include <sys/socket.h>
#include <sys/un.h>

#include "base/json.h"

int control_connect(const char *path, int *ret_fd)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	CLEANUP_CLOSE int fd = -1;

	if (strlen(path) >= sizeof(address.sun_path))
		return -ENAMETOOLONG;
	memcpy(address.sun_path, path, strlen(path));
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	if (connect(fd, (const struct sockaddr *)&address, sizeof(address)) < 0)
		return -errno;
	*ret_fd = take_fd(&fd);
	return 0;
}

int control_send(int fd, const json_t *request)
{
	CLEANUP_BUFFER struct text_buffer line = { 0 };

	json_write(request, &line);
	buffer_text(&line, "\n");
	return buffer_error(&line) ? buffer_error(&line) : buffer_write(&line, fd);
}

int control_receive(FILE *stream, json_t **ret_answer)
{
	CLEANUP_FREE char *line = NULL;
	size_t capacity = 0;

	errno = 0;
	if (getline(&line, &capacity, stream) < 0)
		return errno ? -errno : -ENODATA;
	json_t *answer = json_loads(line, 0, NULL);

	if (!answer)
		return -EPROTO;
	*ret_answer = answer;
	return 0;
}
