/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/views/throughput.h"

#include "ui/report/figures.h"
#include "ui/report/sections-private.h"
#include <glib/gi18n.h>

enum
{
  MAX_SHAPES = 6,  /* that get charts of their own */
  MAX_CURVES = 40, /* in one chart; more tell nothing */
  MAX_STAGE_FIGURES = 4
};

static gboolean
has_shape (const MoeRecord *record, gconstpointer shape)
{
  return record->has_shape && moe_shape_equal (&record->shape, shape);
}

static GArray *
collect_shapes (const GPtrArray *runs)
{
  GArray *shapes = g_array_new (FALSE, FALSE, sizeof (MoeShape));
  for (guint i = 0; i < runs->len; i++)
    for (gsize j = 0; j < moe_run_get_n_records (nullcurve_report_get_run (runs, i))
                      && shapes->len <= MAX_SHAPES;
         j++)
      {
        gboolean known = FALSE;
        const MoeRecord *record = moe_run_get_record (nullcurve_report_get_run (runs, i), j);
        for (guint k = 0; !known && k < shapes->len; k++)
          known = has_shape (record, &g_array_index (shapes, MoeShape, k));
        if (record->has_shape && !known)
          g_array_append_val (shapes, record->shape);
      }
  return shapes;
}

/* The runs with their rows of that shape; runs without any left out. */
static GPtrArray *
runs_of_shape (const GPtrArray *runs, const MoeShape *shape)
{
  GPtrArray *subsets = g_ptr_array_new_with_free_func ((GDestroyNotify)moe_run_unref);
  for (guint i = 0; i < runs->len; i++)
    {
      MoeRun *subset = moe_run_subset (nullcurve_report_get_run (runs, i), has_shape, shape);
      if (moe_run_get_n_records (subset) > 0)
        g_ptr_array_add (subsets, subset);
      else
        moe_run_unref (subset);
    }
  return subsets;
}

static gboolean
has_many_curves (const GPtrArray *runs)
{
  gsize n = 0;
  for (guint i = 0; i < runs->len; i++)
    {
      g_autoptr (GPtrArray) firsts = g_ptr_array_new ();
      for (gsize j = 0;
           j < moe_run_get_n_records (nullcurve_report_get_run (runs, i)) && n <= MAX_CURVES; j++)
        {
          gboolean known = FALSE;
          const MoeRecord *record = moe_run_get_record (nullcurve_report_get_run (runs, i), j);
          for (guint k = 0; !known && k < firsts->len; k++)
            known = moe_record_same_curve (g_ptr_array_index (firsts, k), record);
          if (known)
            continue;
          g_ptr_array_add (firsts, (gpointer)record);
          n++;
        }
    }
  return n > MAX_CURVES;
}

static void
add_shape_figures (NullcurveReport *report, const MoeShape *shape)
{
  char name[MOE_SHAPE_TEXT_SIZE];
  NullcurveThroughputOptions options;
  g_autoptr (GPtrArray) runs = runs_of_shape (report->runs, shape);
  moe_shape_format (shape, name);
  if (has_many_curves (runs))
    {
      GString *text = g_string_new (NULL);
      g_string_printf (text, _ ("There are more than %d curves at %s, too many for a chart."),
                       MAX_CURVES, name);
      g_string_append_c (text, '\n');
      nullcurve_report_add_text (report, text);
      return;
    }
  g_autofree char *throughput = g_strdup_printf (_ ("Throughput at %s"), name);
  g_autofree char *gain = g_strdup_printf (_ ("What null routing buys at %s"), name);
  nullcurve_throughput_options_init (&options);
  options.title = throughput;
  nullcurve_report_add_figure (
      report, nullcurve_figure_throughput ((MoeRun *const *)runs->pdata, runs->len, &options), 620,
      g_strdup_printf (_ ("Tokens per second, and below it TF/s, against the null fraction at "
                          "shape %s. The figures are in the tables of points."),
                       name));
  nullcurve_report_add_figure (
      report, nullcurve_report_figure_gain ((MoeRun *const *)runs->pdata, runs->len, gain), 620,
      g_strdup_printf (_ ("Speed-up against f = 0 with the ideal 1/(1-f), and below it null "
                          "efficiency, against the null fraction at shape %s. The figures are "
                          "in the table of null efficiency."),
                       name));
}

void
nullcurve_report_add_charts (NullcurveReport *report)
{
  g_autoptr (GArray) shapes = collect_shapes (report->runs);
  if (!report->figures || shapes->len == 0)
    return;
  nullcurve_report_add_text (report, nullcurve_report_heading (_ ("Charts")));
  for (guint i = 0; i < MIN (shapes->len, MAX_SHAPES); i++)
    add_shape_figures (report, &g_array_index (shapes, MoeShape, i));
  if (shapes->len > MAX_SHAPES)
    {
      GString *text = g_string_new (_ ("The other shapes are in the tables."));
      nullcurve_report_add_text (report, g_string_append_c (text, '\n'));
    }
}

void
nullcurve_report_add_stage_charts (NullcurveReport *report)
{
  gsize n = 0;
  for (guint i = 0; report->figures && i < report->findings->len && n < MAX_STAGE_FIGURES; i++)
    {
      char shape[MOE_SHAPE_TEXT_SIZE];
      const MoeFinding *finding = g_ptr_array_index (report->findings, i);
      if (!finding->has_stages)
        continue;
      moe_shape_format (&finding->last->shape, shape);
      g_autofree char *title =
          g_strdup_printf (_ ("Stages at %s, top-%d%s%s"), shape, (int)finding->last->topk,
                           finding->label[0] != '\0' ? ", " : "", finding->label);
      NullcurveFigure *figure = nullcurve_report_figure_stages (finding, title);
      if (figure == NULL)
        continue;
      nullcurve_report_add_figure (
          report, figure, 380,
          g_strdup_printf (_ ("%s: nanoseconds per token of each stage against the null "
                              "fraction. The figures are in the table of stages."),
                           title));
      n++;
    }
}
