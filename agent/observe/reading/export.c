/* SPDX-License-Identifier: Apache-2.0 */
#include "observe/reading/export.h"

#include <string.h>

#include "base/text.h"
#include "observe/reading/document.h"
#include "observe/reading/explain.h"
#include "observe/reading/setting_value.h"

/* Gates that checks ask for are always there, named or not. */
static const struct {
	const char *gate;
	bool is_on_by_default;
} ASKED_GATES[] = {
	{ "AllAlpha", false },
	{ "AllBeta", false },
	{ "RotateKubeletServerCertificate", true }, /* beta since 1.12 */
};

struct exporter {
	struct reading *reading;
	struct arena *arena;
	struct setting *settings;
	size_t count, capacity;
	int error;
};

static const char *copy_text(struct exporter *exporter, const char *text)
{
	const char *copy = arena_text(exporter->arena, text);

	if (text && !copy)
		exporter->error = -ENOMEM;
	return copy;
}

static void copy_list(struct exporter *exporter, struct value *value)
{
	const char **items = arena_array(exporter->arena, value->list.count + 1, sizeof(*items));

	if (!items) {
		exporter->error = -ENOMEM;
		return;
	}
	for (size_t i = 0; i < value->list.count; i++)
		items[i] = copy_text(exporter, value->list.items[i]);
	value->list.items = items;
}

static void add_setting(struct exporter *exporter, const char *name, const struct field *field,
			const struct field_state *state)
{
	struct setting *place = arena_push(exporter->arena, &exporter->settings, &exporter->count,
					   &exporter->capacity, sizeof(*place));

	if (!place) {
		exporter->error = -ENOMEM;
		return;
	}
	*place = (struct setting){
		.name = copy_text(exporter, name),
		.flag = field->flag,
		.value = state->value,
		.source = { state->source.kind, copy_text(exporter, state->source.path) },
		.detail = copy_text(exporter, explain_evidence(exporter->reading, field, state)),
	};
	if (state->origin == ORIGIN_UNKNOWN) {
		place->value = (struct value){ .kind = VALUE_UNKNOWN };
		place->source = (struct source){ SOURCE_NONE, NULL };
	}
	if (place->value.kind == VALUE_TEXT)
		place->value.text = copy_text(exporter, place->value.text);
	else if (place->value.kind == VALUE_LIST)
		copy_list(exporter, &place->value);
}

static struct field_state state_of_gate(const struct field_state *gates,
					const struct document *value)
{
	return (struct field_state){
		.origin = ORIGIN_SET,
		.value = { .kind = VALUE_BOOLEAN, .boolean = value->boolean },
		.source = value->source,
		.line = value->line,
		.beaten = { SOURCE_NONE, NULL },
		.reason = gates->reason,
	};
}

static void add_gate(struct exporter *exporter, const char *gate, const struct field_state *state)
{
	const char *name = reading_printf(exporter->reading, "featureGates.%s", gate);
	struct field field = { .name = name, .flag = "feature-gates" };

	add_setting(exporter, name, &field, state);
}

/* Each gate by itself: some may come from a flag and others from a file. */
static void add_gates(struct exporter *exporter, const struct field_state *gates)
{
	const struct document *map = gates->map;
	const char *unknown = gates->origin == ORIGIN_UNKNOWN ? gates->reason : NULL;

	for (size_t i = 0; map && i < map->count; i++) {
		if (map->entries[i].value->kind != DOCUMENT_BOOLEAN ||
		    !document_entry_counts(map, i))
			continue;
		struct field_state state = state_of_gate(gates, map->entries[i].value);

		add_gate(exporter, map->entries[i].key, &state);
	}
	for (size_t i = 0; i < ARRAY_SIZE(ASKED_GATES); i++) {
		struct field_state state = { .origin = unknown ? ORIGIN_UNKNOWN : ORIGIN_DEFAULT,
					     .reason = unknown };

		if (map && document_get(map, ASKED_GATES[i].gate))
			continue;
		state.source.kind =
			exporter->reading->has_config ? SOURCE_DEFAULT_CONFIG : SOURCE_DEFAULT_FLAG;
		state.value.kind = ASKED_GATES[i].is_on_by_default ? VALUE_BOOLEAN : VALUE_UNSET;
		state.value.boolean = true;
		add_gate(exporter, ASKED_GATES[i].gate, &state);
	}
}

static void add_row(struct exporter *exporter, size_t row)
{
	const struct field *field = &exporter->reading->schema->fields[row];
	struct field_state state = exporter->reading->states[row];

	if (field->type == FIELD_OPAQUE || field->type == FIELD_FLOAT)
		return;
	if (state.map) {
		state.value = value_of_map(exporter->reading, state.map);
		if (state.source.kind != SOURCE_FLAG)
			state.source = state.map->source;
	}
	/* What a flag names is known even when files are not, and the rest is not. */
	if (field->type == FIELD_BOOLEAN_MAP && exporter->reading->files_problem) {
		state.origin = ORIGIN_UNKNOWN;
		state.reason = exporter->reading->files_problem;
	}
	if (field->type == FIELD_BOOLEAN_MAP)
		add_gates(exporter, &state);
	add_setting(exporter, field->name, field, &state);
}

static int compare_settings(const void *one, const void *other)
{
	return strcmp(((const struct setting *)one)->name, ((const struct setting *)other)->name);
}

static void copy_problems(struct exporter *exporter, struct component *component)
{
	const struct reading *reading = exporter->reading;
	struct problem *problems =
		arena_array(exporter->arena, reading->problem_count + 1, sizeof(*problems));

	if (!problems) {
		exporter->error = -ENOMEM;
		return;
	}
	for (size_t i = 0; i < reading->problem_count; i++) {
		problems[i] = reading->problems[i];
		problems[i].path = copy_text(exporter, problems[i].path);
		problems[i].message = copy_text(exporter, problems[i].message);
	}
	component->problems = problems;
	component->problem_count = reading->problem_count;
}

static void copy_inputs(struct exporter *exporter, struct component *component)
{
	const struct reading *reading = exporter->reading;
	struct input_file *inputs =
		arena_array(exporter->arena, reading->input_count + 1, sizeof(*inputs));

	if (!inputs) {
		exporter->error = -ENOMEM;
		return;
	}
	for (size_t i = 0; i < reading->input_count; i++) {
		inputs[i] = reading->inputs[i];
		inputs[i].path = copy_text(exporter, inputs[i].path);
		inputs[i].host_path = copy_text(exporter, inputs[i].host_path);
	}
	component->inputs = inputs;
	component->input_count = reading->input_count;
}

int export_reading(struct reading *reading, struct arena *arena, struct component *component)
{
	struct exporter exporter = { .reading = reading, .arena = arena };

	for (size_t row = 0; row < reading->schema->field_count && !exporter.error; row++)
		add_row(&exporter, row);
	copy_problems(&exporter, component);
	copy_inputs(&exporter, component);
	if (exporter.error < 0)
		return exporter.error;
	qsort(exporter.settings, exporter.count, sizeof(*exporter.settings), compare_settings);
	component->settings = exporter.settings;
	component->setting_count = exporter.count;
	return 0;
}
