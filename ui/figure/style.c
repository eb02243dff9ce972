/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/figure/style.h"

#include <math.h>
#include <string.h>

/* After Okabe and Ito's colours, moved as little as it takes so that each stands at least 3:1 (high
 * contrast: 4.5:1) against its background and any two are 17 apart (CIE 1976, of which 2 can be
 * seen), for people who lack one of the three kinds of cones, too. */
static const guint32 light_series[NULLCURVE_STYLE_N_COLOURS] = { 0x234372, 0xe36c09, 0x8f5baa,
                                                                 0x258955, 0x905804, 0xc95f95,
                                                                 0x5e5e5e, 0x2398dd };
static const guint32 dark_series[NULLCURVE_STYLE_N_COLOURS] = { 0x87bbf7, 0xeb8139, 0xa56cc1,
                                                                0x3cc98d, 0xf0cd57, 0xcd7aa9,
                                                                0xc4c4c4, 0xa4f1fd };
static const guint32 contrast_series[NULLCURVE_STYLE_N_COLOURS] = { 0x0f2b5d, 0xb34916, 0x5e3191,
                                                                    0x085439, 0x4d3800, 0x9b346e,
                                                                    0x1a1a1a, 0x0c77a3 };
static const guint32 contrast_dark_series[NULLCURVE_STYLE_N_COLOURS] = {
  0x6bbdf9, 0xea924d, 0xb980c4, 0x62f5c0, 0xffde60, 0xf5a0cc, 0xffffff, 0xa6e8ff
};

/* Colours as 0xrrggbbaa. */
typedef struct Tones
{
  guint32 background;
  guint32 text;
  guint32 text_dim;
  guint32 axis;
  guint32 grid;
  guint32 reference;
  guint32 crosshair;
  double band_alpha;
  double dot_alpha;
  const guint32 *series;
} Tones;

static const Tones tones[] = {
  [NULLCURVE_STYLE_LIGHT] = { 0xfafafaff, 0x2e3436ff, 0x696969ff, 0x9a9a9aff, 0x00000014,
                              0x555555ff, 0x7a7a7aff, 0.14, 0.38, light_series },
  [NULLCURVE_STYLE_DARK] = { 0x242424ff, 0xf0f0f0ff, 0xa8a8a8ff, 0x808080ff, 0xffffff16, 0xb4b4b4ff,
                             0xa0a0a0ff, 0.18, 0.45, dark_series },
  [NULLCURVE_STYLE_HIGH_CONTRAST] = { 0xffffffff, 0x000000ff, 0x333333ff, 0x333333ff, 0x00000038,
                                      0x000000ff, 0x000000ff, 0.22, 0.60, contrast_series },
  [NULLCURVE_STYLE_HIGH_CONTRAST_DARK] = { 0x1e1e1eff, 0xffffffff, 0xdcdcdcff, 0xdcdcdcff,
                                           0xffffff40, 0xffffffff, 0xffffffff, 0.26, 0.65,
                                           contrast_dark_series },
  [NULLCURVE_STYLE_PRINT] = { 0xffffffff, 0x1a1a1aff, 0x595959ff, 0x808080ff, 0x00000018,
                              0x444444ff, 0x7a7a7aff, 0.14, 0.38, light_series },
};

static NullcurveColour
colour_from_rgba (guint32 rgba)
{
  return (NullcurveColour){ ((rgba >> 24) & 0xff) / 255.0, ((rgba >> 16) & 0xff) / 255.0,
                            ((rgba >> 8) & 0xff) / 255.0, (rgba & 0xff) / 255.0 };
}

void
nullcurve_chart_style_init (NullcurveChartStyle *style, NullcurveStyleKind kind)
{
  const Tones *tone = &tones[kind];

  /* Padding too, so that equal styles are equal bytes. */
  memset (style, 0, sizeof *style);
  style->kind = kind;
  style->background = colour_from_rgba (tone->background);
  style->paint_background = TRUE;
  style->show_title = kind == NULLCURVE_STYLE_PRINT;
  style->text = colour_from_rgba (tone->text);
  style->text_dim = colour_from_rgba (tone->text_dim);
  style->axis = colour_from_rgba (tone->axis);
  style->grid = colour_from_rgba (tone->grid);
  style->reference = colour_from_rgba (tone->reference);
  style->crosshair = colour_from_rgba (tone->crosshair);
  for (gsize i = 0; i < NULLCURVE_STYLE_N_COLOURS; i++)
    style->series[i] = colour_from_rgba (tone->series[i] << 8 | 0xff);
  style->band_alpha = tone->band_alpha;
  style->dot_alpha = tone->dot_alpha;
  style->line_width =
      kind == NULLCURVE_STYLE_HIGH_CONTRAST || kind == NULLCURVE_STYLE_HIGH_CONTRAST_DARK ? 2.5
                                                                                          : 2.0;
  style->marker_radius = 4.0;
  style->font_size = 12.0;
  g_strlcpy (style->font_family, "Cantarell,Adwaita Sans,Inter,sans", sizeof style->font_family);
}

