/* SPDX-License-Identifier: Apache-2.0 */
/* What the back of a chart is made of, as a number. */
#include "ui/chart/render.h"

#include <string.h>

static void
add_word (guint64 *digest, guint64 word)
{
  *digest = (*digest ^ word) * G_GUINT64_CONSTANT (0x9E3779B97F4A7C15);
  *digest ^= *digest >> 29;
}

static void
add_real (guint64 *digest, double value)
{
  guint64 word;

  memcpy (&word, &value, sizeof word);
  add_word (digest, word);
}

static void
add_rect (guint64 *digest, const NullcurveRect *rect)
{
  add_real (digest, rect->x);
  add_real (digest, rect->y);
  add_real (digest, rect->width);
  add_real (digest, rect->height);
}

static void
add_axis (guint64 *digest, const NullcurveAxis *axis)
{
  add_word (digest, axis->scale);
  add_real (digest, axis->min);
  add_real (digest, axis->max);
  add_word (digest, axis->n_ticks);
  for (gsize i = 0; i < axis->n_ticks; i++)
    add_real (digest, axis->ticks[i].value);
}

static void
add_places (guint64 *digest, const GArray *places)
{
  add_word (digest, places->len);
  for (guint i = 0; i < places->len; i++)
    {
      const NullcurveXY *xy = &g_array_index (places, NullcurveXY, i);

      add_real (digest, xy->x);
      add_real (digest, xy->y);
    }
}

static void
add_point (guint64 *digest, const NullcurvePoint *point)
{
  add_real (digest, point->x);
  add_real (digest, point->y);
  add_real (digest, point->base);
  add_real (digest, point->lower);
  add_real (digest, point->upper);
  add_word (digest, (point->processor != FALSE) | (guint64)(point->measuring != FALSE) << 1);
  add_word (digest, point->n_samples);
  add_word (digest, point->n_disturbed);
  for (gsize i = 0; i < point->n_samples; i++)
    add_real (digest, point->samples[i]);
}

static void
add_series (guint64 *digest, const NullcurveSeries *series, gsize n_panels)
{
  add_word (digest, series->palette);
  add_word (digest, series->facet);
  add_word (digest, series->band);
  for (gsize panel = 0; panel < n_panels; panel++)
    {
      const gsize n = nullcurve_series_n_points (series, panel);

      add_word (digest, n);
      for (gsize i = 0; i < n; i++)
        add_point (digest, nullcurve_series_get_point (series, panel, i));
      add_places (digest, series->forecast[panel]);
      add_places (digest, series->bound[panel]);
    }
}

static void
add_words (guint64 *digest, const char *words)
{
  /* Two strings of one hash and length are not told apart by chance. */
  add_word (digest, words != NULL ? g_str_hash (words) | (guint64)strlen (words) << 32 : 0);
}

static void
add_reference (guint64 *digest, const NullcurveFigure *figure, const NullcurveReference *reference)
{
  const NullcurveSeries *series =
      reference->series >= 0 ? nullcurve_figure_get_series (figure, (gsize)reference->series)
                             : NULL;

  add_words (digest, reference->label);
  add_real (digest, reference->y);
  add_places (digest, reference->curve);
  add_word (digest, (reference->dashed != FALSE) | (guint64)(reference->keyed != FALSE) << 1);
  add_word (digest, series != NULL);
  if (series == NULL)
    return;
  add_word (digest, series->palette);
  add_word (digest, series->facet);
  add_word (digest, nullcurve_series_is_shown (series));
}

static void
add_legend (guint64 *digest, const NullcurveLayout *layout)
{
  const NullcurveFigure *figure = layout->figure;

  add_word (digest, layout->legend_font);
  add_word (digest, layout->legend->len);
  add_word (digest, layout->legend_left_off);
  add_rect (digest, &layout->legend_more);
  for (guint i = 0; i < layout->legend->len; i++)
    {
      const NullcurveLegendItem *item = &g_array_index (layout->legend, NullcurveLegendItem, i);
      const NullcurveSeries *series = nullcurve_legend_series (figure, item->series);
      const NullcurveReference *reference = nullcurve_legend_reference (figure, item->series);
      const NullcurveKey *key = nullcurve_legend_key (figure, item->series);

      add_rect (digest, &item->rect);
      add_words (digest, nullcurve_legend_label (figure, item->series));
      add_word (digest, nullcurve_legend_is_hidden (figure, item->series));
      if (series != NULL)
        {
          add_word (digest, series->palette);
          add_word (digest, series->hidden);
          add_word (digest, nullcurve_figure_is_area (figure, series));
        }
      if (reference != NULL)
        add_reference (digest, figure, reference);
      if (key != NULL)
        {
          add_word (digest, key->palette);
          add_word (digest, key->part);
          add_word (digest, (key->dash != FALSE) | (guint64)(key->marker != FALSE) << 1);
        }
    }
}

static void
add_panel (guint64 *digest, const NullcurveFigure *figure, const NullcurvePanel *panel)
{
  add_word (digest, panel->stacked);
  add_word (digest, panel->references->len);
  for (guint i = 0; i < panel->references->len; i++)
    add_reference (digest, figure, g_ptr_array_index (panel->references, i));
}

/* Places and axes of all plots. */
static void
add_cells (guint64 *digest, const NullcurveLayout *layout)
{
  add_real (digest, layout->width);
  add_real (digest, layout->height);
  add_word (digest, layout->has_data);
  add_word (digest, layout->n_facets);
  add_word (digest, layout->n_panels);
  for (gsize cell = 0; cell < layout->n_facets * layout->n_panels; cell++)
    {
      add_rect (digest, &layout->panels[cell].plot);
      add_axis (digest, &layout->panels[cell].x);
      add_axis (digest, &layout->panels[cell].y);
      add_real (digest, layout->panels[cell].y_full.lo);
      add_real (digest, layout->panels[cell].y_full.hi);
    }
}

guint64
nullcurve_chart_digest_back (const NullcurveLayout *layout)
{
  const NullcurveFigure *figure = layout->figure;
  guint64 digest = 0;

  add_cells (&digest, layout);
  add_legend (&digest, layout);
  add_word (&digest, figure->scattered);
  add_word (&digest, nullcurve_viewport_is_zoomed (&figure->viewport));
  for (gsize panel = 0; panel < layout->n_panels; panel++)
    add_panel (&digest, figure, &figure->panels[panel]);
  /* Which one keeps its band, where few do. */
  for (gsize facet = 0; facet < layout->n_facets; facet++)
    {
      const NullcurveSeries *band = nullcurve_figure_only_band (figure, facet);
      guint at = 0;

      while (band != NULL && nullcurve_figure_get_series (figure, at) != band)
        at++;
      add_word (&digest, band == NULL ? 0 : band->current ? 1 : at + 2);
    }
  for (gsize i = 0; i < figure->series->len; i++)
    {
      const NullcurveSeries *series = nullcurve_figure_get_series (figure, i);

      if (nullcurve_series_is_shown (series) && !series->current)
        add_series (&digest, series, layout->n_panels);
    }
  return digest;
}
