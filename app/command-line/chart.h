/* SPDX-License-Identifier: Apache-2.0 */
/* How the command line asks for a chart: the choices of the window's bar and export dialog. */
#pragma once

#include "ui/export/export-choice.h"
#include "ui/views/choice.h"

G_BEGIN_DECLS

/* The values of the options --chart-..., as they were given: NULL and FALSE where they were not. */
typedef struct NullcurveBenchChart
{
  char *view;
  char *scale;
  char *facets;
  char *along;
  char *run;
  char *curve;
  char *phase;
  char *stage_scale;
  char *load_scale;
  char *what_if;
  char *at;
  char *size;
  char *letters;
  char *dpi;
  char *look;
  char *caption;
  gboolean x_ideal;
  gboolean x_experts;
  gboolean log_y;
  gboolean limits;
  gboolean no_title;
  gboolean no_legend;
} NullcurveBenchChart;

/* What they mean. */
typedef struct NullcurveBenchDrawing
{
  NullcurveViewChoice view;       /* its curve is that of `curve` only once there are runs */
  NullcurveExportChoice document; /* with a caption: that of the machine */
  gsize run;                      /* in hand, counted from 1; 0: the last */
  gsize curve;                    /* counted from 1; 0: the one of `label` */
  const char *label;              /* NULL: by number; as given */
  const char *caption;            /* of its own words; NULL: none; as given */
} NullcurveBenchDrawing;

/* What is to come of the runs, as far as charts are concerned. */
typedef struct NullcurveBenchWanted
{
  const char *chart; /* path, or NULL */
  gboolean plot;     /* text in a terminal */
  gsize n_runs;      /* that there will be */
} NullcurveBenchWanted;

/* Read the options.  Refuses (NULLCURVE_BENCH_ERROR_REFUSED, a sentence that names the option)
 * values that are none, and options that nothing that is wanted heeds.  *drawing borrows from
 * *given. */
gboolean nullcurve_bench_chart_read (const NullcurveBenchChart *given,
                                     const NullcurveBenchWanted *wanted,
                                     NullcurveBenchDrawing *drawing,
                                     GError **error);

G_END_DECLS
