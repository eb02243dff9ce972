/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/runs/run-colours.h"

#include "ui/figure/style.h"
#include "ui/runs/run-swatch.h"

#include <glib/gi18n.h>

enum
{
  PER_LINE = 4
};

/* In the order of the palette; the marker is told for those who do not go by colour. */
static const char *const names[NULLCURVE_STYLE_N_COLOURS] = {
  N_ ("Blue, circle"),   N_ ("Orange, square"),       N_ ("Purple, triangle"),
  N_ ("Green, diamond"), N_ ("Ochre, triangle down"), N_ ("Pink, pentagon"),
  N_ ("Grey, plus"),     N_ ("Light blue, cross"),
};

static GtkWidget *
new_button (const char *action, int colour)
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
  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), action);
  gtk_actionable_set_action_target (GTK_ACTIONABLE (button), "i", colour);
  return button;
}

GtkWidget *
nullcurve_run_colours_new (const char *action, int palette)
{
  GtkWidget *popover = gtk_popover_new (), *grid = gtk_grid_new ();
  for (int i = 0; i < NULLCURVE_STYLE_N_COLOURS; i++)
    {
      GtkWidget *button = new_button (action, i);
      if (palette >= 0 && palette % NULLCURVE_STYLE_N_COLOURS == i)
        gtk_widget_add_css_class (button, "suggested-action");
      gtk_grid_attach (GTK_GRID (grid), button, i % PER_LINE, i / PER_LINE, 1, 1);
    }
  gtk_popover_set_child (GTK_POPOVER (popover), grid);
  return popover;
}
