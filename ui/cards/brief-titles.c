/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/cards/brief-titles.h"

#include <glib/gi18n.h>
#include <string.h>

#include "engine/formats/reference-rows.h"

#define ELLIPSIS "\342\200\246"

enum
{
  MOST_WHOLE = 20, /* characters of titles that are left as they are */
  MOST_CHARACTERS = 32,
  LEAST_HEAD = 14, /* of those, that stay before what is cut out of the middle */
  MOST_OF_WORD = 8 /* bytes of a word whose beginning was cut out, that go with it */
};

/* That rows were published stands in the list of runs; a legend has no room for it.  NULL: the run
 * has no title. */
static char *
dup_title (const MoeRun *run)
{
  const char *title = moe_run_get_title (run);
  char *valid = title != NULL ? g_utf8_make_valid (title, -1) : NULL;

  if (valid != NULL && g_str_has_suffix (valid, MOE_PUBLISHED_REMARK)
      && strlen (valid) > strlen (MOE_PUBLISHED_REMARK))
    valid[strlen (valid) - strlen (MOE_PUBLISHED_REMARK)] = '\0';
  if (valid != NULL && valid[0] == '\0')
    g_clear_pointer (&valid, g_free);
  return valid;
}

/* Every title once. */
static GPtrArray *
collect_titles (const GPtrArray *all)
{
  GPtrArray *titles = g_ptr_array_new ();
  g_autoptr (GHashTable) known = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < all->len; i++)
    if (g_ptr_array_index (all, i) != NULL && g_hash_table_add (known, g_ptr_array_index (all, i)))
      g_ptr_array_add (titles, g_ptr_array_index (all, i));
  return titles;
}

/* In how many titles each part is: a table of counts by part. */
static GHashTable *
count_parts (const GPtrArray *titles)
{
  GHashTable *counts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; i < titles->len; i++)
    {
      g_auto (GStrv) parts = g_strsplit (g_ptr_array_index (titles, i), ", ", -1);

      for (guint k = 0; parts[k] != NULL; k++)
        {
          const guint n = GPOINTER_TO_UINT (g_hash_table_lookup (counts, parts[k]));
          gboolean seen = FALSE;

          for (guint before = 0; before < k; before++)
            seen = seen || g_str_equal (parts[before], parts[k]);
          if (!seen)
            g_hash_table_replace (counts, g_strdup (parts[k]), GUINT_TO_POINTER (n + 1));
        }
    }
  return counts;
}

static gboolean
is_short (const char *text)
{
  return g_utf8_strlen (text, -1) <= MOST_CHARACTERS;
}

static gboolean
are_at_most (const GPtrArray *texts, glong characters)
{
  for (guint i = 0; i < texts->len; i++)
    if (g_utf8_strlen (g_ptr_array_index (texts, i), -1) > characters)
      return FALSE;
  return TRUE;
}

/* Without the parts that more than `most` titles have; NULL: it has no others. */
static char *
drop_common (const char *title, GHashTable *counts, guint most)
{
  g_auto (GStrv) parts = g_strsplit (title, ", ", -1);
  g_autoptr (GString) rest = g_string_new (NULL);

  for (guint i = 0; parts[i] != NULL; i++)
    if (GPOINTER_TO_UINT (g_hash_table_lookup (counts, parts[i])) <= most)
      g_string_append_printf (rest, "%s%s", rest->len > 0 ? ", " : "", parts[i]);
  return rest->len > 0 ? g_strdup (rest->str) : NULL;
}

/* Of a title that is left out as a whole, the first part and those behind it that have room. */
static char *
keep_start (const char *title)
{
  const char *comma = strstr (title, ", ");
  const char *next = comma;

  if (is_short (title) || comma == NULL)
    return g_strdup (title);
  for (; next != NULL && g_utf8_pointer_to_offset (title, next) < MOST_CHARACTERS;
       next = strstr (next + 1, ", "))
    comma = next;
  return g_strdup_printf ("%.*s" ELLIPSIS, (int)(comma - title), title);
}

static GPtrArray *
drop_of_all (const GPtrArray *titles, GHashTable *counts, guint most)
{
  GPtrArray *rests = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < titles->len; i++)
    g_ptr_array_add (rests, drop_common (g_ptr_array_index (titles, i), counts, most));
  return rests;
}

static gboolean
are_apart (const GPtrArray *texts)
{
  g_autoptr (GHashTable) known = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < texts->len; i++)
    if (g_ptr_array_index (texts, i) == NULL
        || !g_hash_table_add (known, g_ptr_array_index (texts, i)))
      return FALSE;
  return TRUE;
}

/* Short titles stay whole.  Of others what all say is left out; one that says nothing else keeps
 * its start.  Where that leaves long texts, so is what most of them say, the commonest first, as
 * long as all can be told apart: it is the unusual that tells. */
