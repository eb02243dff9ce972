/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/chart/text.h"

#include <math.h>
#include <pango/pangocairo.h>

struct NullcurveChartText
{
  PangoContext *context;
  PangoLayout *layout;
  PangoFontDescription *fonts[NULLCURVE_N_FONTS];
  double heights[NULLCURVE_N_FONTS];
  GHashTable *widths[NULLCURVE_N_FONTS]; /* of double, by words: a chart measures the same again */
};

enum
{
  MOST_WIDTHS = 2000 /* that are kept of a font */
};

static const struct
{
  double scale;
  PangoWeight weight;
} font_table[NULLCURVE_N_FONTS] = {
  [NULLCURVE_FONT_TICK] = { 1.0, PANGO_WEIGHT_NORMAL },
  [NULLCURVE_FONT_TICK_BOLD] = { 1.0, PANGO_WEIGHT_BOLD },
  [NULLCURVE_FONT_PANEL] = { 1.1, PANGO_WEIGHT_BOLD },
  [NULLCURVE_FONT_TITLE] = { 1.3, PANGO_WEIGHT_BOLD },
  [NULLCURVE_FONT_EMPTY] = { 1.2, PANGO_WEIGHT_NORMAL },
  [NULLCURVE_FONT_CAPTION] = { 0.85, PANGO_WEIGHT_NORMAL },
};

/* Figures of equal width keep columns and ticks in line. */
static void
set_attributes (PangoLayout *layout)
{
  PangoAttrList *attributes = pango_attr_list_new ();

  pango_attr_list_insert (attributes, pango_attr_font_features_new ("tnum=1"));
  pango_layout_set_attributes (layout, attributes);
  pango_attr_list_unref (attributes);
}

static void
set_font_options (PangoContext *context)
{
  cairo_font_options_t *options = cairo_font_options_create ();

  /* Hinted metrics would move words with the scale; grey anti-aliasing looks alike everywhere. */
  cairo_font_options_set_hint_metrics (options, CAIRO_HINT_METRICS_OFF);
  cairo_font_options_set_hint_style (options, CAIRO_HINT_STYLE_SLIGHT);
  cairo_font_options_set_antialias (options, CAIRO_ANTIALIAS_GRAY);
  pango_cairo_context_set_font_options (context, options);
  pango_cairo_context_set_resolution (context, 96.0);
  pango_context_set_round_glyph_positions (context, FALSE);
  cairo_font_options_destroy (options);
}

static double
measure_height (PangoContext *context, const PangoFontDescription *font)
{
  PangoFontMetrics *metrics = pango_context_get_metrics (context, font, NULL);
  const int height =
      pango_font_metrics_get_ascent (metrics) + pango_font_metrics_get_descent (metrics);

  pango_font_metrics_unref (metrics);
  return ceil ((double)height / PANGO_SCALE);
}

NullcurveChartText *
nullcurve_chart_text_new (const NullcurveChartStyle *style)
{
  NullcurveChartText *text = g_new0 (NullcurveChartText, 1);

  text->context = pango_font_map_create_context (pango_cairo_font_map_get_default ());
  set_font_options (text->context);
  text->layout = pango_layout_new (text->context);
  set_attributes (text->layout);
  for (gsize i = 0; i < NULLCURVE_N_FONTS; i++)
    {
      PangoFontDescription *font = pango_font_description_new ();

      pango_font_description_set_family (font, style->font_family);
      pango_font_description_set_absolute_size (font, style->font_size * font_table[i].scale
                                                          * PANGO_SCALE);
      pango_font_description_set_weight (font, font_table[i].weight);
      text->fonts[i] = font;
      text->heights[i] = measure_height (text->context, font);
      text->widths[i] = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
    }
  return text;
}

void
nullcurve_chart_text_free (NullcurveChartText *text)
{
  if (text == NULL)
    return;
  for (gsize i = 0; i < NULLCURVE_N_FONTS; i++)
    {
      pango_font_description_free (text->fonts[i]);
      g_hash_table_unref (text->widths[i]);
    }
  g_object_unref (text->layout);
  g_object_unref (text->context);
  g_free (text);
}

static void
set_words (NullcurveChartText *text, NullcurveFont font, const char *words, double max_width)
{
  pango_layout_set_font_description (text->layout, text->fonts[font]);
  pango_layout_set_alignment (text->layout, PANGO_ALIGN_LEFT);
  pango_layout_set_ellipsize (text->layout,
                              max_width >= 0.0 ? PANGO_ELLIPSIZE_END : PANGO_ELLIPSIZE_NONE);
  pango_layout_set_single_paragraph_mode (text->layout, TRUE);
  pango_layout_set_wrap (text->layout, PANGO_WRAP_WORD);
  pango_layout_set_height (text->layout, -1);
  pango_layout_set_text (text->layout, words != NULL ? words : "", -1);
  pango_layout_set_width (text->layout,
                          max_width >= 0.0 ? (int)ceil (max_width * PANGO_SCALE) : -1);
}

static double
layout_width (NullcurveChartText *text)
{
  PangoRectangle logical;

  pango_layout_get_extents (text->layout, NULL, &logical);
  return (double)logical.width / PANGO_SCALE;
}

double
nullcurve_chart_text_width (NullcurveChartText *text, NullcurveFont font, const char *words)
{
  GHashTable *widths = text->widths[font];
  const double *known = g_hash_table_lookup (widths, words != NULL ? words : "");
  double *width;

  if (known != NULL)
    return *known;
  set_words (text, font, words, -1.0);
  width = g_new (double, 1);
  *width = layout_width (text);
  if (g_hash_table_size (widths) >= MOST_WIDTHS)
    g_hash_table_remove_all (widths);
  g_hash_table_insert (widths, g_strdup (words != NULL ? words : ""), width);
  return *width;
}

