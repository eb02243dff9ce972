/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/setup/typed.h"

#include <langinfo.h>
#include <locale.h>
#include <math.h>
#include <string.h>

#include "engine/options/number.h"

gboolean
nullcurve_typed_has_comma (void)
{
  locale_t user = newlocale (LC_ALL_MASK, "", (locale_t)0);
  gboolean comma;

  if (user == (locale_t)0)
    return FALSE;
  comma = strcmp (nl_langinfo_l (RADIXCHAR, user), ",") == 0;
  freelocale (user);
  return comma;
}

/* How many of it a letter behind a number stands for; 0: it stands for nothing. */
static guint64
factor_of (const char *letter)
{
  if (*letter == '\0')
    return 1;
  if (letter[1] != '\0')
    return 0;
  return *letter == 'k' || *letter == 'K' ? 1024u : *letter == 'M' ? 1024u * 1024u : 0;
}

/* "2^15": both small, the result within 64 bits. */
static gboolean
read_power (const char *text, guint64 *value)
{
  const char *mark = strchr (text, '^');
  guint64 base;
  guint64 exponent;

  if (mark == NULL || moe_options_parse_whole (text, (gsize)(mark - text), &base) != MOE_NUMBER_OK
      || moe_options_parse_whole (mark + 1, strlen (mark + 1), &exponent) != MOE_NUMBER_OK
      || base < 2 || exponent > 63)
    return FALSE;
  *value = 1;
  for (guint64 i = 0; i < exponent; i++)
    if (!g_uint64_checked_mul (value, *value, base))
      return FALSE;
  return TRUE;
}

static gboolean
read_whole (const char *text, guint64 *value)
{
  const gsize digits = strspn (text, "0123456789");
  const guint64 factor = factor_of (text + digits);

  if (moe_options_parse_whole (text, digits, value) == MOE_NUMBER_OK && factor > 0)
    return g_uint64_checked_mul (value, *value, factor);
  return read_power (text, value);
}

static gboolean
read_real (const char *text, gboolean comma, double *value)
{
  g_autofree char *plain = g_strdup (text);

  if (comma && strchr (plain, '.') == NULL)
    g_strdelimit (plain, ",", '.');
  return moe_options_parse_real (plain, strlen (plain), value) == MOE_NUMBER_OK;
}

static char *
whole_text (guint64 value)
{
  return g_strdup_printf ("%" G_GUINT64_FORMAT, value);
}

static char *
real_text (double value)
{
  char text[64];

  moe_options_format_real (value, text, sizeof text);
  return g_strdup (text);
}

/* NULL: it is no number. */
static char *
plain_number (const char *text, gboolean whole, gboolean comma)
{
  guint64 number;
  double real;

  if (whole)
    return read_whole (text, &number) ? whole_text (number) : NULL;
  return read_real (text, comma, &real) ? real_text (real) : NULL;
}

/* Append all numbers of "first:last:step"; of what lists hold, and one more, so that it is refused
 * for their number.  FALSE: it is no such range. */
static gboolean
append_range (const char *text, gboolean whole, gboolean comma, GPtrArray *numbers)
{
  g_auto (GStrv) parts = g_strsplit (text, ":", 4);
  const guint n = g_strv_length (parts);
  double ends[3] = { 0.0, 0.0, 1.0 };

  if (n < 2 || n > 3 || (n == 2 && !whole))
    return FALSE;
  for (guint i = 0; i < n; i++)
    {
      guint64 number = 0;

      if (whole ? !read_whole (parts[i], &number) : !read_real (parts[i], comma, &ends[i]))
        return FALSE;
      if (whole)
        ends[i] = (double)number;
    }
  if (!(ends[2] > 0.0) || ends[1] < ends[0] || ends[1] > 9e15)
    return FALSE;
  for (gsize i = 0; i <= MOE_OPTIONS_MAX_LIST; i++)
    {
      /* Tenths as people write them, not as sums of rounded ones. */
      const double value = round ((ends[0] + (double)i * ends[2]) * 1e12) / 1e12;

      if (value > ends[1] + 1e-9 * ends[2])
        break;
      g_ptr_array_add (numbers, whole ? whole_text ((guint64)value) : real_text (value));
    }
  return TRUE;
}

/* NULL: a piece of it is no number. */
static char *
plain_list (const char *typed, gboolean whole, gboolean comma)
{
  const gboolean decimal = comma && !whole && strchr (typed, '.') == NULL;
  g_auto (GStrv) pieces = g_strsplit_set (typed, decimal ? " \t;" : " \t;,", -1);
  g_autoptr (GPtrArray) numbers = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; pieces[i] != NULL; i++)
    {
      char *number = pieces[i][0] != '\0' ? plain_number (pieces[i], whole, comma) : NULL;

      if (number != NULL)
        g_ptr_array_add (numbers, number);
      else if (pieces[i][0] != '\0' && !append_range (pieces[i], whole, comma, numbers))
        return NULL;
    }
  g_ptr_array_add (numbers, NULL);
  return g_strjoinv (",", (char **)numbers->pdata);
}

char *
nullcurve_typed_plain (const MoeOptionSpec *spec, const char *typed, gboolean comma)
{
  g_autofree char *text = g_strstrip (g_strdup (typed));
  const gboolean whole = spec->kind == MOE_OPTION_SIZE || spec->kind == MOE_OPTION_SEED
                         || spec->kind == MOE_OPTION_SIZE_LIST;
  char *plain = NULL;

  if (spec->kind == MOE_OPTION_SIZE_LIST || spec->kind == MOE_OPTION_FRACTION_LIST)
    plain = plain_list (text, whole, comma);
  else if (whole || spec->kind == MOE_OPTION_REAL)
    plain = plain_number (text, whole, comma);
  return plain != NULL ? plain : g_steal_pointer (&text);
}
