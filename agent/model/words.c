/* SPDX-License-Identifier: Apache-2.0 */
#include "model/words.h"

#include <assert.h>

#include "base/buffer.h"
#include "base/text.h"
#include "base/time.h"

static const char *const VERDICTS[] = {
	[VERDICT_ERROR] = "error",
	[VERDICT_PASS] = "pass",
	[VERDICT_FAIL] = "fail",
	[VERDICT_NOT_APPLICABLE] = "not-applicable",
};
static_assert(ARRAY_SIZE(VERDICTS) == VERDICT_COUNT, "every verdict has a word");

static const char *const SEVERITIES[] = {
	[SEVERITY_INFO] = "info", [SEVERITY_LOW] = "low",	    [SEVERITY_MEDIUM] = "medium",
	[SEVERITY_HIGH] = "high", [SEVERITY_CRITICAL] = "critical",
};
static_assert(ARRAY_SIZE(SEVERITIES) == SEVERITY_COUNT, "every severity has a word");

static const char *const EXPOSURES[] = {
	[EXPOSURE_NONE] = "none",
	[EXPOSURE_LOOPBACK] = "loopback",
	[EXPOSURE_NODE] = "node",
	[EXPOSURE_ANY] = "any",
};
static_assert(ARRAY_SIZE(EXPOSURES) == EXPOSURE_ANY + 1, "every exposure has a word");

static const char *const CHANGES[] = {
	[CHANGE_OPENED] = "opened",
	[CHANGE_CHANGED] = "changed",
	[CHANGE_RESOLVED] = "resolved",
	[CHANGE_REFUSED] = "refused",
	[CHANGE_WOULD_REFUSE] = "would-refuse",
	[CHANGE_EXEC] = "exec",
	[CHANGE_GAP] = "gap",
};
static_assert(ARRAY_SIZE(CHANGES) == CHANGE_KIND_COUNT, "every kind of change has a word");

static const char *const TRANSPORTS[] = { [TRANSPORT_TCP] = "tcp", [TRANSPORT_UDP] = "udp" };
static const char *const ACTIONS[] = {
	[ACTION_ALLOW] = "allow", [ACTION_FLAG] = "flag", [ACTION_REFUSE] = "refuse"
};
static const char *const MODES[] = { [MODE_AUDIT] = "audit", [MODE_ENFORCE] = "enforce" };

static const char *const COMPONENTS[] = {
	[COMPONENT_KUBELET] = "kubelet",
	[COMPONENT_KUBE_PROXY] = "kube-proxy",
	[COMPONENT_APISERVER] = "kube-apiserver",
	[COMPONENT_CONTROLLER_MANAGER] = "kube-controller-manager",
	[COMPONENT_SCHEDULER] = "kube-scheduler",
	[COMPONENT_ETCD] = "etcd",
	[COMPONENT_DASHBOARD] = "kubernetes-dashboard",
	[COMPONENT_TILLER] = "tiller",
};
static_assert(ARRAY_SIZE(COMPONENTS) == COMPONENT_KIND_COUNT, "every component has a word");

static const char *const SOURCES[] = {
	[SOURCE_NONE] = "",	    [SOURCE_FLAG] = "flag",
	[SOURCE_CONFIG] = "config", [SOURCE_DROPIN] = "dropin",
	[SOURCE_ENV] = "env",	    [SOURCE_DISTRO] = "distro",
	[SOURCE_LIVE] = "live",	    [SOURCE_DEFAULT_FLAG] = "default:flag",
	[SOURCE_EXEC] = "exec",	    [SOURCE_DEFAULT_CONFIG] = "default:config",
};
static_assert(ARRAY_SIZE(SOURCES) == SOURCE_KIND_COUNT, "every source has a word");

static int find(const char *const *words, size_t count, const char *word)
{
	for (size_t i = 0; i < count; i++)
		if (text_equal(words[i], word))
			return (int)i;
	return -EINVAL;
}

/* NAME_word() and NAME_from_word() over a table of words. */
#define DEFINE_WORDS(name, type, words)                                                            \
	const char *name##_word(type value)                                                        \
	{                                                                                          \
		return (words)[value];                                                             \
	}                                                                                          \
	int name##_from_word(const char *word, type *ret_value)                                    \
	{                                                                                          \
		int index = find(words, ARRAY_SIZE(words), word);                                  \
                                                                                                   \
		if (index < 0)                                                                     \
			return index;                                                              \
		*ret_value = (type)index;                                                          \
		return 0;                                                                          \
	}

DEFINE_WORDS(verdict, enum verdict, VERDICTS)
DEFINE_WORDS(severity, enum severity, SEVERITIES)
DEFINE_WORDS(exposure, enum exposure, EXPOSURES)
DEFINE_WORDS(change, enum change_kind, CHANGES)
DEFINE_WORDS(transport, enum transport, TRANSPORTS)
DEFINE_WORDS(action, enum rule_action, ACTIONS)
DEFINE_WORDS(mode, enum policy_mode, MODES)
DEFINE_WORDS(component, enum component_kind, COMPONENTS)

const char *source_words(const struct source *source, struct arena *arena)
{
	if (!source->path)
		return SOURCES[source->kind];
	return arena_printf(arena, "%s:%s", SOURCES[source->kind], source->path);
}

static const char *list_words(const struct value *value, struct arena *arena)
{
	CLEANUP_BUFFER struct text_buffer joined = { 0 };

	for (size_t i = 0; i < value->list.count; i++) {
		buffer_text(&joined, i ? "," : "");
		buffer_text(&joined, value->list.items[i]);
	}
	return buffer_error(&joined) ? NULL : arena_copy(arena, joined.data, joined.length);
}

const char *value_words(const struct value *value, struct arena *arena)
{
	char duration[TIME_TEXT_BYTES];

	switch (value->kind) {
	case VALUE_UNKNOWN:
		return "unknown";
	case VALUE_UNSET:
		return "";
	case VALUE_BOOLEAN:
		return value->boolean ? "true" : "false";
	case VALUE_INTEGER:
		return arena_printf(arena, "%lld", (long long)value->integer);
	case VALUE_DURATION:
		time_format_duration(value->integer, duration);
		return arena_text(arena, duration);
	case VALUE_TEXT:
		return value->text;
	case VALUE_LIST:
		return list_words(value, arena);
	}
	return NULL;
}
