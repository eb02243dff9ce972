/* SPDX-License-Identifier: Apache-2.0 */
/* What is wrong with somebody else's text: errors and sentences. */
#pragma once

#include "engine/base/input.h"
#include "engine/records/numbers.h"

G_BEGIN_DECLS

#define MOE_FORMATS_ERROR (moe_formats_error_quark ())
GQuark moe_formats_error_quark (void);

typedef enum MoeFormatsError
{
  MOE_FORMATS_ERROR_UNKNOWN, /* not one of the formats */
  MOE_FORMATS_ERROR_INVALID, /* one of the formats, with a fault */
  MOE_FORMATS_ERROR_EMPTY,   /* no rows */
  MOE_FORMATS_ERROR_LARGE,   /* more than is read */
} MoeFormatsError;

#define MOE_FORMATS_MAX_BYTES MOE_INPUT_MAX_BYTES /* a larger file is refused */
#define MOE_FORMATS_MAX_ROWS  100000 /* so is one of more rows (a log: those behind are skipped) */

#define MOE_FORMATS_VERSION 1 /* of the formats that this program writes */

/* Up to 40 characters of `span`, valid UTF-8 without control characters, for messages. */
char *moe_fault_quote (MoeSpan span);

/* "NAME, line N: " and the sentence. */
void moe_fault_set (
    GError **error, MoeFormatsError code, const char *name, gsize line, const char *format, ...)
    G_GNUC_PRINTF (5, 6);

/* Text that must be clean (a journal): no NUL bytes, valid UTF-8. */
gboolean moe_fault_check_text (MoeSpan text, const char *name, GError **error);

/* The number of a "# nullcurve-xxx: 1" line must be one that this program reads. */
gboolean
moe_fault_check_version (MoeSpan line, const char *magic, const char *name, GError **error);

G_END_DECLS