gboolean
nullcurve_chart_style_equal (const NullcurveChartStyle *a, const NullcurveChartStyle *b)
{
  return memcmp (a, b, sizeof *a) == 0;
}

typedef struct Dash
{
  double lengths[4];
  int n;
} Dash;

static const Dash dashes[] = {
  { { 0 }, 0 },
  { { 4.0, 2.0 }, 2 },
  { { 1.2, 1.6 }, 2 },
  { { 6.0, 1.8, 1.2, 1.8 }, 4 },
  { { 2.4, 1.4 }, 2 },
  { { 8.0, 2.4 }, 2 },
  { { 3.0, 1.4, 1.0, 1.4 }, 4 },
  { { 1.0, 2.6 }, 2 },
};

/* A palette index: the run's below, and above it marker and dash of a curve, each one more than it
 * is, so that 0 is none. */
enum
{
  RUN_BITS = 12,
  LOOK_BITS = 8,
  RUN_MASK = (1 << RUN_BITS) - 1,
  LOOK_MASK = (1 << LOOK_BITS) - 1
};

guint
nullcurve_palette_of_run (guint palette)
{
  return palette & RUN_MASK;
}

guint
nullcurve_palette_wear (guint palette, guint marker, guint dash)
{
  return (palette & RUN_MASK) | (marker % LOOK_MASK + 1) << RUN_BITS
         | (dash % LOOK_MASK + 1) << (RUN_BITS + LOOK_BITS);
}

/* Tints are palette indices with this bit, the colour below it and the strength in the last byte.
 */
#define TINT_BIT 0x40000000u

guint
nullcurve_palette_tint (guint palette, double strength)
{
  return TINT_BIT | (palette % NULLCURVE_STYLE_N_COLOURS) << 8
         | (guint)round (255.0 * CLAMP (strength, 0.0, 1.0));
}

guint
nullcurve_palette_colour (guint palette)
{
  if (palette == NULLCURVE_PALETTE_MUTED)
    return NULLCURVE_STYLE_N_COLOURS;
  return palette & TINT_BIT ? (palette & ~TINT_BIT) >> 8
                            : nullcurve_palette_of_run (palette) % NULLCURVE_STYLE_N_COLOURS;
}

static NullcurveColour
mix (const NullcurveColour *a, const NullcurveColour *b, double share)
{
  return (NullcurveColour){ a->red + share * (b->red - a->red),
                            a->green + share * (b->green - a->green),
                            a->blue + share * (b->blue - a->blue), 1.0 };
}

static void
tint_series (const NullcurveChartStyle *style, guint palette, NullcurveSeriesStyle *series)
{
  const guint colour = nullcurve_palette_colour (palette);
  /* The faintest still stands out. */
  const double strength = 0.15 + 0.85 * (palette & 0xff) / 255.0;

  *series = (NullcurveSeriesStyle){
    .colour = mix (&style->background, &style->series[colour], strength),
    .marker = NULLCURVE_MARKER_SQUARE,
  };
}

/* A run's hue, further from the background for each eight runs before it. */
static NullcurveColour
shade (const NullcurveColour *hue, const NullcurveColour *text, guint run)
{
  static const double shades[] = { 0.0, 0.42, 0.68 };

  return mix (hue, text, shades[run / NULLCURVE_STYLE_N_COLOURS % G_N_ELEMENTS (shades)]);
}

/* The eighth markers on, the same ones come with other dashes. */
static void
wear (const NullcurveChartStyle *style, guint palette, NullcurveSeriesStyle *series)
{
  const guint run = nullcurve_palette_of_run (palette);
  const guint colour = run % NULLCURVE_STYLE_N_COLOURS;
  const guint shift = run / NULLCURVE_STYLE_N_COLOURS;
  const guint marker = palette >> RUN_BITS & LOOK_MASK;
  const guint stroke = palette >> (RUN_BITS + LOOK_BITS) & LOOK_MASK;
  const Dash *dash =
      &dashes[(stroke > 0 ? (stroke - 1) + (stroke - 1) / NULLCURVE_N_MARKERS : colour + shift)
              % G_N_ELEMENTS (dashes)];

  series->colour = shade (&style->series[colour], &style->text, run);
  series->marker =
      (NullcurveMarker)((marker > 0 ? marker - 1 : colour + 3 * shift) % NULLCURVE_N_MARKERS);
  memcpy (series->dash, dash->lengths, sizeof series->dash);
  series->n_dash = dash->n;
}

void
nullcurve_chart_style_series (const NullcurveChartStyle *style,
                              guint palette,
                              NullcurveSeriesStyle *series)
{
  if (palette == NULLCURVE_PALETTE_MUTED)
    {
      *series = (NullcurveSeriesStyle){ .colour = style->text_dim };
      return;
    }
  if (palette & TINT_BIT)
    {
      tint_series (style, palette, series);
      return;
    }
  wear (style, palette, series);
}
