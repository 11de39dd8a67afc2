/* SPDX-License-Identifier: Apache-2.0 */
#include "report/results_words.h"

static void add_value(const struct finding *finding, struct text_buffer *buffer)
{
	if (*finding->value)
		buffer_printf(buffer, ": %s", finding->value);
	if (*finding->source)
		buffer_printf(buffer, " (%s)", finding->source);
}

static const char *first_reason(const struct finding *finding)
{
	if (finding->note_count)
		return finding->notes[0];
	return finding->evidence_count ? finding->evidence[0].detail : "no reason is known";
}

void result_sentence(const struct finding *finding, struct text_buffer *buffer)
{
	switch (finding->verdict) {
	case VERDICT_PASS:
		buffer_text(buffer, "As it should be");
		add_value(finding, buffer);
		break;
	case VERDICT_NOT_APPLICABLE:
		buffer_printf(buffer, "Does not apply: %s", first_reason(finding));
		break;
	case VERDICT_FAIL:
		buffer_text(buffer, finding->title);
		add_value(finding, buffer);
		break;
	default:
		buffer_printf(buffer, "Cannot be determined: %s", finding->title);
		break;
	}
}

void result_details(const struct finding *finding,
		    void (*take)(const char *label, const char *text, void *context), void *context)
{
	bool is_good =
		finding->verdict == VERDICT_PASS || finding->verdict == VERDICT_NOT_APPLICABLE;

	if (finding->verdict != VERDICT_NOT_APPLICABLE)
		take("expected", finding->expected, context);
	for (size_t i = 0; i < finding->evidence_count; i++)
		take("because", finding->evidence[i].detail, context);
	for (size_t i = 0; i < finding->note_count; i++)
		take("note", finding->notes[i], context);
	if (finding->waived) {
		take("waived", finding->waived->reason, context);
		if (*finding->waived->until)
			take("until", finding->waived->until, context);
	}
	if (!is_good)
		take("fix", finding->remedy, context);
}
