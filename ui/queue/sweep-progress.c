/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/queue/sweep-progress.h"

#include "engine/bench/stats.h"
#include "engine/records/rates.h"
#include "engine/sweep/quantities.h"
#include "ui/resources.h"

#include <glib/gi18n.h>
#include <math.h>

struct _NullcurveSweepProgress
{
  AdwBin parent_instance;

  GtkRevealer *revealer;
  GtkLabel *what;
  GtkProgressBar *bar;
  GtkLabel *percent;
  GtkLabel *left;
  GtkLabel *device;

  NullcurveSweepQueue *queue;
};

G_DEFINE_FINAL_TYPE (NullcurveSweepProgress, nullcurve_sweep_progress, ADW_TYPE_BIN)

/* "top-8, null 0.6, sample 3 of 5" */
static char *
describe_point (NullcurveSweepQueue *queue, const MoeProgress *progress)
{
  const MoePlan *plan = nullcurve_sweep_queue_get_plan (queue);
  if (progress->phase == MOE_RUN_PHASE_CHECK)
    return g_strdup (_ ("Checking against the reference…"));
  if (progress->phase == MOE_RUN_PHASE_QUIET)
    return g_strdup (_ ("Waiting for a quiet machine…"));
  if (progress->phase == MOE_RUN_PHASE_SETUP || plan == NULL || progress->point >= plan->n_points)
    return g_strdup (_ ("Taking memory, sampling routings…"));
  const MoePoint *point = &plan->points[progress->point];
  if (progress->phase == MOE_RUN_PHASE_WARMUP)
    return g_strdup_printf (_ ("top-%zu, null %.2g, warming up"), point->block.topk,
                            point->routing.null_target);
  if (progress->to_settle > 0)
    return g_strdup_printf (_ ("%zu of %zu points settled · top-%zu, null %.2g"), progress->settled,
                            progress->to_settle, point->block.topk, point->routing.null_target);
  return g_strdup_printf (_ ("top-%zu, null %.2g, sample %zu of %zu"), point->block.topk,
                          point->routing.null_target, progress->round + 1,
                          MAX (plan->options.iters, progress->round + 1));
}

/* "2 of 6: top-8, null 0.6, sample 3 of 5" where several sweeps are measured in a row. */
static char *
describe_sweep (NullcurveSweepQueue *queue, const MoeProgress *progress)
{
  guint n_sweeps, place = nullcurve_sweep_queue_get_place (queue, &n_sweeps);
  g_autofree char *point = describe_point (queue, progress);
  return n_sweeps > 1 ? g_strdup_printf (_ ("%u of %u: %s"), place, n_sweeps, point)
                      : g_steal_pointer (&point);
}

static void
append_part (GString *text, char *part)
{
  if (part != NULL)
    g_string_append_printf (text, "%s%s", text->len > 0 ? " · " : "", part);
  g_free (part);
}

/* "spread 0.8 %" of the samples that the point in work has so far; NULL before the second. */
static char *
describe_spread (MoeRun *run, const MoeProgress *progress)
{
  MoeSpread spread;
  if (progress->phase != MOE_RUN_PHASE_MEASURE || progress->point >= moe_run_get_n_records (run)
      || !moe_record_rate_spread (moe_run_get_record (run, progress->point), &spread)
      || spread.n < 2)
    return NULL;
  if (moe_spread_is_wild (&spread))
    return g_strdup (_ ("spread more than 2×"));
  return g_strdup_printf (_ ("spread %.1f %%"), 100 * moe_spread_relative (&spread));
}

/* "42 s left · spread 0.8 % · governor performance", as far as it is known. */
static char *
describe_rest (NullcurveSweepQueue *queue, const MoeProgress *progress)
{
  GString *text = g_string_new (NULL);
  MoeRun *run = nullcurve_sweep_queue_get_run (queue);
  const char *governor = moe_run_get_fact (run, "governor");
  double remaining_s = nullcurve_sweep_queue_get_remaining_s (queue);
  if (!isnan (remaining_s))
    {
      g_autofree char *duration = moe_text_duration (remaining_s);
      append_part (text, g_strdup_printf (_ ("%s left"), duration));
    }
  append_part (text, describe_spread (run, progress));
  append_part (text, governor != NULL ? g_strdup_printf (_ ("governor %s"), governor) : NULL);
  return g_string_free (text, FALSE);
}

