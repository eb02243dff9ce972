/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/cards/differences.h"

#include <glib/gi18n.h>
#include <string.h>

#include "engine/records/axes.h"
#include "ui/words/shape-names.h"

enum
{
  PROPERTY_TOPK,
  PROPERTY_SHAPE,
  PROPERTY_FIRST_AXIS,
  PROPERTY_FIRST_FACT = PROPERTY_FIRST_AXIS + MOE_N_AXES,
  PROPERTY_BACKEND = PROPERTY_FIRST_FACT,
  PROPERTY_HOST,
  PROPERTY_THREADS,
  PROPERTY_DATE,
  N_PROPERTIES,
  MOST_RECORDS = 1000, /* that are looked at: a file of a hundred thousand is told by its first */
  MOST_VALUES = 4,     /* that are told one by one */
  SEEN_LETTERS = 24    /* of a title, however narrow the card */
};

static char *
topk_of (const MoeRecord *record)
{
  return record->topk > 0 ? g_strdup_printf ("%" G_GINT64_FORMAT, record->topk) : NULL;
}

/* "none" alone says nothing of what there is none of. */
static char *
axis_of (const MoeRecord *record, MoeAxis axis)
{
  static const char *const terse[] = { "none", "true", "false", "full", NULL };
  const char *words = moe_record_axis (record, axis);
  g_autofree char *told = NULL;

  if (words == NULL)
    return NULL;
  told = g_strv_contains (terse, words)
             ? g_strdup_printf ("%s %s", moe_words (moe_axis_title (axis)), words)
             : g_strdup (words);
  return g_strdup (g_strdelimit (told, "_", ' '));
}

static char *
value_of (const MoeRecord *record, guint property)
{
  if (property == PROPERTY_TOPK)
    return topk_of (record);
  if (property == PROPERTY_SHAPE)
    return record->has_shape ? g_strdup (nullcurve_shape_brief (record)) : NULL;
  return axis_of (record, property - PROPERTY_FIRST_AXIS);
}

static void
add_value (GPtrArray *values, char *value)
{
  if (value == NULL || g_ptr_array_find_with_equal_func (values, value, g_str_equal, NULL))
    g_free (value);
  else
    g_ptr_array_add (values, value);
}

static char *
join_values (const GPtrArray *values, guint property)
{
  g_autoptr (GString) text = g_string_new (property == PROPERTY_TOPK ? "top-" : NULL);

  if (values->len == 0)
    return NULL;
  if (values->len > MOST_VALUES && property == PROPERTY_SHAPE)
    return g_strdup_printf (g_dngettext (NULL, "%u shape", "%u shapes", values->len), values->len);
  for (guint i = 0; i < MIN (values->len, MOST_VALUES); i++)
    g_string_append_printf (text, "%s%s", i > 0 ? ", " : "",
                            (const char *)g_ptr_array_index (values, i));
  if (values->len > MOST_VALUES)
    g_string_append (text, ", …");
  return g_strdup (text->str);
}

/* The hour is enough where the day is the same; which is for whoever reads it to see. */
static char *
date_of (const MoeRun *run)
{
  const char *date = moe_run_get_fact (run, "date");
  g_autoptr (GDateTime) time = date != NULL ? g_date_time_new_from_iso8601 (date, NULL) : NULL;
  g_autoptr (GDateTime) local = time != NULL ? g_date_time_to_local (time) : NULL;

  return local != NULL ? g_date_time_format (local, "%m-%d %H:%M") : g_strndup (date, 10);
}

static const char *
fact_key (guint property)
{
  static const char *const keys[] = { "accelerator", "host", "threads", "date" };

  return keys[property - PROPERTY_FIRST_FACT];
}

static char *
fact_of (const MoeRun *run, guint property)
{
  const char *fact;
  guint64 threads;

  if (property == PROPERTY_DATE)
    return moe_run_get_fact (run, "date") != NULL ? date_of (run) : NULL;
  fact = moe_run_get_fact (run, fact_key (property));
  if (property == PROPERTY_THREADS && fact != NULL
      && g_ascii_string_to_unsigned (fact, 10, 1, G_MAXUINT, &threads, NULL))
    return g_strdup_printf (g_dngettext (NULL, "%u thread", "%u threads", (gulong)threads),
                            (guint)threads);
  return g_strdup (fact);
}

