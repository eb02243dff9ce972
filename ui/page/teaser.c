/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/page/teaser.h"

#include "engine/records/curves.h"

#include <glib/gi18n.h>
#include <math.h>

enum
{
  TOPK = 8, /* where the published rows have their f = 0 */
  WIDTH = 340,
  HEIGHT = 150,
  MARGIN = 8
};

static const double F_MAX = 0.9;

typedef struct Step
{
  double f;
  double speedup;
} Step;

struct _NullcurveTeaser
{
  GtkWidget parent_instance;
  GArray *steps; /* of Step, ascending; empty when nothing is known */
};

G_DEFINE_FINAL_TYPE (NullcurveTeaser, nullcurve_teaser, GTK_TYPE_WIDGET)

/* The first curve that has more than f = 0. */
static gboolean
take_run (NullcurveTeaser *self, MoeRun *run)
{
  g_autoptr (GPtrArray) curves = moe_curves_collect (&run, 1);
  for (guint i = 0; i < curves->len; i++)
    {
      const MoeCurve *curve = g_ptr_array_index (curves, i);
      const MoeRecord *base = moe_curve_at (curve, 0, TRUE);
      g_autoptr (GPtrArray) points = moe_curve_points (curve);
      if (curve->first->topk != TOPK || base == NULL || points->len <= 2)
        continue;
      for (guint j = 0; j < points->len; j++)
        {
          const MoeRecord *record = g_ptr_array_index (points, j);
          Step step = { record->null_target, record->tokens_per_s / base->tokens_per_s };
          g_array_append_val (self->steps, step);
        }
      return TRUE;
    }
  return FALSE;
}

double
nullcurve_teaser_get_reached (NullcurveTeaser *self)
{
  g_return_val_if_fail (NULLCURVE_IS_TEASER (self), NAN);
  return self->steps->len > 0 ? g_array_index (self->steps, Step, self->steps->len - 1).speedup
                              : NAN;
}

static void
name_it (NullcurveTeaser *self)
{
  double reached = nullcurve_teaser_get_reached (self);
  g_autofree char *words =
      isnan (reached)
          ? g_strdup (_ ("The ideal speed-up against the null fraction: 10 times at f = 0.9"))
          : g_strdup_printf (
              _ ("Speed-up against the null fraction: ideally 10 times at f = 0.9, a "
                 "published host reached %.1f times"),
              reached);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, words, -1);
}

