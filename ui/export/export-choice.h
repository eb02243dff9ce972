/* SPDX-License-Identifier: Apache-2.0 */
/* How charts are exported: what the dialog asks for, and the settings remember. */
#pragma once

#include "ui/export/export.h"

G_BEGIN_DECLS

/* Sizes that charts are wanted in, each with letters that can be read there. */
typedef enum NullcurveExportPreset
{
  NULLCURVE_EXPORT_COLUMN,  /* of a paper in two columns: 3.35 in, 7.5 pt */
  NULLCURVE_EXPORT_COLUMNS, /* across both: 7 in, 8 pt */
  NULLCURVE_EXPORT_SLIDE,   /* 16:9, 13.33 in, 18 pt */
  NULLCURVE_EXPORT_CUSTOM,  /* what somebody says */
  NULLCURVE_N_EXPORT_PRESETS
} NullcurveExportPreset;

/* Plain data.  `options` has no caption and no provenance: those are of the runs. */
typedef struct NullcurveExportChoice
{
  NullcurveExportFormat format;
  NullcurveExportPreset preset;
  NullcurveExportOptions options;
  gboolean caption;
} NullcurveExportChoice;

/* A PNG across both columns of a paper, 300 dots per inch. */
void nullcurve_export_choice_init (NullcurveExportChoice *choice);

/* Take a preset's width, height and font size; the custom one leaves them as they are. */
void nullcurve_export_choice_set_preset (NullcurveExportChoice *choice,
                                         NullcurveExportPreset preset);

/* As a dictionary (floating), and back: what is missing or out of range keeps its default. */
GVariant *nullcurve_export_choice_to_variant (const NullcurveExportChoice *choice);
void nullcurve_export_choice_from_variant (NullcurveExportChoice *choice, GVariant *variant);

G_END_DECLS
