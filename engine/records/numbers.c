/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/records/numbers.h"

#include <math.h>
#include <string.h>

enum
{
  MAX_NUMBER_LENGTH = 64,
  MAX_EXACT_DIGITS = 15, /* a mantissa of so many digits is exact in a double ... */
  MAX_EXACT_POWER = 22,  /* ... and so is ten to this power: one rounding in all */
};

static const gint64 max_dimension = G_GINT64_CONSTANT (1000000000000);

gboolean
moe_span_equal (MoeSpan span, const char *text)
{
  gsize length = strlen (text);
  return span.length == length && memcmp (span.text, text, length) == 0;
}

gboolean
moe_span_take_word (MoeSpan span, const char *word, MoeSpan *rest)
{
  gsize length = strlen (word);
  if (span.length < length || memcmp (span.text, word, length) != 0)
    return FALSE;
  *rest = moe_span (span.text + length, span.length - length);
  return TRUE;
}

static gboolean
is_blank (char c)
{
  return c == ' ' || c == '\t' || c == '\r';
}

MoeSpan
moe_span_take (MoeSpan *rest, char separator, gboolean *more)
{
  const char *end = rest->length > 0 ? memchr (rest->text, separator, rest->length) : NULL;
  gsize length = end != NULL ? (gsize)(end - rest->text) : rest->length;
  gsize taken = end != NULL ? length + 1 : length;
  MoeSpan part = moe_span (rest->text, length);
  *rest = moe_span (rest->text + taken, rest->length - taken);
  if (more != NULL)
    *more = end != NULL;
  return part;
}

MoeSpan
moe_span_trim (MoeSpan span)
{
  while (span.length > 0 && is_blank (span.text[0]))
    span = moe_span (span.text + 1, span.length - 1);
  while (span.length > 0 && is_blank (span.text[span.length - 1]))
    span.length--;
  return span;
}

/* What the grammar of a real number found. */
typedef struct Decimal
{
  guint64 mantissa; /* meaningful while digits <= MAX_EXACT_DIGITS */
  guint digits;     /* significant ones, leading zeros not counted */
  int exponent;     /* of ten, clamped far outside the range of a double */
  gboolean negative;
} Decimal;

static gsize
scan_digits (MoeSpan span, gsize at, gboolean fraction, Decimal *decimal)
{
  gsize start = at;
  for (; at < span.length && g_ascii_isdigit (span.text[at]); at++)
    {
      guint digit = (guint)(span.text[at] - '0');
      if (decimal->digits > 0 || digit > 0)
        decimal->digits++;
      if (decimal->digits <= MAX_EXACT_DIGITS)
        decimal->mantissa = decimal->mantissa * 10 + digit;
      if (fraction)
        decimal->exponent--;
    }
  return at - start;
}

static gboolean
scan_exponent (MoeSpan span, gsize at, Decimal *decimal)
{
  gboolean negative = FALSE;
  if (at < span.length && (span.text[at] == '+' || span.text[at] == '-'))
    negative = span.text[at++] == '-';
  if (at == span.length)
    return FALSE;

  int exponent = 0;
  for (; at < span.length; at++)
    {
      if (!g_ascii_isdigit (span.text[at]))
        return FALSE;
      exponent = MIN (exponent * 10 + (span.text[at] - '0'), 100000);
    }
  decimal->exponent += negative ? -exponent : exponent;
  return TRUE;
}

static gboolean
scan_decimal (MoeSpan span, Decimal *decimal)
{
  gsize at = 0;
  *decimal = (Decimal){ 0 };
  if (at < span.length && span.text[at] == '-')
    {
      decimal->negative = TRUE;
      at++;
    }
  gsize whole = scan_digits (span, at, FALSE, decimal);
  if (whole == 0)
    return FALSE;
  at += whole;
  if (at < span.length && span.text[at] == '.')
    {
      gsize fraction = scan_digits (span, at + 1, TRUE, decimal);
      if (fraction == 0)
        return FALSE;
      at += 1 + fraction;
    }
  if (at == span.length)
    return TRUE;
  return (span.text[at] == 'e' || span.text[at] == 'E') && scan_exponent (span, at + 1, decimal);
}