double
nullcurve_chart_text_height (NullcurveChartText *text, NullcurveFont font)
{
  return text->heights[font];
}

/* Move to where the layout's top left belongs for an anchor at (x, y). */
static void
move_to_anchor (NullcurveChartText *text, cairo_t *cr, double x, double y, NullcurveAlign align)
{
  PangoRectangle logical;
  double left = x;

  pango_cairo_update_context (cr, text->context);
  pango_layout_context_changed (text->layout);
  pango_layout_get_extents (text->layout, NULL, &logical);
  if (align == NULLCURVE_ALIGN_MIDDLE)
    left -= 0.5 * logical.width / PANGO_SCALE;
  else if (align == NULLCURVE_ALIGN_END)
    left -= (double)logical.width / PANGO_SCALE;
  cairo_move_to (cr, left, y - 0.5 * logical.height / PANGO_SCALE);
}

void
nullcurve_chart_text_draw (NullcurveChartText *text,
                           cairo_t *cr,
                           NullcurveFont font,
                           const char *words,
                           double x,
                           double y,
                           NullcurveAlign align,
                           double max_width)
{
  set_words (text, font, words, max_width);
  move_to_anchor (text, cr, x, y, align);
  pango_cairo_show_layout (cr, text->layout);
  cairo_new_path (cr);
}

/* A name that was cut before, and is cut again, is cut in one place. */
static char *
drop_ellipsis (const char *words)
{
  g_auto (GStrv) parts = g_strsplit (words, "\342\200\246", -1);

  return g_strjoinv (" ", parts);
}

void
nullcurve_chart_text_draw_name (NullcurveChartText *text,
                                cairo_t *cr,
                                NullcurveFont font,
                                const char *words,
                                double x,
                                double y,
                                double max_width)
{
  if (nullcurve_chart_text_width (text, font, words) > max_width)
    {
      g_autofree char *joined = drop_ellipsis (words);
      const double width = nullcurve_chart_text_width (text, font, joined);

      /* Which has room without the mark is cut all the same: something is left out there. */
      set_words (text, font, joined, fmin (max_width, width - 1.0));
    }
  else
    set_words (text, font, words, max_width);
  pango_layout_set_ellipsize (text->layout, PANGO_ELLIPSIZE_MIDDLE);
  move_to_anchor (text, cr, x, y, NULLCURVE_ALIGN_START);
  pango_cairo_show_layout (cr, text->layout);
  cairo_new_path (cr);
}

void
nullcurve_chart_text_path (NullcurveChartText *text,
                           cairo_t *cr,
                           NullcurveFont font,
                           const char *words,
                           double x,
                           double y,
                           NullcurveAlign align)
{
  set_words (text, font, words, -1.0);
  move_to_anchor (text, cr, x, y, align);
  pango_cairo_layout_path (cr, text->layout);
}

void
nullcurve_chart_text_draw_wrapped (NullcurveChartText *text,
                                   cairo_t *cr,
                                   NullcurveFont font,
                                   const char *words,
                                   double x,
                                   double y,
                                   double width)
{
  set_words (text, font, words, -1.0);
  pango_layout_set_single_paragraph_mode (text->layout, FALSE);
  pango_layout_set_alignment (text->layout, PANGO_ALIGN_CENTER);
  pango_layout_set_width (text->layout, (int)(fmax (width, 1.0) * PANGO_SCALE));
  move_to_anchor (text, cr, x - 0.5 * width, y, NULLCURVE_ALIGN_START);
  pango_cairo_show_layout (cr, text->layout);
  cairo_new_path (cr);
}

static void
set_block (NullcurveChartText *text, NullcurveFont font, const char *words, double width)
{
  set_words (text, font, words, width);
  pango_layout_set_single_paragraph_mode (text->layout, FALSE);
  pango_layout_set_wrap (text->layout, PANGO_WRAP_WORD_CHAR);
  pango_layout_set_ellipsize (text->layout, PANGO_ELLIPSIZE_NONE);
}

/* Only what is too high is cut: pango guesses the height of lines, on scaled surfaces too high, and
 * would cut what has just room.  Lines may be a little higher there than they were measured. */
static void
limit_block (NullcurveChartText *text, NullcurveFont font, double most_height)
{
  const double most = most_height + 0.4 * text->heights[font];
  PangoRectangle logical;

  pango_layout_get_extents (text->layout, NULL, &logical);
  if (logical.height <= most * PANGO_SCALE)
    return;
  pango_layout_set_ellipsize (text->layout, PANGO_ELLIPSIZE_END);
  pango_layout_set_height (text->layout, (int)(most_height * PANGO_SCALE));
}

double
nullcurve_chart_text_block_height (NullcurveChartText *text,
                                   NullcurveFont font,
                                   const char *words,
                                   double width,
                                   double most_height)
{
  PangoRectangle logical;

  set_block (text, font, words, width);
  limit_block (text, font, most_height);
  pango_layout_get_extents (text->layout, NULL, &logical);
  return ceil ((double)logical.height / PANGO_SCALE);
}

void
nullcurve_chart_text_draw_block (NullcurveChartText *text,
                                 cairo_t *cr,
                                 NullcurveFont font,
                                 const char *words,
                                 double x,
                                 double y,
                                 double width,
                                 double most_height)
{
  set_block (text, font, words, width);
  pango_cairo_update_context (cr, text->context);
  pango_layout_context_changed (text->layout);
  limit_block (text, font, most_height);
  cairo_move_to (cr, x, y);
  pango_cairo_show_layout (cr, text->layout);
  cairo_new_path (cr);
}
