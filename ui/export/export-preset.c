/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/export/export-preset.h"

static const struct
{
  const char *name;
  double width_in;
  double height_in;
  double font_pt;
} presets[NULLCURVE_N_EXPORT_PRESETS] = {
  [NULLCURVE_EXPORT_COLUMN] = { "column", 3.35, 3.6, 7.5 },
  [NULLCURVE_EXPORT_COLUMNS] = { "columns", 7.0, 4.5, 8.0 },
  [NULLCURVE_EXPORT_SLIDE] = { "slide", 40.0 / 3.0, 7.5, 18.0 },
  [NULLCURVE_EXPORT_CUSTOM] = { "custom", 0.0, 0.0, 0.0 },
};

const char *
nullcurve_export_preset_name (NullcurveExportPreset preset)
{
  return presets[preset].name;
}

NullcurveExportPreset
nullcurve_export_preset_from_name (const char *name)
{
  for (int i = 0; i < NULLCURVE_N_EXPORT_PRESETS; i++)
    if (g_strcmp0 (name, presets[i].name) == 0)
      return (NullcurveExportPreset)i;
  return NULLCURVE_EXPORT_CUSTOM;
}

void
nullcurve_export_options_apply (NullcurveExportOptions *options, NullcurveExportPreset preset)
{
  if (preset == NULLCURVE_EXPORT_CUSTOM)
    return;
  options->width = presets[preset].width_in * 96.0;
  options->height = presets[preset].height_in * 96.0;
  options->font_size = presets[preset].font_pt * 96.0 / 72.0;
}