static void
progress_cb (NullcurveSweepProgress *self)
{
  const MoeProgress *progress = nullcurve_sweep_queue_get_progress (self->queue);
  double share = nullcurve_sweep_queue_get_share (self->queue);
  g_autofree char *percent = g_strdup_printf (_ ("%.0f %%"), 100 * share);
  gtk_progress_bar_set_fraction (self->bar, share);
  gtk_label_set_label (self->percent, percent);
  /* What a person asked for stands there until it is so. */
  if (nullcurve_sweep_queue_get_state (self->queue) != NULLCURVE_SWEEP_GOING)
    return;
  g_autofree char *what = describe_sweep (self->queue, progress);
  g_autofree char *rest = describe_rest (self->queue, progress);
  gtk_label_set_label (self->what, what);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->what),
                               progress->phase == MOE_RUN_PHASE_QUIET
                                   ? _ ("Other programs keep the processors busy. How long to "
                                        "wait is set under Advanced, as Wait for quiet.")
                                   : NULL);
  gtk_label_set_label (self->left, rest);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->left), rest);
}

/* The line of the sensors belongs to the strip, or is one of its own. */
static void
reveal (NullcurveSweepProgress *self, gboolean revealed)
{
  gtk_revealer_set_reveal_child (self->revealer, revealed);
  if (revealed)
    gtk_widget_remove_css_class (GTK_WIDGET (self->device), "alone");
  else
    gtk_widget_add_css_class (GTK_WIDGET (self->device), "alone");
}

static void
show_plain (NullcurveSweepProgress *self, const char *what, double fraction)
{
  gtk_label_set_label (self->what, what);
  gtk_label_set_label (self->percent, "");
  gtk_label_set_label (self->left, "");
  gtk_progress_bar_set_fraction (self->bar, CLAMP (fraction, 0, 1));
}

static void
state_cb (NullcurveSweepProgress *self)
{
  NullcurveSweepState state = nullcurve_sweep_queue_get_state (self->queue);
  if (state == NULLCURVE_SWEEP_GOING && nullcurve_sweep_queue_get_progress (self->queue) == NULL)
    show_plain (self, _ ("Preparing…"), 0);
  else if (state == NULLCURVE_SWEEP_STOPPING)
    gtk_label_set_label (self->what, _ ("Stopping…"));
  else if (state == NULLCURVE_SWEEP_PAUSING)
    gtk_label_set_label (self->what, _ ("Pausing after this sample…"));
  else if (state == NULLCURVE_SWEEP_PAUSED)
    {
      gtk_label_set_label (self->what, _ ("Paused"));
      gtk_label_set_label (self->left, "");
    }
  reveal (self, state != NULLCURVE_SWEEP_NONE);
}

void
nullcurve_sweep_progress_set_queue (NullcurveSweepProgress *self, NullcurveSweepQueue *queue)
{
  g_return_if_fail (NULLCURVE_IS_SWEEP_PROGRESS (self) && self->queue == NULL);
  self->queue = g_object_ref (queue);
  g_signal_connect_object (queue, "progress", G_CALLBACK (progress_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (queue, "state-changed", G_CALLBACK (state_cb), self, G_CONNECT_SWAPPED);
}

void
nullcurve_sweep_progress_show_other (NullcurveSweepProgress *self,
                                     const char *what,
                                     double fraction)
{
  g_return_if_fail (NULLCURVE_IS_SWEEP_PROGRESS (self));
  if (nullcurve_sweep_queue_get_state (self->queue) != NULLCURVE_SWEEP_NONE)
    return;
  if (what != NULL)
    show_plain (self, what, fraction);
  reveal (self, what != NULL);
}

void
nullcurve_sweep_progress_show_device (NullcurveSweepProgress *self, const char *text)
{
  g_return_if_fail (NULLCURVE_IS_SWEEP_PROGRESS (self));
  gtk_label_set_label (self->device, text != NULL ? text : "");
  gtk_widget_set_visible (GTK_WIDGET (self->device), text != NULL);
}

static void
nullcurve_sweep_progress_dispose (GObject *object)
{
  g_clear_object (&NULLCURVE_SWEEP_PROGRESS (object)->queue);
  G_OBJECT_CLASS (nullcurve_sweep_progress_parent_class)->dispose (object);
}

static void
nullcurve_sweep_progress_class_init (NullcurveSweepProgressClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  G_OBJECT_CLASS (klass)->dispose = nullcurve_sweep_progress_dispose;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               NULLCURVE_RESOURCE_BASE "sweep-progress.ui");
  gtk_widget_class_bind_template_child (widget_class, NullcurveSweepProgress, revealer);
  gtk_widget_class_bind_template_child (widget_class, NullcurveSweepProgress, what);
  gtk_widget_class_bind_template_child (widget_class, NullcurveSweepProgress, bar);
  gtk_widget_class_bind_template_child (widget_class, NullcurveSweepProgress, percent);
  gtk_widget_class_bind_template_child (widget_class, NullcurveSweepProgress, left);
  gtk_widget_class_bind_template_child (widget_class, NullcurveSweepProgress, device);
}

static void
nullcurve_sweep_progress_init (NullcurveSweepProgress *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
