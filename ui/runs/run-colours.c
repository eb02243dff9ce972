/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/runs/run-colours.h"

#include "ui/figure/style.h"
#include "ui/runs/run-swatch.h"

#include <glib/gi18n.h>

enum
{
  PER_LINE = 4
};

struct _NullcurveRunColours
{
  GtkPopover parent_instance;

  GtkWidget *buttons[NULLCURVE_STYLE_N_COLOURS];
};

enum
{
  CHOSEN,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (NullcurveRunColours, nullcurve_run_colours, GTK_TYPE_POPOVER)

/* In the order of the palette; the marker is told for those who do not go by colour. */
static const char *const names[NULLCURVE_STYLE_N_COLOURS] = {
  N_ ("Blue, circle"),   N_ ("Orange, square"),       N_ ("Purple, triangle"),
  N_ ("Green, diamond"), N_ ("Ochre, triangle down"), N_ ("Pink, pentagon"),
  N_ ("Grey, plus"),     N_ ("Light blue, cross"),
};

static void
clicked_cb (GtkWidget *button, NullcurveRunColours *self)
{
  for (int i = 0; i < NULLCURVE_STYLE_N_COLOURS; i++)
    if (self->buttons[i] == button)
      g_signal_emit (self, signals[CHOSEN], 0, i);
  gtk_popover_popdown (GTK_POPOVER (self));
}

static GtkWidget *
new_button (NullcurveRunColours *self, int colour)
{
  GtkWidget *button = gtk_button_new ();
  GtkWidget *swatch = g_object_new (NULLCURVE_TYPE_RUN_SWATCH, "halign", GTK_ALIGN_CENTER, "valign",
                                    GTK_ALIGN_CENTER, NULL);
  nullcurve_run_swatch_set_palette (NULLCURVE_RUN_SWATCH (swatch), colour);
  gtk_button_set_child (GTK_BUTTON (button), swatch);
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_add_css_class (button, "run-colour");
  gtk_widget_set_tooltip_text (button, _ (names[colour]));
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ (names[colour]), -1);
  g_signal_connect (button, "clicked", G_CALLBACK (clicked_cb), self);
  return button;
}

static void
nullcurve_run_colours_class_init (NullcurveRunColoursClass *klass)
{
  signals[CHOSEN] = g_signal_new ("chosen", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                  NULL, NULL, G_TYPE_NONE, 1, G_TYPE_INT);
}

static void
nullcurve_run_colours_init (NullcurveRunColours *self)
{
  GtkWidget *grid = gtk_grid_new ();
  for (int i = 0; i < NULLCURVE_STYLE_N_COLOURS; i++)
    {
      self->buttons[i] = new_button (self, i);
      gtk_grid_attach (GTK_GRID (grid), self->buttons[i], i % PER_LINE, i / PER_LINE, 1, 1);
    }
  gtk_popover_set_child (GTK_POPOVER (self), grid);
}

GtkWidget *
nullcurve_run_colours_new (int palette)
{
  NullcurveRunColours *self = g_object_new (NULLCURVE_TYPE_RUN_COLOURS, NULL);
  if (palette >= 0)
    gtk_widget_add_css_class (self->buttons[palette % NULLCURVE_STYLE_N_COLOURS],
                              "suggested-action");
  return GTK_WIDGET (self);
}