void
nullcurve_teaser_set_runs (NullcurveTeaser *self, MoeRun *const *runs, gsize n_runs)
{
  g_return_if_fail (NULLCURVE_IS_TEASER (self));
  g_array_set_size (self->steps, 0);
  for (gsize i = 0; i < n_runs && !take_run (self, runs[i]); i++)
    ;
  name_it (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/* --- drawing --- */

typedef struct Canvas
{
  cairo_t *cr;
  GtkWidget *widget;
  GdkRGBA ink;
  GdkRGBA accent;
  double width;
  double height;
  double line; /* height of a line of words */
} Canvas;

static double
x_of (const Canvas *canvas, double f)
{
  return MARGIN + f / F_MAX * (canvas->width - 2 * MARGIN);
}

/* 1 at the bottom, 10 below the words at the top. */
static double
y_of (const Canvas *canvas, double speedup)
{
  double bottom = canvas->height - canvas->line - 6, top = canvas->line + 4;
  return bottom - (speedup - 1) / (1 / (1 - F_MAX) - 1) * (bottom - top);
}

static void
set_colour (const Canvas *canvas, const GdkRGBA *colour, double alpha)
{
  cairo_set_source_rgba (canvas->cr, colour->red, colour->green, colour->blue,
                         colour->alpha * alpha);
}

/* `align`: 0 begins at x, 1 ends there. */
static void
draw_words (const Canvas *canvas, const char *words, double x, double y, double align)
{
  g_autoptr (PangoLayout) layout = gtk_widget_create_pango_layout (canvas->widget, words);
  int width, height;
  pango_layout_get_pixel_size (layout, &width, &height);
  cairo_move_to (canvas->cr, x - align * width, y - 0.5 * height);
  pango_cairo_show_layout (canvas->cr, layout);
  /* A line that follows must not begin here. */
  cairo_new_path (canvas->cr);
}

static void
trace_ideal (const Canvas *canvas)
{
  cairo_move_to (canvas->cr, x_of (canvas, 0), y_of (canvas, 1));
  for (double f = 0.01; f < F_MAX + 0.005; f += 0.01)
    cairo_line_to (canvas->cr, x_of (canvas, f), y_of (canvas, 1 / (1 - f)));
}

static void
draw_ideal (const Canvas *canvas)
{
  static const double dashes[] = { 2, 4 };
  trace_ideal (canvas);
  set_colour (canvas, &canvas->ink, 0.7);
  cairo_set_dash (canvas->cr, dashes, G_N_ELEMENTS (dashes), 0);
  cairo_set_line_width (canvas->cr, 2);
  cairo_stroke (canvas->cr);
  cairo_set_dash (canvas->cr, NULL, 0, 0);
  draw_words (canvas, _ ("ideal 10×"), x_of (canvas, F_MAX) - 8, 0.5 * canvas->line, 1);
}

/* What lies between is the question. */
static void
draw_gap (const Canvas *canvas, const GArray *steps)
{
  trace_ideal (canvas);
  for (guint i = steps->len; i > 0; i--)
    {
      const Step *step = &g_array_index (steps, Step, i - 1);
      cairo_line_to (canvas->cr, x_of (canvas, step->f), y_of (canvas, step->speedup));
    }
  cairo_close_path (canvas->cr);
  set_colour (canvas, &canvas->accent, 0.12);
  cairo_fill (canvas->cr);
}

static void
draw_reached (const Canvas *canvas, const GArray *steps)
{
  const Step *last = &g_array_index (steps, Step, steps->len - 1);
  /* Translators: "2.1× published", at the end of a curve */
  g_autofree char *words = g_strdup_printf (_ ("%.1f× published"), last->speedup);
  set_colour (canvas, &canvas->accent, 1);
  cairo_set_line_width (canvas->cr, 2.5);
  for (guint i = 0; i < steps->len; i++)
    {
      const Step *step = &g_array_index (steps, Step, i);
      cairo_line_to (canvas->cr, x_of (canvas, step->f), y_of (canvas, step->speedup));
    }
  cairo_stroke (canvas->cr);
  for (guint i = 0; i < steps->len; i++)
    {
      const Step *step = &g_array_index (steps, Step, i);
      cairo_arc (canvas->cr, x_of (canvas, step->f), y_of (canvas, step->speedup), 4, 0, 2 * G_PI);
      cairo_fill (canvas->cr);
    }
  draw_words (canvas, words, x_of (canvas, 0.55), y_of (canvas, last->speedup) - 18, 1);
}

static void
draw_axis (const Canvas *canvas)
{
  double y = canvas->height - 0.5 * canvas->line;
  set_colour (canvas, &canvas->ink, 0.35);
  cairo_set_line_width (canvas->cr, 1);
  cairo_move_to (canvas->cr, MARGIN, floor (y_of (canvas, 1)) + 0.5);
  cairo_line_to (canvas->cr, canvas->width - MARGIN, floor (y_of (canvas, 1)) + 0.5);
  cairo_stroke (canvas->cr);
  set_colour (canvas, &canvas->ink, 0.7);
  draw_words (canvas, "f = 0", MARGIN, y, 0);
  draw_words (canvas, "f = 0.9", canvas->width - MARGIN, y, 1);
}

static double
line_height (GtkWidget *widget)
{
  g_autoptr (PangoLayout) layout = gtk_widget_create_pango_layout (widget, "0");
  int height;
  pango_layout_get_pixel_size (layout, NULL, &height);
  return height;
}

static void
nullcurve_teaser_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  NullcurveTeaser *self = NULLCURVE_TEASER (widget);
  GtkStyleContext *context = gtk_widget_get_style_context (widget);
  Canvas canvas = { .widget = widget,
                    .width = gtk_widget_get_width (widget),
                    .height = gtk_widget_get_height (widget),
                    .line = line_height (widget) };
  gtk_style_context_get_color (context, &canvas.ink);
  if (!gtk_style_context_lookup_color (context, "accent_color", &canvas.accent))
    canvas.accent = canvas.ink;
  canvas.cr = gtk_snapshot_append_cairo (
      snapshot, &GRAPHENE_RECT_INIT (0, 0, (float)canvas.width, (float)canvas.height));
  if (self->steps->len > 0)
    draw_gap (&canvas, self->steps);
  draw_axis (&canvas);
  draw_ideal (&canvas);
  if (self->steps->len > 0)
    draw_reached (&canvas, self->steps);
  cairo_destroy (canvas.cr);
}

static void
nullcurve_teaser_measure (GtkWidget *widget,
                          GtkOrientation orientation,
                          int for_size,
                          int *minimum,
                          int *natural,
                          int *minimum_baseline,
                          int *natural_baseline)
{
  *minimum = *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? WIDTH : HEIGHT;
}

static void
nullcurve_teaser_finalize (GObject *object)
{
  g_array_unref (NULLCURVE_TEASER (object)->steps);
  G_OBJECT_CLASS (nullcurve_teaser_parent_class)->finalize (object);
}

static void
nullcurve_teaser_class_init (NullcurveTeaserClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  G_OBJECT_CLASS (klass)->finalize = nullcurve_teaser_finalize;
  widget_class->snapshot = nullcurve_teaser_snapshot;
  widget_class->measure = nullcurve_teaser_measure;
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
nullcurve_teaser_init (NullcurveTeaser *self)
{
  self->steps = g_array_new (FALSE, FALSE, sizeof (Step));
  name_it (self);
}