gboolean
moe_number_parse_real (MoeSpan span, double *value)
{
  static const double powers[MAX_EXACT_POWER + 1] = { 1e0,  1e1,  1e2,  1e3,  1e4,  1e5,
                                                      1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                                      1e12, 1e13, 1e14, 1e15, 1e16, 1e17,
                                                      1e18, 1e19, 1e20, 1e21, 1e22 };
  Decimal decimal;
  if (span.length == 0 || span.length > MAX_NUMBER_LENGTH || !scan_decimal (span, &decimal))
    return FALSE;

  double result;
  if (decimal.digits <= MAX_EXACT_DIGITS && ABS (decimal.exponent) <= MAX_EXACT_POWER)
    {
      result = (double)decimal.mantissa;
      result = decimal.exponent < 0 ? result / powers[-decimal.exponent]
                                    : result * powers[decimal.exponent];
      result = decimal.negative ? -result : result;
    }
  else
    {
      char copy[MAX_NUMBER_LENGTH + 1];
      memcpy (copy, span.text, span.length);
      copy[span.length] = '\0';
      result = g_ascii_strtod (copy, NULL);
    }
  if (!isfinite (result))
    return FALSE;
  *value = result;
  return TRUE;
}

gboolean
moe_number_parse_count (MoeSpan span, gint64 *value)
{
  gint64 result = 0;
  if (span.length == 0)
    return FALSE;
  for (gsize i = 0; i < span.length; i++)
    {
      if (!g_ascii_isdigit (span.text[i]) || __builtin_mul_overflow (result, (gint64)10, &result)
          || __builtin_add_overflow (result, (gint64)(span.text[i] - '0'), &result))
        return FALSE;
    }
  *value = result;
  return TRUE;
}

gboolean
moe_number_parse_whole (MoeSpan span, gint64 *value)
{
  static const double most = 9007199254740992.0;
  double real;
  if (moe_number_parse_count (span, value))
    return TRUE;
  if (!moe_number_parse_real (span, &real) || signbit (real) || real > most || real != floor (real))
    return FALSE;
  *value = (gint64)real;
  return TRUE;
}

double
moe_number_read (const char *text)
{
  double value;
  return text != NULL && moe_number_parse_real (moe_span (text, strlen (text)), &value) ? value
                                                                                        : NAN;
}

gsize
moe_number_read_size (const char *text)
{
  gint64 value;
  return text != NULL && moe_number_parse_whole (moe_span (text, strlen (text)), &value)
             ? (gsize)value
             : 0;
}

gboolean
moe_number_parse_shape (MoeSpan span, char separator, MoeShape *shape)
{
  gint64 dims[4];
  for (gsize i = 0; i < G_N_ELEMENTS (dims); i++)
    {
      gboolean more;
      MoeSpan part = moe_span_take (&span, separator, &more);
      if (more != (i + 1 < G_N_ELEMENTS (dims)) || !moe_number_parse_count (part, &dims[i])
          || dims[i] < 1 || dims[i] > max_dimension)
        return FALSE;
    }
  *shape = (MoeShape){ .tokens = (size_t)dims[0],
                       .hidden = (size_t)dims[1],
                       .mlp_dim = (size_t)dims[2],
                       .experts = (size_t)dims[3] };
  return TRUE;
}

void
moe_number_append_shortest (GString *text, double value)
{
  char buffer[G_ASCII_DTOSTR_BUF_SIZE];
  if (!isfinite (value))
    return;
  /* Fifteen digits always survive a double, so with trailing zeros gone they are the shortest
   * form whenever they read back to the same value. */
  static const char *const formats[] = { "%.15g", "%.16g", "%.17g" };
  for (gsize i = 0; i < G_N_ELEMENTS (formats); i++)
    {
      g_ascii_formatd (buffer, sizeof buffer, formats[i], value);
      if (g_ascii_strtod (buffer, NULL) == value)
        break;
    }
  g_string_append (text, buffer);
}

char *
moe_number_fixed (double value, int decimals, const char *unit)
{
  char format[16];
  char buffer[400]; /* the largest double has 309 digits before its point */
  g_snprintf (format, sizeof format, "%%.%df", CLAMP (decimals, 0, 17));
  return g_strconcat (g_ascii_formatd (buffer, sizeof buffer, format, value), unit, NULL);
}

char *
moe_number_significant (double value, int digits)
{
  char format[16];
  char buffer[G_ASCII_DTOSTR_BUF_SIZE];
  double magnitude = fabs (value);
  if (magnitude >= 1e-6 || magnitude == 0)
    {
      int before = magnitude > 0 ? (int)floor (log10 (magnitude)) + 1 : 1;
      return moe_number_fixed (value, digits - before, "");
    }
  g_snprintf (format, sizeof format, "%%.%de", CLAMP (digits - 1, 0, 16));
  return g_strdup (g_ascii_formatd (buffer, sizeof buffer, format, value));
}

char *
moe_number_grouped (double value)
{
  g_autofree char *digits = moe_number_fixed (value, 0, "");
  GString *text = g_string_new (NULL);
  for (gsize left = strlen (digits), i = 0; left > 0; left--, i++)
    {
      if (i > 0 && left % 3 == 0 && digits[i - 1] != '-')
        g_string_append_c (text, ',');
      g_string_append_c (text, digits[i]);
    }
  return g_string_free (text, FALSE);
}