/* What a run is in a property; NULL: not told. */
static char *
tell (const MoeRun *run, guint property)
{
  g_autoptr (GPtrArray) values = g_ptr_array_new_with_free_func (g_free);

  if (property >= PROPERTY_FIRST_FACT)
    return fact_of (run, property);
  for (gsize i = 0; i < MIN (moe_run_get_n_records (run), MOST_RECORDS); i++)
    add_value (values, value_of (moe_run_get_record (run, i), property));
  return join_values (values, property);
}

/* Where a card shows it: the end of a long title is cut. */
static gboolean
contains (const char *title, const char *words)
{
  const char *end = g_utf8_offset_to_pointer (title, MIN (g_utf8_strlen (title, -1), SEEN_LETTERS));
  g_autofree char *folded = g_utf8_casefold (title, end - title);
  g_autofree char *sought = g_utf8_casefold (words, -1);

  return strstr (folded, sought) != NULL;
}

/* What is not told does not differ: nobody may put words in its mouth. */
static gboolean
differs (char *const *told, gsize n)
{
  const char *seen = NULL;

  for (gsize i = 0; i < n; i++)
    {
      if (seen != NULL && told[i] != NULL && !g_str_equal (seen, told[i]))
        return TRUE;
      if (told[i] != NULL)
        seen = told[i];
    }
  return FALSE;
}

static gboolean
any_alike (const GPtrArray *texts, MoeRun *const *runs)
{
  g_autoptr (GHashTable) known = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; i < texts->len; i++)
    if (!g_hash_table_add (known,
                           g_strconcat (moe_run_get_title (runs[i]), "\n",
                                        ((GString *)g_ptr_array_index (texts, i))->str, NULL)))
      return TRUE;
  return FALSE;
}

static void
append_told (const GPtrArray *texts, MoeRun *const *runs, guint property)
{
  const gsize n = texts->len;
  char **told = g_new0 (char *, n + 1);

  for (gsize i = 0; i < n; i++)
    told[i] = tell (runs[i], property);
  for (gsize i = 0; differs (told, n) && i < n; i++)
    {
      GString *text = g_ptr_array_index (texts, i);

      if (told[i] == NULL || contains (moe_run_get_title (runs[i]), told[i]))
        continue;
      g_string_append_printf (text, "%s%s", text->len > 0 ? ", " : "", told[i]);
    }
  for (gsize i = 0; i < n; i++)
    g_free (told[i]);
  g_free (told);
}

char *
nullcurve_differences_grounds (MoeRun *const *runs, gsize n)
{
  GString *grounds = g_string_new (NULL);

  for (gsize i = 0; i < n; i++)
    {
      g_string_append_printf (grounds, "%s\n%zu", moe_run_get_title (runs[i]),
                              MIN (moe_run_get_n_records (runs[i]), (gsize)MOST_RECORDS));
      for (guint property = PROPERTY_FIRST_FACT; property < N_PROPERTIES; property++)
        {
          const char *fact = moe_run_get_fact (runs[i], fact_key (property));

          g_string_append_printf (grounds, "\n%s", fact != NULL ? fact : "");
        }
      g_string_append_c (grounds, '\n');
    }
  return g_string_free (grounds, FALSE);
}

static void
string_free (gpointer text)
{
  g_string_free (text, TRUE);
}

GPtrArray *
nullcurve_differences_new (MoeRun *const *runs, gsize n)
{
  g_autoptr (GPtrArray) texts = g_ptr_array_new_with_free_func (string_free);
  GPtrArray *words = g_ptr_array_new_with_free_func (g_free);

  for (gsize i = 0; i < n; i++)
    g_ptr_array_add (texts, g_string_new (NULL));
  for (guint property = 0; n > 1 && property < N_PROPERTIES; property++)
    if (property != PROPERTY_DATE || any_alike (texts, runs))
      append_told (texts, runs, property);
  for (gsize i = 0; i < n; i++)
    g_ptr_array_add (words, g_strdup (((GString *)g_ptr_array_index (texts, i))->str));
  return words;
}
