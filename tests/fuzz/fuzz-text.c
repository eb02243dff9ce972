/* SPDX-License-Identifier: Apache-2.0 */
/* Numbers, shapes and words, the smallest pieces of somebody else's text. */
#include "engine/text/tame.h"
#include "tests/fuzz/fuzz.h"

#include <math.h>
#include <string.h>

#include "engine/options/number.h"
#include "engine/records/numbers.h"

static void
check_real (MoeSpan span)
{
  double value, back, option;
  char text[64];
  gboolean good = moe_number_parse_real (span, &value);
  if (moe_options_parse_real (span.text, span.length, &option) == MOE_NUMBER_OK)
    {
      fuzz_require (isfinite (option) && option >= 0);
      int length = moe_options_format_real (option, text, sizeof text);
      fuzz_require (length > 0 && length < (int)sizeof text);
      fuzz_require (moe_options_parse_real (text, (size_t)length, &back) == MOE_NUMBER_OK);
      fuzz_require (back == option);
      fuzz_require (!good || value == option);
    }
  if (!good)
    return;
  g_autoptr (GString) shortest = g_string_new (NULL);
  fuzz_require (isfinite (value));
  moe_number_append_shortest (shortest, value);
  fuzz_require (moe_number_parse_real (moe_span (shortest->str, shortest->len), &back)
                && back == value);
  g_autofree char *fixed = moe_number_fixed (value, 3, "s");
  g_autofree char *significant = moe_number_significant (value, 3);
  g_autofree char *grouped = moe_number_grouped (value);
  fuzz_require (fuzz_is_plain (fixed) && fuzz_is_plain (significant) && fuzz_is_plain (grouped));
}

static void
check_count (MoeSpan span)
{
  gint64 count;
  uint64_t whole;
  if (!moe_number_parse_count (span, &count))
    return;
  fuzz_require (count >= 0);
  fuzz_require (moe_options_parse_whole (span.text, span.length, &whole) == MOE_NUMBER_OK);
  fuzz_require (whole == (uint64_t)count);
}

static void
check_shape (MoeSpan span)
{
  MoeShape shape, back;
  char text[MOE_SHAPE_TEXT_SIZE];
  if (!moe_number_parse_shape (span, 'x', &shape))
    return;
  moe_shape_format (&shape, text);
  fuzz_require (moe_number_parse_shape (moe_span (text, strlen (text)), 'x', &back));
  fuzz_require (moe_shape_equal (&shape, &back));
}

static void
check_tame (const char *text)
{
  g_autofree char *tame = moe_text_tame (text, MOE_TEXT_MAX_NAME);
  g_autofree char *again = moe_text_tame (tame, MOE_TEXT_MAX_NAME + 1);
  fuzz_require (fuzz_is_plain (tame));
  fuzz_require (g_utf8_strlen (tame, -1) <= MOE_TEXT_MAX_NAME + 1);
  fuzz_require (strcmp (tame, again) == 0);
  for (const char *at = tame; *at != '\0'; at = g_utf8_next_char (at))
    {
      gunichar c = g_utf8_get_char (at);
      fuzz_require ((c < 0x202a || c > 0x202e) && (c < 0x2066 || c > 0x2069));
    }
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  fuzz_begin ();
  g_autofree char *text = fuzz_text (data, size);
  MoeSpan rest = moe_span ((const char *)data, size);
  gboolean more = size > 0;
  check_tame (text);
  while (more)
    {
      MoeSpan span = moe_span_trim (moe_span_take (&rest, ';', &more));
      check_real (span);
      check_count (span);
      check_shape (span);
    }
  fuzz_end ();
  return 0;
}
