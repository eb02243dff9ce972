/* SPDX-License-Identifier: Apache-2.0 */
/* Sizes that charts are wanted in, each with letters that can be read there. */
#pragma once

#include "ui/export/export.h"

G_BEGIN_DECLS

typedef enum NullcurveExportPreset
{
  NULLCURVE_EXPORT_COLUMN,  /* of a paper in two columns: 3.35 in, 7.5 pt */
  NULLCURVE_EXPORT_COLUMNS, /* across both: 7 in, 8 pt */
  NULLCURVE_EXPORT_SLIDE,   /* 16:9, 13.33 in, 18 pt */
  NULLCURVE_EXPORT_CUSTOM,  /* what somebody says */
  NULLCURVE_N_EXPORT_PRESETS
} NullcurveExportPreset;

/* "column", "columns", "slide", "custom": for settings. */
const char *nullcurve_export_preset_name (NullcurveExportPreset preset);

/* The custom one for a name that is none. */
NullcurveExportPreset nullcurve_export_preset_from_name (const char *name);

/* Set width, height and font size; the custom one leaves them as they are. */
void nullcurve_export_options_apply (NullcurveExportOptions *options, NullcurveExportPreset preset);

G_END_DECLS
