/* SPDX-License-Identifier: Apache-2.0 */
/* What the window is like from one start to the next: its size and panels, what is set up, what
 * waits, what is open, in hand and shown.  The one place that decides when that is written: a
 * second after it has changed, so that a program that is killed finds everything as it was, and at
 * once when a run begins.  The choices of the chart page are written by themselves.  Main thread
 * only. */
#pragma once

#include "ui/files/file-desk.h"
#include "ui/page/chart-page.h"
#include "ui/places/places.h"
#include "ui/queue/sweep-queue.h"
#include "ui/runs/runs-model.h"
#include "ui/setup/setup-panel.h"

#include <adwaita.h>

G_BEGIN_DECLS

typedef struct NullcurveKept NullcurveKept;

/* All borrowed; they outlive what keeps them. */
typedef struct NullcurveKeptParts
{
  GtkWindow *window;
  AdwFlap *setup_flap;
  NullcurveSetupPanel *setup;
  NullcurveChartPage *page;
  NullcurveRunsModel *runs;
  NullcurveFileDesk *files;
  NullcurvePlaces *places;
  NullcurveOwnPresets *presets;
  NullcurveSweepQueue *queue;
} NullcurveKeptParts;

NullcurveKept *nullcurve_kept_new (GSettings *settings, const NullcurveKeptParts *parts);

/* Make all of it as it was, but for the runs, which nullcurve_file_desk_restore () reads; from now
 * on changes are kept.  Returns how many sweeps that waited are for places that are gone. */
guint nullcurve_kept_restore (NullcurveKept *self);

/* Writes what is not written yet. */
void nullcurve_kept_free (NullcurveKept *self);

G_END_DECLS