static GPtrArray *
make_rests (const GPtrArray *titles)
{
  const gboolean whole = titles->len < 2 || are_at_most (titles, MOST_WHOLE);
  g_autoptr (GHashTable) counts = count_parts (titles);
  GPtrArray *rests = drop_of_all (titles, counts, whole ? titles->len : titles->len - 1);

  for (guint i = 0; i < rests->len; i++)
    if (g_ptr_array_index (rests, i) == NULL)
      rests->pdata[i] = keep_start (g_ptr_array_index (titles, i));
  for (guint most = titles->len - 1; !whole && most-- > titles->len / 2;)
    {
      g_autoptr (GPtrArray) fewer =
          are_at_most (rests, MOST_CHARACTERS) ? NULL : drop_of_all (titles, counts, most);

      if (fewer == NULL || !are_apart (fewer))
        break;
      g_ptr_array_unref (rests);
      rests = g_steal_pointer (&fewer);
    }
  return rests;
}

/* Bytes of whole words, with the blanks behind them, that two texts begin with alike. */
static gsize
common_head (const char *a, const char *b)
{
  gsize words = 0;

  for (gsize i = 0; a[i] != '\0' && a[i] == b[i]; i++)
    if (a[i] == ' ')
      words = i + 1;
  return words;
}

/* The same of their ends, with the blanks before them. */
static gsize
common_tail (const char *a, const char *b)
{
  const gsize n = strlen (a), m = strlen (b);
  gsize words = 0;

  for (gsize i = 1; i <= MIN (n, m) && a[n - i] == b[m - i]; i++)
    if (a[n - i] == ' ')
      words = i;
  return words;
}

/* Of all texts, the least. */
static gsize
least_common (const GPtrArray *texts, gsize (*measure) (const char *a, const char *b))
{
  const char *first = g_ptr_array_index (texts, 0);
  gsize least = strlen (first);

  for (guint i = 1; i < texts->len; i++)
    least = MIN (least, measure (first, g_ptr_array_index (texts, i)));
  return texts->len > 1 ? least : 0;
}

/* Within a text: where a word begins, here or a few bytes on; here where none does. */
static const char *
skip_part_of_word (const char *at)
{
  const char *blank = strchr (at, ' ');

  return at[-1] != ' ' && blank != NULL && blank - at < MOST_OF_WORD ? blank + 1 : at;
}

static char *
cut_middle (const char *text)
{
  const glong length = g_utf8_strlen (text, -1);
  g_autofree char *head = g_utf8_substring (text, 0, LEAST_HEAD);
  const char *tail = g_utf8_offset_to_pointer (text, length - (MOST_CHARACTERS - LEAST_HEAD - 1));

  return g_strconcat (g_strchomp (head), ELLIPSIS, skip_part_of_word (tail), NULL);
}

/* What all begin with goes before what all end with. */
static char *
shorten (const char *text, gsize head, gsize tail)
{
  const gsize length = strlen (text);
  g_autofree char *without_head = NULL;
  g_autofree char *without_both = NULL;

  if (is_short (text))
    return g_strdup (text);
  if (head + tail >= length)
    return cut_middle (text);
  without_head = head > 0 ? g_strconcat (ELLIPSIS, text + head, NULL) : g_strdup (text);
  if (is_short (without_head) || tail == 0)
    return is_short (without_head) ? g_steal_pointer (&without_head) : cut_middle (without_head);
  without_head[strlen (without_head) - tail] = '\0';
  without_both = g_strconcat (without_head, ELLIPSIS, NULL);
  return is_short (without_both) ? g_steal_pointer (&without_both) : cut_middle (without_both);
}

GPtrArray *
nullcurve_brief_titles_new (MoeRun *const *runs, gsize n)
{
  GPtrArray *briefs = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) all = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) titles = NULL;
  g_autoptr (GPtrArray) rests = NULL;
  gsize head, tail;

  for (gsize i = 0; i < n; i++)
    g_ptr_array_add (all, dup_title (runs[i]));
  titles = collect_titles (all);
  rests = make_rests (titles);
  head = rests->len > 1 ? least_common (rests, common_head) : 0;
  tail = rests->len > 1 ? least_common (rests, common_tail) : 0;
  for (gsize i = 0; i < n; i++)
    {
      const char *title = g_ptr_array_index (all, i);
      guint place = 0;

      if (title == NULL)
        {
          g_ptr_array_add (briefs, g_strdup_printf (_ ("run %zu"), i + 1));
          continue;
        }
      g_ptr_array_find_with_equal_func (titles, title, g_str_equal, &place);
      g_ptr_array_add (briefs, shorten (g_ptr_array_index (rests, place), head, tail));
    }
  return briefs;
}
