/* SPDX-License-Identifier: Apache-2.0 */
/* A new policy takes the place of the old one, or does not, and then a finding says why. */
#include "base/log.h"
#include "base/text.h"
#include "base/time.h"
#include "model/words.h"
#include "warden/parts.h"

static void set_problem(struct warden *warden, const struct policy_error *error)
{
	CLEANUP_BUFFER struct text_buffer text = { 0 };

	free(warden->policy_problem);
	warden->policy_problem = NULL;
	if (!error)
		return;
	policy_error_summary(error, &text);
	buffer_text(&text, "; the last good policy stays in force");
	warden->policy_problem = text.data ? strdup(text.data) : NULL;
	log_error("the policy was not taken: %s", warden->policy_problem);
}

static bool is_in_force(void *context, const char *check)
{
	const struct settings *settings = warden_settings(context);

	for (size_t i = 0; i < settings->disabled_check_count; i++)
		if (text_matches_glob(check, settings->disabled_checks[i]))
			return false;
	return true;
}

void warden_retire_findings(struct warden *warden)
{
	struct ledger_listener listener = warden_listener(warden);

	ledger_retire(warden->ledger, is_in_force, warden, time_now_ns(), &listener);
}

/* Its directory too: editors, and ConfigMaps, put a new file in the place of the old one. */
void warden_watch_file(struct warden *warden, const char *path)
{
	CLEANUP_FREE char *directory = strdup(path);

	if (!directory)
		return;
	char *slash = strrchr(directory, '/');

	if (slash)
		slash[slash == directory] = '\0';
	input_watch_add(warden->inputs, path);
	input_watch_add(warden->inputs, slash ? directory : ".");
}

void warden_watch_policy(struct warden *warden)
{
	if (warden->options->policy_path)
		warden_watch_file(warden, warden->options->policy_path);
}

void warden_configure_ledger(struct warden *warden)
{
	const struct settings *settings = warden_settings(warden);
	struct ledger_options options = {
		.path = settings->journal_path,
		.keep_ns = settings->journal_keep_ns,
		.max_bytes = settings->journal_max_bytes,
		.has_collector = warden->delivery.is_wanted,
	};

	ledger_configure(warden->ledger, &options);
}

static void apply(struct warden *warden)
{
	const struct settings *settings = warden_settings(warden);
	struct timeval resync = { .tv_sec = settings->resync_ns / NS_PER_S,
				  .tv_usec = settings->resync_ns % NS_PER_S / 1000 };

	if (warden->guard && guard_apply(warden->guard, settings, time_now_ns()) < 0)
		log_warning("the guard is not as the policy wishes: nodelatch status says why");
	event_add(warden->resync_timer, &resync);
	warden_open_lines(warden);
	warden_retire_findings(warden);
	delivery_start(warden);
	warden_configure_ledger(warden);
	probing_start_over(warden);
}

void warden_reload(struct warden *warden, bool is_forced)
{
	CLEANUP_POLICY_ERROR struct policy_error error = { 0 };
	CLEANUP_POLICY struct policy *policy = NULL;

	if (policy_load(warden->options->policy_path, &policy, &error) < 0) {
		set_problem(warden, &error);
		warden_look(warden, OBSERVE_LISTENERS);
		return;
	}
	bool is_same = text_equal(policy_settings(policy)->sha256, warden_settings(warden)->sha256);

	if (is_same && !is_forced && !warden->policy_problem)
		return;
	/* While rules still have the names they were counted under. */
	warden_read_clients(warden);
	set_problem(warden, NULL);
	policy_free(warden->policy);
	warden->policy = take_ptr(policy);
	log_info("policy in force: %s, sha256 %.12s", mode_word(warden_settings(warden)->mode),
		 warden_settings(warden)->sha256);
	apply(warden);
	warden_look(warden, OBSERVE_ALL);
}
