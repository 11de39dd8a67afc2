/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The operator's log: one logfmt line on stderr. Only composition roots and loop callbacks log;
 * everything else returns errors.
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

enum log_level { LOG_LEVEL_ERROR, LOG_LEVEL_WARNING, LOG_LEVEL_INFO, LOG_LEVEL_DEBUG };

/* The one piece of global state of the program. Default: LOG_LEVEL_INFO. */
void log_set_level(enum log_level level);
/* time=... level=... msg="..."; the message is escaped. Keeps errno. */
void log_line(enum log_level level, const char *format, ...) __attribute__((format(printf, 2, 3)));

#define log_error(...)	 log_line(LOG_LEVEL_ERROR, __VA_ARGS__)
#define log_warning(...) log_line(LOG_LEVEL_WARNING, __VA_ARGS__)
#define log_info(...)	 log_line(LOG_LEVEL_INFO, __VA_ARGS__)
#define log_debug(...)	 log_line(LOG_LEVEL_DEBUG, __VA_ARGS__)

#endif
