/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/figure/by-experts.h"

#include <math.h>
#include <string.h>

static double
experts_at (double topk, double fraction)
{
  return topk * (1.0 - fraction);
}

/* Ascending fractions are descending experts. */
static void
turn (GArray *array)
{
  const guint size = g_array_get_element_size (array);
  g_autofree char *spare = g_malloc (size);

  for (guint i = 0; i + 1 < array->len - i; i++)
    {
      char *a = array->data + (gsize)i * size;
      char *b = array->data + (gsize)(array->len - 1 - i) * size;

      memcpy (spare, a, size);
      memcpy (a, b, size);
      memcpy (b, spare, size);
    }
}

static void
move_path (GArray *path, double topk)
{
  for (guint i = 0; i < path->len; i++)
    {
      NullcurveXY *xy = &g_array_index (path, NullcurveXY, i);

      xy->x = experts_at (topk, xy->x);
    }
  turn (path);
}

static void
move_series (NullcurveSeries *series)
{
  for (gsize p = 0; p < NULLCURVE_FIGURE_MAX_PANELS; p++)
    {
      for (guint i = 0; i < series->points[p]->len; i++)
        {
          NullcurvePoint *point = &g_array_index (series->points[p], NullcurvePoint, i);

          point->x = experts_at (series->topk, point->x);
          point->x_realised = experts_at (series->topk, point->x_realised);
        }
      turn (series->points[p]);
      move_path (series->forecast[p], series->topk);
      move_path (series->bound[p], series->topk);
    }
}

/* The top-k of all that is seen; 0 where there are several. */
static double
common_topk (const NullcurveFigure *figure)
{
  double topk = 0.0;

  for (gsize i = 0; i < figure->series->len; i++)
    {
      const NullcurveSeries *series = nullcurve_figure_get_series (figure, i);

      if (!series->visible)
        continue;
      if (topk > 0.0 && series->topk != topk)
        return 0.0;
      topk = series->topk;
    }
  return topk;
}

static void
move_references (const NullcurveFigure *figure, NullcurvePanel *panel, double common)
{
  for (guint i = panel->references->len; i-- > 0;)
    {
      NullcurveReference *reference = g_ptr_array_index (panel->references, i);
      const double topk = reference->series >= 0
                              ? nullcurve_figure_get_series (figure, (gsize)reference->series)->topk
                              : common;

      if (topk > 0.0)
        move_path (reference->curve, topk);
      else if (reference->curve->len > 0)
        g_ptr_array_remove_index (panel->references, i);
    }
}

void
nullcurve_figure_by_experts (NullcurveFigure *figure)
{
  double topk;

  for (gsize i = 0; i < figure->series->len; i++)
    {
      NullcurveSeries *series = nullcurve_figure_get_series (figure, i);

      if (series->topk > 0.0)
        move_series (series);
      else
        series->visible = FALSE;
    }
  topk = common_topk (figure);
  for (gsize p = 0; p < figure->n_panels; p++)
    move_references (figure, &figure->panels[p], topk);
  nullcurve_figure_set_x (figure, NULLCURVE_X_EXPERTS);
  figure->x_end = 0.0;
  figure->marker = NAN;
}
