/* SPDX-License-Identifier: Apache-2.0 */
#include "base/text.h"
#include "observe/control_plane/readers.h"
#include "observe/reading/whole.h"

/* Flags that a variable switches on, whatever it holds. */
static const struct {
	const char *flag, *variable;
} SWITCHES[] = {
	{ "--tls", "TILLER_TLS_ENABLE" },
	{ "--tls-verify", "TILLER_TLS_VERIFY" },
};

/* Files that lie in the directory of TILLER_TLS_CERTS. */
static const struct {
	const char *flag, *file;
} FILES[] = {
	{ "--tls-key", "tls.key" },
	{ "--tls-cert", "tls.crt" },
	{ "--tls-ca-cert", "ca.crt" },
};

static void take_switches(struct reading *reading, const struct environment *environment)
{
	for (size_t i = 0; i < ARRAY_SIZE(SWITCHES); i++) {
		struct field_state *state = state_named(reading, SWITCHES[i].flag);

		if (state->origin != ORIGIN_DEFAULT)
			continue;
		if (environment->error < 0)
			reading_set_unknown(state,
					    "its environment, which can switch it on, cannot be "
					    "read");
		if (!environment_get(environment, SWITCHES[i].variable))
			continue;
		state->origin = ORIGIN_SET;
		state->source = (struct source){ SOURCE_ENV, NULL };
		state->value = (struct value){ .kind = VALUE_BOOLEAN, .boolean = true };
		state->sentence = reading_printf(reading,
						 "%s is set in the environment, which makes "
						 "%s true",
						 SWITCHES[i].variable, SWITCHES[i].flag);
	}
}

static void take_files(struct reading *reading, const struct environment *environment)
{
	const char *directory = environment_get(environment, "TILLER_TLS_CERTS");

	for (size_t i = 0; i < ARRAY_SIZE(FILES); i++) {
		struct field_state *state = state_named(reading, FILES[i].flag);

		if (state->origin != ORIGIN_DEFAULT)
			continue;
		state->value.kind = VALUE_TEXT;
		state->value.text = reading_printf(
			reading, "%s/%s", directory ? directory : "/etc/certs", FILES[i].file);
	}
}

void read_tiller(struct reading *reading, const struct arguments *arguments)
{
	struct environment environment;

	read_flags(reading, arguments);
	environment_read(reading, &environment);
	take_switches(reading, &environment);
	if (environment.error == 0)
		take_files(reading, &environment);
}
