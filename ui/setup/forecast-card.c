/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/setup/forecast-card.h"

#include "engine/sweep/quantities.h"
#include "ui/resources.h"

#include <glib/gi18n.h>
#include <math.h>

struct _NullcurveForecastCard
{
  GtkBox parent_instance;

  GtkWidget *facts;
  GtkLabel *time;
  GtkLabel *work;
  GtkLabel *memory;
  GtkProgressBar *memory_bar;
  GtkLabel *problem;
  GtkLabel *note;
  GtkBox *remedies;
  GStrv labels; /* of their buttons */
  GtkWidget *warning_box;
  GtkLabel *warning;
};

static guint remedy_signal;

G_DEFINE_FINAL_TYPE (NullcurveForecastCard, nullcurve_forecast_card, GTK_TYPE_BOX)

static void
set_problem (NullcurveForecastCard *self, const char *problem)
{
  gtk_label_set_label (self->problem, problem != NULL ? problem : "");
  gtk_widget_set_visible (GTK_WIDGET (self->problem), problem != NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->note), FALSE);
  if (problem != NULL)
    gtk_widget_add_css_class (GTK_WIDGET (self), "invalid");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self), "invalid");
}

static void
show_memory (NullcurveForecastCard *self, const MoeForecast *forecast)
{
  gsize need = forecast->memory.total_bytes + (forecast->on_device ? 0 : forecast->routing_bytes);
  g_autofree char *need_text = moe_text_bytes (need);
  g_autofree char *there_text = moe_text_bytes (forecast->available_bytes);
  /* Translators: memory that a run needs, and memory that is free; "device" is a GPU */
  const char *format = forecast->on_device ? _ ("%s of %s device memory") : _ ("%s of %s memory");
  g_autofree char *text = g_strdup_printf (format, need_text, there_text);
  gtk_label_set_label (self->memory, text);
  double share =
      forecast->available_bytes > 0 ? (double)need / (double)forecast->available_bytes : 1.0;
  gtk_progress_bar_set_fraction (self->memory_bar, CLAMP (share, 0.0, 1.0));
  if (forecast->fits)
    gtk_widget_remove_css_class (GTK_WIDGET (self->memory_bar), "over");
  else
    gtk_widget_add_css_class (GTK_WIDGET (self->memory_bar), "over");
}

/* Nobody knows beforehand how long settling takes. */
static gboolean
is_open_ended (const MoeForecast *forecast)
{
  return forecast->time_least_s < forecast->time_most_s;
}

static char *
describe_time (const MoeForecast *forecast)
{
  g_autofree char *likely = moe_text_expected (forecast->time_total_s);
  if (!is_open_ended (forecast))
    return g_strdup_printf (_ ("About %s"), likely);
  g_autofree char *least = moe_text_expected (forecast->time_least_s);
  g_autofree char *most = moe_text_expected (forecast->time_most_s);
  if (g_str_equal (least, most))
    return g_strdup_printf (_ ("About %s"), most);
  /* Translators: least and longest time of a run */
  return g_strdup_printf (_ ("%s to %s"), least, most);
}

void
nullcurve_forecast_card_show (NullcurveForecastCard *self,
                              const MoeForecast *forecast,
                              gsize n_points,
                              const char *time_note,
                              const char *problem)
{
  g_return_if_fail (NULLCURVE_IS_FORECAST_CARD (self));
  if (isnan (forecast->time_total_s))
    gtk_label_set_label (self->time, time_note);
  else
    {
      g_autofree char *text = describe_time (forecast);
      gtk_label_set_label (self->time, text);
    }
  g_autofree char *likely = moe_text_expected (forecast->time_total_s);
  g_autofree char *hint = g_strdup_printf (_ ("About %s"), likely);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->time), is_open_ended (forecast) ? hint : NULL);
  g_autofree char *flops = moe_text_flops (forecast->flops_total);
  g_autofree char *work = g_strdup_printf (
      g_dngettext (NULL, "%s in %zu point", "%s in %zu points", n_points), flops, n_points);
  gtk_label_set_label (self->work, work);
  show_memory (self, forecast);
  gtk_widget_set_visible (self->facts, TRUE);
  set_problem (self, problem);
}

