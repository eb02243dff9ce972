/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/figure/facets.h"

#include <glib/gi18n.h>
#include <string.h>

#include "ui/figure/keys.h"

static const char *const unknown = N_ ("not told");
static const char *const others = N_ ("others");

static const char *
title_of (const NullcurveSeries *series, NullcurveFaceting by)
{
  return series->facet_titles[by] != NULL ? series->facet_titles[by] : _ (unknown);
}

static gint64
last_number (const char *title)
{
  const char *digits = title + strlen (title);

  while (digits > title && g_ascii_isdigit (digits[-1]))
    digits--;
  return g_ascii_strtoll (digits, NULL, 10);
}

static int
compare_numbers (gconstpointer a, gconstpointer b)
{
  const gint64 first = last_number (*(const char *const *)a);
  const gint64 second = last_number (*(const char *const *)b);

  return first < second ? -1 : first > second;
}

/* The titles of what is visible: top-k by its number, shapes in the order of the series. */
static void
collect_titles (NullcurveFigure *figure, NullcurveFaceting by)
{
  for (gsize i = 0; i < figure->series->len; i++)
    {
      const NullcurveSeries *series = nullcurve_figure_get_series (figure, i);
      const char *title = title_of (series, by);

      if (series->visible
          && !g_ptr_array_find_with_equal_func (figure->facets, title, g_str_equal, NULL))
        g_ptr_array_add (figure->facets, g_strdup (title));
    }
  if (by == NULLCURVE_FACETS_TOPK)
    g_ptr_array_sort (figure->facets, compare_numbers);
}

static void
limit_titles (GPtrArray *facets)
{
  if (facets->len <= NULLCURVE_FIGURE_MAX_FACETS)
    return;
  g_ptr_array_set_size (facets, NULLCURVE_FIGURE_MAX_FACETS - 1);
  g_ptr_array_add (facets, g_strdup (_ (others)));
}

/* The first visible series with the same label gives entry and colour. */
static void
share_entry (NullcurveFigure *figure, gsize index)
{
  NullcurveSeries *series = nullcurve_figure_get_series (figure, index);

  for (gsize i = 0; i < index; i++)
    {
      const NullcurveSeries *other = nullcurve_figure_get_series (figure, i);

      if (!other->visible || !series->visible || !g_str_equal (other->label, series->label))
        continue;
      series->entry = other->entry;
      series->palette = other->palette;
      return;
    }
}

/* In the last facet, which several values may share, labels keep telling them apart. */
static void
enter_facet (NullcurveFigure *figure, gsize index, NullcurveFaceting by)
{
  NullcurveSeries *series = nullcurve_figure_get_series (figure, index);
  guint at;

  if (!g_ptr_array_find_with_equal_func (figure->facets, title_of (series, by), g_str_equal, &at))
    {
      series->facet = figure->facets->len - 1;
      return;
    }
  series->facet = at;
  if (series->facet_labels[by] == NULL)
    return;
  nullcurve_figure_set_text (&series->label, series->facet_labels[by]);
  share_entry (figure, index);
}

void
nullcurve_figure_split (NullcurveFigure *figure, NullcurveFaceting by)
{
  if (by == NULLCURVE_FACETS_NONE || figure->facets->len > 0)
    return;
  collect_titles (figure, by);
  limit_titles (figure->facets);
  if (figure->facets->len < 2)
    {
      g_ptr_array_set_size (figure->facets, 0);
      return;
    }
  nullcurve_figure_dress (figure, by);
  for (gsize i = 0; i < figure->series->len; i++)
    enter_facet (figure, i, by);
}
