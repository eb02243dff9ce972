/* SPDX-License-Identifier: Apache-2.0 */
/* How large the work was: rows that an expert gets, and the floor under a step.  A run with few of
 * them is a run of the memory, whatever its null fraction, and its figures must not be read as
 * those of a large one. */
#include <glib/gi18n.h>
#include <math.h>

#include "engine/records/bound.h"
#include "ui/report/sections-private.h"

/* Beyond it a share of the floor is no noise of either. */
static const double impossible_share = 1.05;

/* Of the points of a run. */
typedef struct Size
{
  double least_rows, most_rows;   /* an expert's; NaN before the first */
  double least_share, most_share; /* of the floor */
  gsize n;                        /* points whose floor is known */
  gsize n_weights;                /* those bound by reading weights */
} Size;

static void
add_range (double *least, double *most, double value)
{
  *least = fmin (*least, value);
  *most = fmax (*most, value);
}

static void
add_point (Size *size, const MoeRun *run, const MoeRecord *record)
{
  MoeFloor floor = moe_run_floor (run, record);
  if (record->has_shape && record->shape.experts > 0 && record->real_assignments >= 0)
    add_range (&size->least_rows, &size->most_rows,
               (double)record->real_assignments / (double)record->shape.experts);
  if (floor == MOE_FLOOR_UNKNOWN)
    return;
  size->n++;
  size->n_weights += floor == MOE_FLOOR_WEIGHTS;
  add_range (&size->least_share, &size->most_share, moe_run_bound_share (run, record));
}

/* Two digits at least. */
static void
format_figure (double value, char text[G_ASCII_DTOSTR_BUF_SIZE])
{
  g_ascii_formatd (text, G_ASCII_DTOSTR_BUF_SIZE, value < 9.95 ? "%.2g" : "%.0f", value);
}

/* "3.7 to 68", or one of them where both read alike; the caller's (g_free). */
static char *
format_range (double least, double most)
{
  char from[G_ASCII_DTOSTR_BUF_SIZE], to[G_ASCII_DTOSTR_BUF_SIZE];
  format_figure (least, from);
  format_figure (most, to);
  return g_str_equal (from, to) ? g_strdup (from) : g_strdup_printf (_ ("%s to %s"), from, to);
}

static void
append_item (GString *text, const char *sentence)
{
  g_string_append_printf (text, "- %s\n", sentence);
}

/* A matrix with its tokens divided keeps the weights of the whole. */
static void
append_scale (GString *text, const MoeRun *run)
{
  const char *scale = moe_run_get_fact (run, "scale");
  if (scale == NULL || g_str_equal (scale, "1"))
    return;
  g_autoptr (GString) shown = g_string_new (NULL);
  nullcurve_report_append_escaped (shown, scale);
  g_autofree char *sentence = g_strdup_printf (
      _ ("The tokens of the published experiment are divided by %s, its weights are not."),
      shown->str);
  append_item (text, sentence);
}

static void
append_weights (GString *text, const Size *size)
{
  if (size->n_weights == 0)
    return;
  g_autofree char *sentence =
      size->n_weights == size->n
          ? g_strdup (_ ("At every point the floor is the reading and writing of weights: null "
                         "slots remove work there, but hardly any of those bytes."))
          : g_strdup_printf (_ ("At %zu of %zu points the floor is the reading and writing of "
                                "weights: null slots remove work there, but hardly any of those "
                                "bytes."),
                             size->n_weights, size->n);
  append_item (text, sentence);
}

static void
append_floor (GString *text, const Size *size)
{
  if (isnan (size->most_share))
    return;
  if (size->most_share > impossible_share)
    {
      append_item (text,
                   _ ("Tokens/s is above what this machine's limits allow, so that these were "
                      "not measured well, as when it was busy; nothing is said of a floor."));
      return;
    }
  g_autofree char *share = format_range (100 * size->least_share, 100 * size->most_share);
  g_autofree char *sentence = g_strdup_printf (
      _ ("Tokens/s is %s %% of the roofline, the floor under a step at this machine's limits."),
      share);
  append_item (text, sentence);
  append_weights (text, size);
}

static void
append_size (GString *text, const MoeRun *run)
{
  Size size = { NAN, NAN, NAN, NAN, 0, 0 };
  for (gsize i = 0; i < moe_run_get_n_records (run); i++)
    add_point (&size, run, moe_run_get_record (run, i));
  if (isnan (size.most_rows))
    return;
  append_scale (text, run);
  g_autofree char *rows = format_range (size.least_rows, size.most_rows);
  g_autofree char *sentence =
      g_strdup_printf (_ ("An expert gets %s rows a step, in the mean over all experts."), rows);
  append_item (text, sentence);
  append_floor (text, &size);
}

void
nullcurve_report_add_size (NullcurveReport *report)
{
  GString *text = nullcurve_report_heading (_ ("How large the work is"));
  gsize start = text->len;
  for (guint i = 0; i < report->runs->len; i++)
    {
      const MoeRun *run = nullcurve_report_get_run (report->runs, i);
      g_autoptr (GString) items = g_string_new (NULL);
      append_size (items, run);
      if (items->len == 0)
        continue;
      nullcurve_report_append_run_heading (report, text, run);
      g_string_append_printf (text, "\n%s", items->str);
    }
  if (text->len > start)
    nullcurve_report_add_text (report, text);
  else
    g_string_free (text, TRUE);
}
