/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Wall-clock times as nanoseconds since 1970 in UTC, and durations as people write them.
 */
#ifndef BASE_TIME_H
#define BASE_TIME_H

#include <stddef.h>
#include <stdint.h>

#define NS_PER_S  1000000000LL
#define NS_PER_MS 1000000LL
/* "2026-11-22T05:48:26.123456Z" and the NUL, with room for any year. */
#define TIME_TEXT_BYTES 40

int64_t time_now_ns(void);
int64_t time_monotonic_ns(void);
/* Wall clock minus boot clock, to turn kernel timestamps (bpf_ktime_get_boot_ns) into wall times.
 */
int64_t time_boot_offset_ns(void);
/* RFC 3339 in UTC with microseconds. */
void time_format(int64_t time_ns, char ret_text[static TIME_TEXT_BYTES]);
/* RFC 3339, any offset, any fraction; the fraction past nanoseconds is cut. Returns 0, -EINVAL or
 * -ERANGE. */
int time_parse(const char *text, int64_t *ret_ns);
/* "2026-06-30": the last second of that day in UTC, as seconds since 1970. Returns 0 or -EINVAL. */
int time_parse_date_end(const char *text, int64_t *ret_seconds);
/* Go's spelling and ours: "30s", "1h30m", "1.5h", "250ms", "7d"; units ns us µs ms s m h d; "0".
 * Returns 0, -EINVAL, -ERANGE. */
int time_parse_duration(const char *text, int64_t *ret_ns);
/* The shortest such spelling: "1h30m", "30s", "250ms". */
void time_format_duration(int64_t duration_ns, char ret_text[static TIME_TEXT_BYTES]);

#endif
