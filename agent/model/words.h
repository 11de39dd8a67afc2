/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The words of the interface: every enum of the nouns by its name, both ways. Tables, no I/O.
 */
#ifndef MODEL_WORDS_H
#define MODEL_WORDS_H

#include "nodelatch/change.h"
#include "nodelatch/observation.h"
#include "nodelatch/settings.h"

#include "base/arena.h"

const char *verdict_word(enum verdict verdict); /* "pass" "fail" "not-applicable" "error" */
const char *severity_word(enum severity severity);
const char *exposure_word(enum exposure exposure);
const char *change_word(enum change_kind kind);
const char *transport_word(enum transport transport);
const char *action_word(enum rule_action action);
const char *mode_word(enum policy_mode mode);
const char *component_word(enum component_kind kind); /* "kubelet" */

/* All return 0, or -EINVAL for a word that is none of theirs. */
int verdict_from_word(const char *word, enum verdict *ret_verdict);
int severity_from_word(const char *word, enum severity *ret_severity);
int exposure_from_word(const char *word, enum exposure *ret_exposure);
int change_from_word(const char *word, enum change_kind *ret_kind);
int transport_from_word(const char *word, enum transport *ret_transport);
int action_from_word(const char *word, enum rule_action *ret_action);
int component_from_word(const char *word, enum component_kind *ret_kind);
int mode_from_word(const char *word, enum policy_mode *ret_mode);

/* "flag", "config:/var/lib/kubelet/config.yaml", "" for SOURCE_NONE; in the arena, NULL when it is
 * full. */
const char *source_words(const struct source *source, struct arena *arena);
/* "true", "10255", "4h0m0s" as "4h", "a,b"; "unknown", "" for VALUE_UNSET; in the arena, NULL when
 * it is full. */
const char *value_words(const struct value *value, struct arena *arena);

#endif
