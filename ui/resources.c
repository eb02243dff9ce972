/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/resources.h"

#include "ui/ui-resources.h"

#include <gtk/gtk.h>

static void
load_style (GdkDisplay *display)
{
  g_autoptr (GtkCssProvider) provider = gtk_css_provider_new ();
  gtk_css_provider_load_from_resource (provider, NULLCURVE_RESOURCE_BASE "style.css");
  gtk_style_context_add_provider_for_display (display, GTK_STYLE_PROVIDER (provider),
                                              GTK_STYLE_PROVIDER_PRIORITY_APPLICATION);
  gtk_icon_theme_add_resource_path (gtk_icon_theme_get_for_display (display),
                                    NULLCURVE_RESOURCE_BASE "icons");
}

void
nullcurve_resources_init (void)
{
  static gsize done = 0;
  if (!g_once_init_enter (&done))
    return;

  /* Static libraries drop objects nobody calls, and with them the constructor that registers
   * the resources: so it is called by name. */
  g_resources_register (nullcurve_ui_get_resource ());
  GdkDisplay *display = gdk_display_get_default ();
  if (display != NULL)
    load_style (display);
  g_once_init_leave (&done, 1);
}
