/* SPDX-License-Identifier: Apache-2.0 */
/* How a figure is written as text. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

enum
{
  NULLCURVE_PLOT_LEAST_WIDTH = 32,
  NULLCURVE_PLOT_MOST_WIDTH = 400,
  NULLCURVE_PLOT_LEAST_ROWS = 6,
  NULLCURVE_PLOT_MOST_ROWS = 100
};

/* Plain data. */
typedef struct NullcurvePlotOptions
{
  gsize width; /* of a line, in cells; as all sizes, brought within the limits above */
  gsize rows;  /* of a panel's plot */
  gboolean ascii;
  gboolean coloured; /* with the escapes of a terminal */
} NullcurvePlotOptions;

G_END_DECLS
