/* SPDX-License-Identifier: Apache-2.0 */
/* What a run will take, before it is started: time, work, memory of what there is; or why it
 * cannot run. */
#pragma once

#include "engine/machine/forecast.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define NULLCURVE_TYPE_FORECAST_CARD (nullcurve_forecast_card_get_type ())
G_DECLARE_FINAL_TYPE (
    NullcurveForecastCard, nullcurve_forecast_card, NULLCURVE, FORECAST_CARD, GtkBox)

/* `time_note` is said in place of the time while that is NaN.  `problem` (NULL: none) is why the
 * plan does not fit. */
void nullcurve_forecast_card_show (NullcurveForecastCard *self,
                                   const MoeForecast *forecast,
                                   gsize n_points,
                                   const char *time_note,
                                   const char *problem);

/* No forecast: only a sentence. */
void nullcurve_forecast_card_show_problem (NullcurveForecastCard *self, const char *problem);

/* No forecast yet, and nothing is wrong: only a sentence. */
void nullcurve_forecast_card_show_note (NullcurveForecastCard *self, const char *note);

/* Buttons for what would make it fit, in this order; none for an empty list.  Signal "remedy"
 * (guint index): one was pressed. */
void nullcurve_forecast_card_set_remedies (NullcurveForecastCard *self, const char *const *labels);

/* What keeps the machine from its best, below the rest; NULL: nothing. */
void nullcurve_forecast_card_set_warning (NullcurveForecastCard *self, const char *warning);

G_END_DECLS
