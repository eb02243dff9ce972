/* SPDX-License-Identifier: Apache-2.0 */
/* Strict numbers in text, both ways, whatever the locale. */
#pragma once

#include <glib.h>

#include "engine/moe/types.h"

G_BEGIN_DECLS

/* A piece of somebody else's text; not terminated. */
typedef struct MoeSpan
{
  const char *text;
  gsize length;
} MoeSpan;

#define MOE_NUMBER_NO_LIMIT G_MAXDOUBLE

static inline MoeSpan
moe_span (const char *text, gsize length)
{
  return (MoeSpan){ text, length };
}

gboolean moe_span_equal (MoeSpan span, const char *text);
/* Does it begin with `word`?  Then *rest is what follows. */
gboolean moe_span_take_word (MoeSpan span, const char *word, MoeSpan *rest);

/* Take the part in front of the next separator, or all that is left.  *more, when not NULL: there
 * was a separator, and another part follows. */
MoeSpan moe_span_take (MoeSpan *rest, char separator, gboolean *more);

/* Without the blanks (space, tab, CR) at both ends. */
MoeSpan moe_span_trim (MoeSpan span);

/* [-]digits[.digits][e[+-]digits] and nothing else: no blanks, no sign +, no "nan", "inf", hex or
 * decimal comma, nothing that overflows. */
gboolean moe_number_parse_real (MoeSpan span, double *value);

/* Decimal digits only, at most G_MAXINT64. */
gboolean moe_number_parse_count (MoeSpan span, gint64 *value);

/* The same, or a real number that is whole, as who has only such numbers writes it: "8.0", "1e6";
 * those up to 2^53, beyond which they are not exact. */
gboolean moe_number_parse_whole (MoeSpan span, gint64 *value);

/* What a program told, whole and terminated: NaN, or 0, where it is NULL or no such number. */
double moe_number_read (const char *text);
gsize moe_number_read_size (const char *text);

/* "32768x2048x1408x60" (separator 'x'; ',' in RUN lines): four sizes from 1 to 10^12.  Sets
 * shared_dim to 0. */
gboolean moe_number_parse_shape (MoeSpan span, char separator, MoeShape *shape);

/* The shortest decimal that reads back to the same double; nothing for NaN and infinities, which
 * stand for "missing". */
void moe_number_append_shortest (GString *text, double value);

/* New strings; g_free ().  printf's %.<decimals>f with a decimal point in every locale, and a unit.
 */
char *moe_number_fixed (double value, int decimals, const char *unit);

/* So many significant digits without a power of ten where that stays short: "0.0123", "14.7",
 * "147"; "1.23e-09" below 1e-6.  Whole digits are never cut. */
char *moe_number_significant (double value, int digits);

/* "1,833,742" */
char *moe_number_grouped (double value);

G_END_DECLS
