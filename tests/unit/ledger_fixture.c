/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "unit/ledger_fixture.h"
#include "unit/samples.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/time.h"

static void hear(void *context, const struct change *change)
{
	struct fixture *fixture = context;
	struct heard *heard = &fixture->heard[fixture->count];

	assert_true(fixture->count < HEARD_MAX);
	fixture->count++;
	*heard = (struct heard){ .seq = change->seq,
				 .kind = change->kind,
				 .severity = change->finding.severity,
				 .verdict = change->finding.verdict,
				 .first_seen_ns = change->first_seen_ns,
				 .count = change->count,
				 .pid = change->finding.subject.pid };
	memcpy(heard->id, change->finding_id, sizeof(heard->id));
	snprintf(heard->check, sizeof(heard->check), "%s", change->finding.check);
	if (change->finding.evidence_count)
		snprintf(heard->detail, sizeof(heard->detail), "%s",
			 change->finding.evidence[0].detail);
}

static bool see(void *context, const struct change *change, const char *line)
{
	assert_int_equal(line[0], '{');
	hear(context, change);
	return true;
}

int fixture_setup(void **state)
{
	struct fixture *fixture = calloc(1, sizeof(*fixture));

	/* In memory where there is such a place: these tests commit thousands of times. */
	snprintf(fixture->directory, sizeof(fixture->directory), "%s/nodelatch-test-XXXXXX",
		 access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
	assert_non_null(mkdtemp(fixture->directory));
	snprintf(fixture->path, sizeof(fixture->path), "%s/journal.db", fixture->directory);
	fixture->options = (struct ledger_options){
		.path = fixture->path,
		.keep_ns = 7 * 86400 * NS_PER_S,
		.max_bytes = 64 << 20,
		.has_collector = true,
		.node = { .name = "n1", .machine_id = "5a1c7f0d", .boot_id = "0f1e2d3c" },
	};
	fixture->listener = (struct ledger_listener){ hear, fixture };
	fixture->visitor = (struct change_visitor){ see, fixture };
	fixture->now_ns = SAMPLE_TIME_NS;
	assert_int_equal(ledger_open(&fixture->options, &fixture->ledger), 0);
	*state = fixture;
	return 0;
}

static void remove_tree(const char *directory)
{
	DIR *listing = opendir(directory);
	const struct dirent *entry;

	while (listing && (entry = readdir(listing))) {
		int flags = entry->d_type == DT_DIR ? AT_REMOVEDIR : 0;

		if (entry->d_name[0] != '.')
			unlinkat(dirfd(listing), entry->d_name, flags);
	}
	if (listing)
		closedir(listing);
	rmdir(directory);
}

int fixture_teardown(void **state)
{
	struct fixture *fixture = *state;

	ledger_close(fixture->ledger);
	remove_tree(fixture->directory);
	free(fixture);
	return 0;
}

void fixture_restart(struct fixture *fixture)
{
	ledger_close(fixture->ledger);
	assert_int_equal(ledger_open(&fixture->options, &fixture->ledger), 0);
}

void remove_files(const char *path)
{
	static const char *const suffixes[] = { "", "-wal", "-shm", ".lock" };
	char name[96];

	for (size_t i = 0; i < ARRAY_SIZE(suffixes); i++) {
		snprintf(name, sizeof(name), "%s%s", path, suffixes[i]);
		unlink(name);
	}
}

void fixture_remove_journal(struct fixture *fixture)
{
	ledger_close(fixture->ledger);
	fixture->ledger = NULL;
	remove_files(fixture->path);
}

void fixture_pass(struct fixture *fixture, const struct finding *findings, size_t count)
{
	fixture->count = 0;
	fixture->now_ns += NS_PER_S;
	assert_int_equal(ledger_reconcile(fixture->ledger, findings, count, fixture->now_ns,
					  &fixture->listener),
			 0);
}

#define APPEND_BATCH 64

void fixture_append(struct fixture *fixture, size_t count, enum severity severity)
{
	static char filler[600];
	struct change changes[APPEND_BATCH];

	memset(filler, 'x', sizeof(filler) - 1);
	for (size_t i = 0; i < APPEND_BATCH; i++) {
		changes[i] = sample_change(CHANGE_WOULD_REFUSE);
		changes[i].time_ns = changes[i].first_seen_ns = 0;
		changes[i].finding.severity = severity;
		changes[i].finding.remedy = filler;
	}
	while (count) {
		size_t some = count < APPEND_BATCH ? count : APPEND_BATCH;

		fixture->now_ns += NS_PER_S;
		assert_int_equal(ledger_append(fixture->ledger, changes, some, fixture->now_ns,
					       &fixture->listener),
				 0);
		count -= some;
	}
}

void fixture_read(struct fixture *fixture, const struct change_query *query)
{
	fixture->count = 0;
	assert_int_equal(ledger_read(fixture->ledger, query, &fixture->visitor), 0);
}

struct finding fixture_finding(const char *check, const char *key, enum verdict verdict)
{
	struct finding finding = sample_finding();

	finding.check = check;
	finding.verdict = verdict;
	finding.subject.key = finding.subject.name = key;
	finding.evidence_count = 0;
	return finding;
}
