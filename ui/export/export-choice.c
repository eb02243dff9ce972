/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/export/export-choice.h"

#include "ui/export/provenance.h"

static const char *const preset_names[NULLCURVE_N_EXPORT_PRESETS] = { "column", "columns", "slide",
                                                                      "custom" };
static const char *const look_names[NULLCURVE_N_EXPORT_LOOKS] = { "print", "light", "dark" };

const MoeNames nullcurve_export_preset_names = { preset_names, G_N_ELEMENTS (preset_names) };
const MoeNames nullcurve_export_look_names = { look_names, G_N_ELEMENTS (look_names) };

static const struct
{
  double width_in;
  double height_in;
  double font_pt;
  gboolean may_grow; /* columns of a paper are as wide as they are, and no such height */
} presets[NULLCURVE_N_EXPORT_PRESETS] = {
  [NULLCURVE_EXPORT_COLUMN] = { 3.35, 3.6, 7.5, TRUE },
  [NULLCURVE_EXPORT_COLUMNS] = { 7.0, 4.5, 8.0, TRUE },
  [NULLCURVE_EXPORT_SLIDE] = { 40.0 / 3.0, 7.5, 18.0, FALSE },
};

static const NullcurveStyleKind looks[NULLCURVE_N_EXPORT_LOOKS] = {
  [NULLCURVE_EXPORT_LOOK_PRINT] = NULLCURVE_STYLE_PRINT,
  [NULLCURVE_EXPORT_LOOK_LIGHT] = NULLCURVE_STYLE_LIGHT,
  [NULLCURVE_EXPORT_LOOK_DARK] = NULLCURVE_STYLE_DARK,
};

static const struct
{
  double least;
  double most;
  double unit;  /* what one is counted as in the options */
  gsize offset; /* there */
} numbers[NULLCURVE_N_EXPORT_NUMBERS] = {
  [NULLCURVE_EXPORT_WIDTH] = { 1.05, 104, 96, offsetof (NullcurveExportOptions, width) },
  [NULLCURVE_EXPORT_HEIGHT] = { 1.05, 104, 96, offsetof (NullcurveExportOptions, height) },
  [NULLCURVE_EXPORT_LETTERS] = { 3, 75, 96.0 / 72.0, offsetof (NullcurveExportOptions, font_size) },
  [NULLCURVE_EXPORT_DPI] = { 24, 1200, 1, offsetof (NullcurveExportOptions, dpi) },
};

void
nullcurve_export_choice_init (NullcurveExportChoice *choice)
{
  *choice = (NullcurveExportChoice){ .format = NULLCURVE_EXPORT_PNG };
  nullcurve_export_options_init (&choice->options);
  choice->options.dpi = 300;
  nullcurve_export_choice_set_preset (choice, NULLCURVE_EXPORT_COLUMNS);
}

void
nullcurve_export_choice_set_preset (NullcurveExportChoice *choice, NullcurveExportPreset preset)
{
  choice->preset = preset;
  choice->options.may_grow = presets[preset].may_grow;
  if (preset == NULLCURVE_EXPORT_CUSTOM)
    return;
  choice->options.width = presets[preset].width_in * 96.0;
  choice->options.height = presets[preset].height_in * 96.0;
  choice->options.font_size = presets[preset].font_pt * 96.0 / 72.0;
}

double
nullcurve_export_choice_get_number (const NullcurveExportChoice *choice,
                                    NullcurveExportNumber number)
{
  const double *value = G_STRUCT_MEMBER_P (&choice->options, numbers[number].offset);
  return *value / numbers[number].unit;
}

void
nullcurve_export_number_range (NullcurveExportNumber number, double *least, double *most)
{
  *least = numbers[number].least;
  *most = numbers[number].most;
}

gboolean
nullcurve_export_choice_set_number (NullcurveExportChoice *choice,
                                    NullcurveExportNumber number,
                                    double value)
{
  if (!(value >= numbers[number].least && value <= numbers[number].most))
    return FALSE;
  G_STRUCT_MEMBER (double, &choice->options, numbers[number].offset) = value * numbers[number].unit;
  if (number != NULLCURVE_EXPORT_DPI)
    nullcurve_export_choice_set_preset (choice, NULLCURVE_EXPORT_CUSTOM);
  return TRUE;
}

