/* SPDX-License-Identifier: Apache-2.0 */
/* What is remembered from one start to the next. */
#include "ui/window/window-private.h"

#include "engine/sweep/presets.h"
#include "engine/sweep/quantities.h"

static void
load_setup (NullcurveWindow *self)
{
  MoeOptions options;
  moe_presets_init_options (&options);
  g_autofree char *line = g_settings_get_string (self->settings, "last-setup");
  if (!g_settings_get_boolean (self->settings, "first-start"))
    {
      /* A setup that was kept before there was a choice asks for a number of samples. */
      options.until_settled = false;
      moe_text_to_options (line, &options);
    }
  nullcurve_setup_panel_set_options (self->setup, &options);
  g_settings_set_boolean (self->settings, "first-start", FALSE);
}

void
nullcurve_window_set_settings (NullcurveWindow *self, GSettings *settings)
{
  g_return_if_fail (NULLCURVE_IS_WINDOW (self));
  if (!g_set_object (&self->settings, settings) || settings == NULL)
    return;
  nullcurve_file_desk_set_settings (self->files, settings);
  gtk_window_set_default_size (GTK_WINDOW (self), g_settings_get_int (settings, "window-width"),
                               g_settings_get_int (settings, "window-height"));
  if (g_settings_get_boolean (settings, "window-maximized"))
    gtk_window_maximize (GTK_WINDOW (self));
  adw_flap_set_reveal_flap (self->setup_flap, g_settings_get_boolean (settings, "show-sidebar"));
  nullcurve_chart_page_set_settings (self->page, settings);
  load_setup (self);
}

static void
save_size (NullcurveWindow *self)
{
  gboolean maximized = gtk_window_is_maximized (GTK_WINDOW (self));
  g_settings_set_boolean (self->settings, "window-maximized", maximized);
  if (maximized)
    return;
  int width, height;
  gtk_window_get_default_size (GTK_WINDOW (self), &width, &height);
  g_settings_set_int (self->settings, "window-width", MAX (width, 360));
  g_settings_set_int (self->settings, "window-height", MAX (height, 294));
}

void
nullcurve_window_save_settings (NullcurveWindow *self)
{
  if (self->settings == NULL)
    return;
  MoeOptions options;
  nullcurve_setup_panel_get_options (self->setup, &options);
  g_autofree char *line = moe_text_from_options (&options);
  save_size (self);
  g_settings_set_string (self->settings, "last-setup", line);
  /* A setup that folded away for want of room was not closed by anybody. */
  if (!adw_flap_get_folded (self->setup_flap))
    g_settings_set_boolean (self->settings, "show-sidebar",
                            adw_flap_get_reveal_flap (self->setup_flap));
}
