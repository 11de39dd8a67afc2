/* SPDX-License-Identifier: Apache-2.0 */
#include "observe/reading/explain.h"

#include "base/text.h"
#include "model/words.h"

const char *explain_value(struct reading *reading, const struct value *value)
{
	const char *words = value_words(value, reading->arena);

	if (!words) {
		reading->error = -ENOMEM;
		return "";
	}
	return value->kind == VALUE_UNSET ? "nothing" : reading_short(reading, words);
}

const char *explain_place(struct reading *reading, const struct source *source, unsigned line)
{
	return line ? reading_printf(reading, "%s, line %u", source->path, line) : source->path;
}

/* "the flag's default, 10255, is in force" */
static const char *default_words(struct reading *reading, const struct field_state *state)
{
	const char *whose =
		state->source.kind == SOURCE_DEFAULT_FLAG ? "flag's" : "configuration's";

	if (state->value.kind == VALUE_UNSET)
		return "it is unset by default";
	return reading_printf(reading, "the %s default, %s, is in force", whose,
			      explain_value(reading, &state->value));
}

/* What was looked at and does not set it. */
static const char *explain_default(struct reading *reading, const struct field *field,
				   const struct field_state *state)
{
	const char *outcome = default_words(reading, state);
	const char *flag = field->flag ? reading_printf(reading, "--%s is not set", field->flag)
				       : reading_printf(reading, "%s has no flag", field->name);

	if (field_is_flag_only(field))
		return reading_printf(reading, "%s: %s", flag, outcome);
	if (!reading->has_config && !reading->has_config_dir)
		return reading_printf(reading, "no --config, and %s: %s", flag, outcome);
	if (!reading->has_config)
		return reading_printf(reading,
				      "no drop-in sets %s, and %s; without --config the flags' "
				      "defaults stay: %s",
				      field->name, flag, outcome);
	if (reading->has_config_dir)
		return reading_printf(reading, "neither %s nor a drop-in sets %s, and %s: %s",
				      reading->config_path, field->name, flag, outcome);
	return reading_printf(reading, "%s does not set %s, and %s: %s", reading->config_path,
			      field->name, flag, outcome);
}

static const char *explain_set(struct reading *reading, const struct field *field,
			       const struct field_state *state)
{
	const char *value = explain_value(reading, &state->value);

	switch (state->source.kind) {
	case SOURCE_FLAG:
	case SOURCE_DISTRO:
	case SOURCE_EXEC:
		break;
	case SOURCE_DROPIN:
		return reading_printf(reading, "the drop-in %s sets %s: %s",
				      explain_place(reading, &state->source, state->line),
				      field->name, value);
	default:
		return reading_printf(reading, "%s sets %s: %s",
				      explain_place(reading, &state->source, state->line),
				      field->name, value);
	}
	const char *where = "on the command line";

	if (state->source.kind == SOURCE_DISTRO)
		where = reading_printf(reading, "in %s", state->source.path);
	else if (state->source.kind == SOURCE_EXEC)
		where = "on the command line that the process was started with, and rewrote since";

	if (state->beaten.kind == SOURCE_NONE)
		return reading_printf(reading, "--%s is set %s: %s", field->flag, where, value);
	return reading_printf(reading, "--%s is set %s, and wins over %s: %s", field->flag, where,
			      explain_place(reading, &state->beaten, state->line), value);
}

const char *explain_state(struct reading *reading, const struct field *field,
			  const struct field_state *state)
{
	if (state->sentence)
		return state->sentence;
	switch (state->origin) {
	case ORIGIN_SET:
		return explain_set(reading, field, state);
	case ORIGIN_ZERO_DEFAULT:
		return reading_printf(reading,
				      "%s sets %s to zero, which stands for the default: %s",
				      explain_place(reading, &state->giver, state->line),
				      field->name, default_words(reading, state));
	case ORIGIN_DELETED:
		return reading_printf(reading, "the drop-in %s deletes %s with null: %s",
				      explain_place(reading, &state->giver, state->line),
				      field->name, default_words(reading, state));
	case ORIGIN_UNKNOWN:
		return reading_printf(reading, "%s is not known: %s", field->name, state->reason);
	default:
		return explain_default(reading, field, state);
	}
}

const char *explain_evidence(struct reading *reading, const struct field *field,
			     const struct field_state *state)
{
	const char *sentence = explain_state(reading, field, state);

	if (reading->process && reading->process->plan)
		return reading_printf(reading, "%s (from %s, not running)", sentence,
				      reading->process->plan->from);
	return sentence;
}
