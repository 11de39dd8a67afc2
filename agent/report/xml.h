/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What XML 1.0 wants of text, in ASCII alone. Only JUnit's small format needs it; anything larger
 * deserves a library.
 */
#ifndef REPORT_XML_H
#define REPORT_XML_H

#include "base/buffer.h"

/* As content or as an attribute's value: markup is escaped, what is not ASCII is a character
 * reference, and what base/text.h does not print as it is has its visible form: XML could not hold
 * a control character at all. */
void xml_text(struct text_buffer *buffer, const char *text);
/* ' NAME="TEXT"'. The name is ours. */
void xml_attribute(struct text_buffer *buffer, const char *name, const char *text);
void xml_attribute_number(struct text_buffer *buffer, const char *name, unsigned number);

#endif