void
nullcurve_forecast_card_show_problem (NullcurveForecastCard *self, const char *problem)
{
  g_return_if_fail (NULLCURVE_IS_FORECAST_CARD (self));
  gtk_widget_set_visible (self->facts, FALSE);
  set_problem (self, problem);
}

void
nullcurve_forecast_card_show_note (NullcurveForecastCard *self, const char *note)
{
  g_return_if_fail (NULLCURVE_IS_FORECAST_CARD (self));
  gtk_widget_set_visible (self->facts, FALSE);
  set_problem (self, NULL);
  gtk_label_set_label (self->note, note);
  gtk_widget_set_visible (GTK_WIDGET (self->note), TRUE);
}

static void
remedy_cb (NullcurveForecastCard *self, GtkWidget *button)
{
  guint index = GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (button), "index"));
  g_signal_emit (self, remedy_signal, 0, index);
}

/* Buttons that somebody may be about to press stay while they say the same. */
void
nullcurve_forecast_card_set_remedies (NullcurveForecastCard *self, const char *const *labels)
{
  g_return_if_fail (NULLCURVE_IS_FORECAST_CARD (self));
  GtkWidget *child;
  if (self->labels != NULL && g_strv_equal ((const char *const *)self->labels, labels))
    return;
  g_strfreev (self->labels);
  self->labels = g_strdupv ((char **)labels);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self->remedies))) != NULL)
    gtk_box_remove (self->remedies, child);
  for (guint i = 0; labels[i] != NULL; i++)
    {
      GtkWidget *button = gtk_button_new_with_label (labels[i]);
      g_object_set_data (G_OBJECT (button), "index", GUINT_TO_POINTER (i));
      g_signal_connect_object (button, "clicked", G_CALLBACK (remedy_cb), self, G_CONNECT_SWAPPED);
      gtk_box_append (self->remedies, button);
    }
  gtk_widget_set_visible (GTK_WIDGET (self->remedies), labels[0] != NULL);
}

void
nullcurve_forecast_card_set_warning (NullcurveForecastCard *self, const char *warning)
{
  g_return_if_fail (NULLCURVE_IS_FORECAST_CARD (self));
  gtk_label_set_label (self->warning, warning != NULL ? warning : "");
  gtk_widget_set_visible (self->warning_box, warning != NULL);
}

static void
nullcurve_forecast_card_finalize (GObject *object)
{
  g_strfreev (NULLCURVE_FORECAST_CARD (object)->labels);
  G_OBJECT_CLASS (nullcurve_forecast_card_parent_class)->finalize (object);
}

static void
nullcurve_forecast_card_class_init (NullcurveForecastCardClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  G_OBJECT_CLASS (klass)->finalize = nullcurve_forecast_card_finalize;
  remedy_signal = g_signal_new ("remedy", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                NULL, NULL, G_TYPE_NONE, 1, G_TYPE_UINT);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               NULLCURVE_RESOURCE_BASE "forecast-card.ui");
  gtk_widget_class_bind_template_child (widget_class, NullcurveForecastCard, facts);
  gtk_widget_class_bind_template_child (widget_class, NullcurveForecastCard, time);
  gtk_widget_class_bind_template_child (widget_class, NullcurveForecastCard, work);
  gtk_widget_class_bind_template_child (widget_class, NullcurveForecastCard, memory);
  gtk_widget_class_bind_template_child (widget_class, NullcurveForecastCard, memory_bar);
  gtk_widget_class_bind_template_child (widget_class, NullcurveForecastCard, problem);
  gtk_widget_class_bind_template_child (widget_class, NullcurveForecastCard, note);
  gtk_widget_class_bind_template_child (widget_class, NullcurveForecastCard, remedies);
  gtk_widget_class_bind_template_child (widget_class, NullcurveForecastCard, warning_box);
  gtk_widget_class_bind_template_child (widget_class, NullcurveForecastCard, warning);
}

static void
nullcurve_forecast_card_init (NullcurveForecastCard *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
