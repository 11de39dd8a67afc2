/* SPDX-License-Identifier: Apache-2.0 */
/* The words that the policy's keys may take, by index: NULL past the last. */
#ifndef SETTINGS_WORDS_H
#define SETTINGS_WORDS_H

const char *word_of_mode(unsigned index);
const char *word_of_transport(unsigned index);
const char *word_of_action(unsigned index);
const char *word_of_component(unsigned index); /* enum component_kind */
const char *word_of_severity(unsigned index);
const char *word_of_recording(unsigned index); /* enum exec_recording */
const char *word_of_format(unsigned index);    /* enum line_format */
const char *word_of_protocol(unsigned index);  /* enum otlp_protocol */
const char *word_of_reach(unsigned index);     /* port_rule.all_namespaces */

#endif
