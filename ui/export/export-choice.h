/* SPDX-License-Identifier: Apache-2.0 */
/* How charts are exported: what the dialog asks for, and the settings remember. */
#pragma once

#include "engine/moe/choices.h"
#include "engine/records/run.h"
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

/* Looks that files are wanted in. */
typedef enum NullcurveExportLook
{
  NULLCURVE_EXPORT_LOOK_PRINT,
  NULLCURVE_EXPORT_LOOK_LIGHT,
  NULLCURVE_EXPORT_LOOK_DARK,
  NULLCURVE_N_EXPORT_LOOKS
} NullcurveExportLook;

/* What a person says in numbers, and in which unit. */
typedef enum NullcurveExportNumber
{
  NULLCURVE_EXPORT_WIDTH,   /* inches */
  NULLCURVE_EXPORT_HEIGHT,  /* inches */
  NULLCURVE_EXPORT_LETTERS, /* points; up to here a preset's too */
  NULLCURVE_EXPORT_DPI,     /* dots per inch, of a PNG */
  NULLCURVE_N_EXPORT_NUMBERS
} NullcurveExportNumber;

extern const MoeNames nullcurve_export_preset_names; /* "column", "columns", "slide", "custom" */
extern const MoeNames nullcurve_export_look_names;   /* "print", "light", "dark" */

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

/* Take a preset's width, height and font size, and whether the height may grow; the custom one
 * leaves the sizes as they are, and keeps to them. */
void nullcurve_export_choice_set_preset (NullcurveExportChoice *choice,
                                         NullcurveExportPreset preset);

/* A number in its unit, and the least and most of it, inclusive. */
double nullcurve_export_choice_get_number (const NullcurveExportChoice *choice,
                                           NullcurveExportNumber number);
void nullcurve_export_number_range (NullcurveExportNumber number, double *least, double *most);

/* Set a number; a size leaves the preset.  FALSE, and nothing changed, when it is out of range. */
gboolean nullcurve_export_choice_set_number (NullcurveExportChoice *choice,
                                             NullcurveExportNumber number,
                                             double value);

/* Any other style than those of looks counts as print. */
NullcurveExportLook nullcurve_export_choice_get_look (const NullcurveExportChoice *choice);
void nullcurve_export_choice_set_look (NullcurveExportChoice *choice, NullcurveExportLook look);

/* The options with what the runs say of themselves; *caption (NULL without one) and *provenance own
 * what the options point to. */
void nullcurve_export_choice_fill (const NullcurveExportChoice *choice,
                                   MoeRun *const *runs,
                                   gsize n_runs,
                                   NullcurveExportOptions *options,
                                   char **caption,
                                   char **provenance);

/* As a dictionary (floating), and back: what is missing or out of range keeps its default. */
GVariant *nullcurve_export_choice_to_variant (const NullcurveExportChoice *choice);
void nullcurve_export_choice_from_variant (NullcurveExportChoice *choice, GVariant *variant);

G_END_DECLS