NullcurveExportLook
nullcurve_export_choice_get_look (const NullcurveExportChoice *choice)
{
  for (int i = 0; i < NULLCURVE_N_EXPORT_LOOKS; i++)
    if (looks[i] == choice->options.style)
      return (NullcurveExportLook)i;
  return NULLCURVE_EXPORT_LOOK_PRINT;
}

void
nullcurve_export_choice_set_look (NullcurveExportChoice *choice, NullcurveExportLook look)
{
  choice->options.style = looks[look];
}

void
nullcurve_export_choice_fill (const NullcurveExportChoice *choice,
                              MoeRun *const *runs,
                              gsize n_runs,
                              NullcurveExportOptions *options,
                              char **caption,
                              char **provenance)
{
  *caption = choice->caption ? nullcurve_provenance_caption (runs, n_runs) : NULL;
  *provenance = nullcurve_provenance_full (runs, n_runs);
  *options = choice->options;
  options->caption = *caption;
  options->provenance = *provenance;
}

GVariant *
nullcurve_export_choice_to_variant (const NullcurveExportChoice *choice)
{
  GVariantDict dict;
  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "format", "s", nullcurve_export_format_name (choice->format));
  g_variant_dict_insert (&dict, "preset", "s", preset_names[choice->preset]);
  g_variant_dict_insert (&dict, "width", "d", choice->options.width);
  g_variant_dict_insert (&dict, "height", "d", choice->options.height);
  g_variant_dict_insert (&dict, "dpi", "d", choice->options.dpi);
  g_variant_dict_insert (&dict, "font-size", "d", choice->options.font_size);
  g_variant_dict_insert (&dict, "look", "i", (int)choice->options.style);
  g_variant_dict_insert (&dict, "title", "b", choice->options.title);
  g_variant_dict_insert (&dict, "legend", "b", choice->options.legend);
  g_variant_dict_insert (&dict, "caption", "b", choice->caption);
  return g_variant_dict_end (&dict);
}

static void
read_real (GVariantDict *dict, const char *key, double lo, double hi, double *value)
{
  double found;
  if (g_variant_dict_lookup (dict, key, "d", &found) && found >= lo && found <= hi)
    *value = found;
}

static NullcurveExportFormat
format_from_name (const char *name)
{
  for (int i = 0; i < NULLCURVE_N_EXPORT_FORMATS; i++)
    if (g_strcmp0 (name, nullcurve_export_format_name ((NullcurveExportFormat)i)) == 0)
      return (NullcurveExportFormat)i;
  return NULLCURVE_EXPORT_PNG;
}

static NullcurveExportPreset
preset_from_name (const char *name)
{
  for (int i = 0; i < NULLCURVE_N_EXPORT_PRESETS; i++)
    if (g_strcmp0 (name, preset_names[i]) == 0)
      return (NullcurveExportPreset)i;
  return NULLCURVE_EXPORT_CUSTOM;
}

/* Sizes of a preset are those of this version, whatever they were when it was chosen. */
void
nullcurve_export_choice_from_variant (NullcurveExportChoice *choice, GVariant *variant)
{
  GVariantDict dict;
  const char *name;
  int look;
  nullcurve_export_choice_init (choice);
  if (variant == NULL || !g_variant_is_of_type (variant, G_VARIANT_TYPE_VARDICT))
    return;
  g_variant_dict_init (&dict, variant);
  if (g_variant_dict_lookup (&dict, "format", "&s", &name))
    choice->format = format_from_name (name);
  read_real (&dict, "width", 100, 10000, &choice->options.width);
  read_real (&dict, "height", 100, 10000, &choice->options.height);
  read_real (&dict, "dpi", 24, 1200, &choice->options.dpi);
  read_real (&dict, "font-size", 4, 100, &choice->options.font_size);
  if (g_variant_dict_lookup (&dict, "look", "i", &look) && look >= NULLCURVE_STYLE_LIGHT
      && look <= NULLCURVE_STYLE_PRINT)
    choice->options.style = (NullcurveStyleKind)look;
  g_variant_dict_lookup (&dict, "title", "b", &choice->options.title);
  g_variant_dict_lookup (&dict, "legend", "b", &choice->options.legend);
  g_variant_dict_lookup (&dict, "caption", "b", &choice->caption);
  if (g_variant_dict_lookup (&dict, "preset", "&s", &name))
    nullcurve_export_choice_set_preset (choice, preset_from_name (name));
  g_variant_dict_clear (&dict);
}
