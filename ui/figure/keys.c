/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/figure/keys.h"

#include "ui/figure/style.h"

void
nullcurve_series_set_part (NullcurveSeries *series,
                           NullcurvePart part,
                           const char *words,
                           guint rank,
                           NullcurveFaceting facet)
{
  nullcurve_figure_set_text (&series->parts[part], words);
  series->part_ranks[part] = rank;
  series->part_facets[part] = facet;
}

gboolean
nullcurve_key_has (const NullcurveKey *key, const NullcurveSeries *series)
{
  const char *words = series->parts[key->part];

  return series->visible && words != NULL && g_str_equal (words, key->label);
}

static void
key_free (gpointer data)
{
  NullcurveKey *key = data;

  g_free (key->label);
  g_free (key);
}

/* By the numbers in them: top-2 before top-16. */
static int
compare_words (gconstpointer a, gconstpointer b)
{
  const char *x = *(const char *const *)a;
  const char *y = *(const char *const *)b;

  while (*x != '\0' && *y != '\0')
    {
      if (g_ascii_isdigit (*x) && g_ascii_isdigit (*y))
        {
          char *end_x;
          char *end_y;
          const guint64 m = g_ascii_strtoull (x, &end_x, 10);
          const guint64 n = g_ascii_strtoull (y, &end_y, 10);

          if (m != n)
            return m < n ? -1 : 1;
          x = end_x;
          y = end_y;
        }
      else if (*x != *y)
        return (guchar)*x < (guchar)*y ? -1 : 1;
      else
        {
          x++;
          y++;
        }
    }
  return (int)(guchar)*x - (int)(guchar)*y;
}

GPtrArray *
nullcurve_values_sort (const GPtrArray *words)
{
  GPtrArray *values = g_ptr_array_new ();

  for (guint i = 0; i < words->len; i++)
    {
      gpointer own = g_ptr_array_index (words, i);

      if (own != NULL && !g_ptr_array_find_with_equal_func (values, own, g_str_equal, NULL))
        g_ptr_array_add (values, own);
    }
  g_ptr_array_sort (values, compare_words);
  return values;
}

guint
nullcurve_values_rank (GPtrArray *values, const char *words)
{
  guint rank = values->len;

  if (words != NULL)
    g_ptr_array_find_with_equal_func (values, words, g_str_equal, &rank);
  return rank;
}

/* Which values there are: a part of which there are none, or which facets tell, says nothing. */
typedef struct Told
{
  gboolean part[NULLCURVE_N_PARTS];
} Told;

static Told
look_what_is_told (const NullcurveFigure *figure, NullcurveFaceting split)
{
  Told told = { { FALSE } };

  for (int part = 0; part < NULLCURVE_N_PARTS; part++)
    for (gsize i = 0; i < figure->series->len; i++)
      {
        const NullcurveSeries *series = nullcurve_figure_get_series (figure, i);

        told.part[part] |= series->parts[part] != NULL
                           && (split == NULLCURVE_FACETS_NONE || part == NULLCURVE_PART_RUN
                               || series->part_facets[part] != split);
      }
  return told;
}

/* One series for each word of a part that is seen, in the order of its runs or of its ranks. */
static int
compare_ranks (gconstpointer a, gconstpointer b, gpointer part)
{
  const NullcurveSeries *x = *(const NullcurveSeries *const *)a;
  const NullcurveSeries *y = *(const NullcurveSeries *const *)b;
  const guint first = x->part_ranks[GPOINTER_TO_INT (part)];
  const guint second = y->part_ranks[GPOINTER_TO_INT (part)];

  return first < second ? -1 : first > second;
}

static GPtrArray *
collect_seen (const NullcurveFigure *figure, NullcurvePart part)
{
  g_autoptr (GHashTable) known = g_hash_table_new (g_str_hash, g_str_equal);
  GPtrArray *seen = g_ptr_array_new ();

  for (gsize i = 0; i < figure->series->len; i++)
    {
      NullcurveSeries *series = nullcurve_figure_get_series (figure, i);

      if (series->visible && series->parts[part] != NULL && nullcurve_figure_draws (figure, series)
          && g_hash_table_add (known, series->parts[part]))
        g_ptr_array_add (seen, series);
    }
  if (part != NULLCURVE_PART_RUN)
    g_ptr_array_sort_with_data (seen, compare_ranks, GINT_TO_POINTER (part));
  return seen;
}

/* A value that is the only one has marker and dash. */
static guint
wear (const Told *told, guint palette, const guint ranks[NULLCURVE_N_PARTS])
{
  const gboolean first = told->part[NULLCURVE_PART_VALUE];
  const gboolean second = told->part[NULLCURVE_PART_OTHER];

  palette = nullcurve_palette_of_run (palette);
  if (!first && !second)
    return palette;
  return nullcurve_palette_wear (palette,
                                 ranks[first ? NULLCURVE_PART_VALUE : NULLCURVE_PART_OTHER],
                                 ranks[second ? NULLCURVE_PART_OTHER : NULLCURVE_PART_VALUE]);
}

static void
add_key (NullcurveFigure *figure,
         const Told *told,
         NullcurvePart part,
         const NullcurveSeries *series)
{
  const gboolean alone = !told->part[NULLCURVE_PART_VALUE] || !told->part[NULLCURVE_PART_OTHER];
  NullcurveKey *key = g_new0 (NullcurveKey, 1);

  *key = (NullcurveKey){ .label = g_strdup (series->parts[part]), .part = part };
  key->palette = part == NULLCURVE_PART_RUN ? nullcurve_palette_of_run (series->palette)
                                            : wear (told, 0, series->part_ranks);
  key->marker = part != NULLCURVE_PART_RUN && (alone || part == NULLCURVE_PART_VALUE);
  key->dash = part != NULLCURVE_PART_RUN && (alone || part == NULLCURVE_PART_OTHER);
  g_ptr_array_add (figure->keys, key);
}

/* Of one run, or of runs of one curve each, every curve has an entry of its own. */
static void
make_keys (NullcurveFigure *figure, const Told *told)
{
  GPtrArray *seen[NULLCURVE_N_PARTS];
  guint most = 0;

  for (int part = 0; part < NULLCURVE_N_PARTS; part++)
    {
      seen[part] = collect_seen (figure, (NullcurvePart)part);
      if (part != NULLCURVE_PART_RUN && told->part[part])
        most = MAX (most, seen[part]->len);
    }
  for (int part = 0; part < NULLCURVE_N_PARTS; part++)
    for (guint i = 0; i < seen[part]->len && seen[NULLCURVE_PART_RUN]->len > 1 && most > 1; i++)
      if (told->part[part] && seen[part]->len > 1)
        add_key (figure, told, (NullcurvePart)part, g_ptr_array_index (seen[part], i));
  for (int part = 0; part < NULLCURVE_N_PARTS; part++)
    g_ptr_array_unref (seen[part]);
}

void
nullcurve_figure_dress (NullcurveFigure *figure, NullcurveFaceting split)
{
  const Told told = look_what_is_told (figure, split);

  if (figure->keys == NULL)
    figure->keys = g_ptr_array_new_with_free_func (key_free);
  g_ptr_array_set_size (figure->keys, 0);
  for (gsize i = 0; i < figure->series->len; i++)
    {
      NullcurveSeries *series = nullcurve_figure_get_series (figure, i);

      if (series->parts[NULLCURVE_PART_RUN] != NULL)
        series->palette = wear (&told, series->palette, series->part_ranks);
    }
  make_keys (figure, &told);
}
