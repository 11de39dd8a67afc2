/* SPDX-License-Identifier: Apache-2.0 */
#include "settings/words.h"

#include "model/words.h"

/* The words of an enum that model/words.h knows, up to its last value. */
#define DEFINE_MODEL_WORDS(name, type, function, last)                                             \
	const char *word_of_##name(unsigned index)                                                 \
	{                                                                                          \
		return index <= (unsigned)(last) ? function((type)index) : NULL;                   \
	}

#define DEFINE_OWN_WORDS(name, ...)                                                                \
	const char *word_of_##name(unsigned index)                                                 \
	{                                                                                          \
		static const char *const words[] = { __VA_ARGS__ };                                \
                                                                                                   \
		return index < ARRAY_SIZE(words) ? words[index] : NULL;                            \
	}

DEFINE_MODEL_WORDS(mode, enum policy_mode, mode_word, MODE_ENFORCE)
DEFINE_MODEL_WORDS(transport, enum transport, transport_word, TRANSPORT_UDP)
DEFINE_MODEL_WORDS(action, enum rule_action, action_word, ACTION_REFUSE)
DEFINE_MODEL_WORDS(component, enum component_kind, component_word, COMPONENT_KIND_COUNT - 1)
DEFINE_MODEL_WORDS(severity, enum severity, severity_word, SEVERITY_CRITICAL)

DEFINE_OWN_WORDS(recording, [EXEC_RECORD_NONE] = "none", [EXEC_RECORD_MATCHED] = "matched",
		 [EXEC_RECORD_ALL] = "all")
DEFINE_OWN_WORDS(format, [FORMAT_AUTO] = "auto", [FORMAT_TEXT] = "text", [FORMAT_JSON] = "json",
		 [FORMAT_OCSF] = "ocsf", [FORMAT_NONE] = "none")
DEFINE_OWN_WORDS(protocol, [OTLP_HTTP_PROTOBUF] = "http/protobuf", [OTLP_HTTP_JSON] = "http/json")
DEFINE_OWN_WORDS(reach, [false] = "host", [true] = "all")
