/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/setup/elsewhere.h"

#include <glib/gi18n.h>
#include <string.h>

struct NullcurveElsewhere
{
  NullcurveFieldRow *row;
  NullcurveForecastCard *card;
  NullcurvePlaces *places; /* NULL: only this machine */
  NullcurveThere *there;
};

NullcurveElsewhere *
nullcurve_elsewhere_new (NullcurveFieldRow *row, NullcurveForecastCard *card)
{
  NullcurveElsewhere *self = g_new0 (NullcurveElsewhere, 1);
  self->row = row;
  self->card = card;
  self->there = nullcurve_there_new ();
  return self;
}

static void
chosen_cb (NullcurveThere *there, NullcurvePlaces *places)
{
  nullcurve_there_set_place (there, nullcurve_places_get_chosen (places));
}

void
nullcurve_elsewhere_free (NullcurveElsewhere *self)
{
  g_object_run_dispose (G_OBJECT (self->there));
  g_object_unref (self->there);
  g_clear_object (&self->places);
  g_free (self);
}

void
nullcurve_elsewhere_set_places (NullcurveElsewhere *self, NullcurvePlaces *places)
{
  self->places = g_object_ref (places);
  g_signal_connect_object (places, "chosen-changed", G_CALLBACK (chosen_cb), self->there,
                           G_CONNECT_SWAPPED);
  chosen_cb (self->there, places);
}

NullcurvePlace *
nullcurve_elsewhere_get_place (NullcurveElsewhere *self)
{
  return nullcurve_there_get_place (self->there);
}

NullcurveThere *
nullcurve_elsewhere_get_there (NullcurveElsewhere *self)
{
  return self->there;
}

static void
show_asking (NullcurveElsewhere *self)
{
  NullcurvePlace *place = nullcurve_elsewhere_get_place (self);
  const char *name = nullcurve_place_get_name (place);
  g_autofree char *note = nullcurve_place_get_busy (place)
                              ? g_strdup_printf (_ ("%s measures; it is asked after that."), name)
                              : g_strdup_printf (_ ("Asking %s…"), name);
  nullcurve_forecast_card_show_note (self->card, note);
}

const char *
nullcurve_elsewhere_check (NullcurveElsewhere *self, const MoeOptions *options)
{
  const char *problem = nullcurve_there_get_problem (self->there);
  MoeToldForecast told;
  nullcurve_there_forecast (self->there, options);
  if (problem == NULL)
    problem = nullcurve_there_get_refusal (self->there);
  if (problem != NULL)
    nullcurve_forecast_card_show_problem (self->card, problem);
  else if (nullcurve_there_get_forecast (self->there, &told))
    {
      problem = told.problem;
      nullcurve_forecast_card_show (self->card, &told.forecast, told.points,
                                    _ ("No rates of that machine"), problem);
    }
  else
    show_asking (self);
  return problem;
}

void
nullcurve_elsewhere_explain (NullcurveElsewhere *self)
{
  GHashTable *facts = nullcurve_there_get_facts (self->there);
  g_autofree char *machine = facts != NULL ? moe_told_machine (facts) : NULL;
  g_autofree char *limits = facts != NULL ? moe_told_limits (facts) : NULL;
  const char *problem = nullcurve_there_get_problem (self->there);
  gboolean asked = nullcurve_elsewhere_get_place (self) != NULL && problem == NULL;
  nullcurve_field_row_set_problem (self->row, problem);
  nullcurve_field_row_set_note (self->row, machine != NULL ? machine
                                           : asked         ? _ ("Asking…")
                                                           : NULL);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->row), limits);
}

const char *
nullcurve_elsewhere_get_accelerator_note (NullcurveElsewhere *self, const MoeOptions *options)
{
  MoeAccelerators *all = nullcurve_there_get_accelerators (self->there);
  gssize choice = all != NULL ? moe_accelerators_find_choice (all, options->accelerator) : -1;
  MoeToldForecast told;
  if (choice >= 0)
    return moe_accelerators_get (all, (gsize)choice)->device_text;
  return nullcurve_there_get_forecast (self->there, &told) ? told.why : NULL;
}

gsize
nullcurve_elsewhere_get_threads (NullcurveElsewhere *self)
{
  GHashTable *facts = nullcurve_there_get_facts (self->there);
  const char *threads = facts != NULL ? g_hash_table_lookup (facts, "threads") : NULL;
  guint64 n = 0;
  if (threads != NULL)
    g_ascii_string_to_unsigned (threads, 10, 1, G_MAXUINT, &n, NULL);
  return (gsize)n;
}
