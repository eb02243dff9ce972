/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/hands/legend.h"

void
nullcurve_legend_init (NullcurveLegend *legend)
{
  *legend = (NullcurveLegend){ 0 };
  legend->hidden = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
}

void
nullcurve_legend_clear (NullcurveLegend *legend)
{
  g_clear_pointer (&legend->hidden, g_hash_table_unref);
}

static gboolean
is_in (const NullcurveRect *rect, double x, double y)
{
  const double slack = 3.0;

  return rect->width > 0.0 && x >= rect->x - slack && x <= rect->x + rect->width + slack
         && y >= rect->y - slack && y <= rect->y + rect->height + slack;
}

static NullcurveLegendPlace
find_place (const NullcurveLayout *layout, double x, double y, gsize *item)
{
  if (layout == NULL)
    return NULLCURVE_LEGEND_NOTHING;
  for (gsize i = 0; i < layout->legend->len; i++)
    {
      const NullcurveLegendItem *entry = &g_array_index (layout->legend, NullcurveLegendItem, i);

      *item = i;
      if ((nullcurve_legend_series (layout->figure, entry->series) != NULL
           || nullcurve_legend_key (layout->figure, entry->series) != NULL)
          && is_in (&entry->rect, x, y))
        return NULLCURVE_LEGEND_ENTRY;
    }
  return layout->legend_left_off > 0 && is_in (&layout->legend_more, x, y)
             ? NULLCURVE_LEGEND_MORE
             : NULLCURVE_LEGEND_NOTHING;
}

gboolean
nullcurve_legend_hover (NullcurveLegend *legend, const NullcurveLayout *layout, double x, double y)
{
  gsize item = 0;
  const NullcurveLegendPlace place = find_place (layout, x, y, &item);
  const gboolean moved = place != legend->hovered || item != legend->item;

  legend->hovered = place;
  legend->item = item;
  return moved;
}

const NullcurveRect *
nullcurve_legend_hovered_rect (const NullcurveLegend *legend, const NullcurveLayout *layout)
{
  if (legend->hovered == NULLCURVE_LEGEND_MORE)
    return &layout->legend_more;
  return legend->hovered == NULLCURVE_LEGEND_ENTRY && legend->item < layout->legend->len
             ? &g_array_index (layout->legend, NullcurveLegendItem, legend->item).rect
             : NULL;
}

/* Curves are known by their keys, so that they stay hidden in figures to come. */
void
nullcurve_legend_apply (const NullcurveLegend *legend, NullcurveFigure *figure)
{
  for (gsize i = 0; i < figure->series->len; i++)
    if (nullcurve_figure_get_series (figure, i)->entry == i)
      nullcurve_figure_hide (figure, i, FALSE);
  for (gsize i = 0; i < figure->series->len; i++)
    if (g_hash_table_contains (legend->hidden, nullcurve_figure_get_series (figure, i)->key))
      nullcurve_figure_hide (figure, i, TRUE);
}

void
nullcurve_legend_set_hidden (NullcurveLegend *legend,
                             const NullcurveFigure *figure,
                             gsize entry,
                             gboolean hidden)
{
  for (gsize i = 0; i < figure->series->len; i++)
    {
      const NullcurveSeries *series = nullcurve_figure_get_series (figure, i);

      if (!nullcurve_legend_has (figure, entry, i))
        continue;
      if (hidden)
        g_hash_table_add (legend->hidden, g_strdup (series->key));
      else
        g_hash_table_remove (legend->hidden, series->key);
    }
}

/* Are its curves shown, and no others? */
static gboolean
is_alone (const NullcurveFigure *figure, gsize entry)
{
  for (gsize i = 0; i < figure->series->len; i++)
    {
      const NullcurveSeries *series = nullcurve_figure_get_series (figure, i);

      if (series->visible && series->hidden == nullcurve_legend_has (figure, entry, i))
        return FALSE;
    }
  return TRUE;
}

void
nullcurve_legend_toggle (NullcurveLegend *legend,
                         const NullcurveFigure *figure,
                         gsize index,
                         gboolean only)
{
  const NullcurveSeries *series = nullcurve_legend_series (figure, index);
  const gsize entry = series != NULL ? series->entry : index;
  const gboolean alone = is_alone (figure, entry);

  if (!only)
    nullcurve_legend_set_hidden (legend, figure, entry,
                                 !nullcurve_legend_is_hidden (figure, entry));
  for (gsize i = 0; only && i < figure->series->len; i++)
    if (nullcurve_figure_get_series (figure, i)->entry == i)
      nullcurve_legend_set_hidden (legend, figure, i,
                                   !alone && !nullcurve_legend_has (figure, entry, i));
}
