/* SPDX-License-Identifier: Apache-2.0 */
/* A package's header that may hold anything: what it tells lies within it. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "observe/version/rpm_header.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void expect_inside(const char *text, const uint8_t *data, size_t size)
{
	const uint8_t *at = (const uint8_t *)text;

	if (text && (at < data || at + strlen(text) >= data + size))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct rpm_header header;
	uint32_t time;

	if (rpm_header_open(data, size, &header) < 0)
		return 0;
	expect_inside(rpm_header_text(&header, RPM_NAME), data, size);
	expect_inside(rpm_header_text(&header, RPM_VERSION), data, size);
	rpm_header_number(&header, RPM_INSTALL_TIME, &time);
	rpm_header_installed(&header, "/usr/bin/kubelet");
	return 0;
}
