/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/window/kept.h"

#include "engine/sweep/presets.h"
#include "engine/sweep/quantities.h"
#include "ui/keep.h"
#include "ui/queue/kept-jobs.h"
#include "ui/window/kept-zoom.h"

struct NullcurveKept
{
  GSettings *settings;
  NullcurveKeptParts parts;
  GObject *watched; /* signals come here as long as this lives */
  guint save_id;    /* something is to be written; 0: all is */
};

/* --- what is written --- */

static void
save_size (NullcurveKept *self)
{
  gboolean maximized = gtk_window_is_maximized (self->parts.window);
  nullcurve_keep (self->settings, "window-maximized", g_variant_new_boolean (maximized));
  if (maximized)
    return;
  int width, height;
  gtk_window_get_default_size (self->parts.window, &width, &height);
  nullcurve_keep (self->settings, "window-width", g_variant_new_int32 (MAX (width, 360)));
  nullcurve_keep (self->settings, "window-height", g_variant_new_int32 (MAX (height, 294)));
}

static void
save_setup (NullcurveKept *self)
{
  MoeOptions options;
  nullcurve_setup_panel_get_options (self->parts.setup, &options);
  nullcurve_keep (self->settings, "last-setup",
                  g_variant_new_take_string (moe_text_from_options (&options)));
}

/* Actions of the window whose state is a setting of their name. */
static const char *const kept_states[] = { "sort-runs", "group-runs" };

static void
save_states (NullcurveKept *self)
{
  for (gsize i = 0; i < G_N_ELEMENTS (kept_states); i++)
    {
      g_autoptr (GVariant) state =
          g_action_group_get_action_state (G_ACTION_GROUP (self->parts.window), kept_states[i]);
      if (state != NULL)
        nullcurve_keep (self->settings, kept_states[i], state);
    }
}

static void
save (NullcurveKept *self)
{
  AdwFlap *flap = self->parts.setup_flap;
  g_clear_handle_id (&self->save_id, g_source_remove);
  save_size (self);
  save_setup (self);
  /* A setup that folded away for want of room was not closed by anybody. */
  if (!adw_flap_get_folded (flap))
    nullcurve_keep (self->settings, "show-sidebar",
                    g_variant_new_boolean (adw_flap_get_reveal_flap (flap)));
  nullcurve_keep (self->settings, "queue", nullcurve_kept_jobs_save (self->parts.queue));
  const NullcurveViewport zoom = nullcurve_chart_page_get_zoom (self->parts.page);
  nullcurve_keep (self->settings, "zoom", nullcurve_kept_zoom_pack (&zoom));
  save_states (self);
  nullcurve_file_desk_save (self->parts.files);
}

/* --- when --- */

static gboolean
save_cb (gpointer data)
{
  NullcurveKept *self = data;
  self->save_id = 0;
  save (self);
  return G_SOURCE_REMOVE;
}

static void
changed_cb (NullcurveKept *self)
{
  if (self->save_id == 0)
    self->save_id = g_timeout_add_seconds (1, save_cb, self);
}

/* At once, whatever happens in the run that begins. */
static void
state_cb (NullcurveKept *self)
{
  if (nullcurve_sweep_queue_get_state (self->parts.queue) == NULLCURVE_SWEEP_GOING)
    save (self);
  else
    changed_cb (self);
}

static void
watch (NullcurveKept *self)
{
  const NullcurveKeptParts *parts = &self->parts;
  const struct
  {
    gpointer instance;
    const char *signal;
    GCallback callback;
  } signals[] = {
    { parts->window, "notify::default-width", G_CALLBACK (changed_cb) },
    { parts->window, "notify::default-height", G_CALLBACK (changed_cb) },
    { parts->window, "notify::maximized", G_CALLBACK (changed_cb) },
    { parts->window, "action-state-changed::sort-runs", G_CALLBACK (changed_cb) },
    { parts->window, "action-state-changed::group-runs", G_CALLBACK (changed_cb) },
    { parts->setup_flap, "notify::reveal-flap", G_CALLBACK (changed_cb) },
    { parts->setup, "changed", G_CALLBACK (changed_cb) },
    { parts->page, "zoomed", G_CALLBACK (changed_cb) },
    { parts->queue, "items-changed", G_CALLBACK (changed_cb) },
    { parts->queue, "state-changed", G_CALLBACK (state_cb) },
    { parts->runs, "changed", G_CALLBACK (changed_cb) },
  };
  self->watched = g_object_new (G_TYPE_OBJECT, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (signals); i++)
    {
      GClosure *closure = g_cclosure_new_swap (signals[i].callback, self, NULL);
      g_object_watch_closure (self->watched, closure);
      g_signal_connect_closure (signals[i].instance, signals[i].signal, closure, FALSE);
    }
}

/* --- what is read --- */

static void
load_setup (NullcurveKept *self)
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
  nullcurve_setup_panel_set_options (self->parts.setup, &options);
  g_settings_set_boolean (self->settings, "first-start", FALSE);
}

/* Of runs that come again. */
static void
load_zoom (NullcurveKept *self)
{
  g_autoptr (GVariant) open = g_settings_get_value (self->settings, "open-runs");
  g_autoptr (GVariant) kept = g_settings_get_value (self->settings, "zoom");
  NullcurveViewport zoom;
  if (g_variant_n_children (open) == 0)
    return;
  nullcurve_kept_zoom_unpack (kept, &zoom);
  nullcurve_chart_page_set_zoom (self->parts.page, &zoom);
}

static void
load_states (NullcurveKept *self)
{
  for (gsize i = 0; i < G_N_ELEMENTS (kept_states); i++)
    {
      g_autoptr (GVariant) state = g_settings_get_value (self->settings, kept_states[i]);
      g_action_group_change_action_state (G_ACTION_GROUP (self->parts.window), kept_states[i],
                                          state);
    }
}

static void
load_size (NullcurveKept *self)
{
  gtk_window_set_default_size (self->parts.window,
                               g_settings_get_int (self->settings, "window-width"),
                               g_settings_get_int (self->settings, "window-height"));
  if (g_settings_get_boolean (self->settings, "window-maximized"))
    gtk_window_maximize (self->parts.window);
  adw_flap_set_reveal_flap (self->parts.setup_flap,
                            g_settings_get_boolean (self->settings, "show-sidebar"));
}

guint
nullcurve_kept_restore (NullcurveKept *self)
{
  g_return_val_if_fail (self != NULL && self->watched == NULL, 0);
  g_autoptr (GVariant) queue = g_settings_get_value (self->settings, "queue");
  nullcurve_file_desk_set_settings (self->parts.files, self->settings);
  nullcurve_places_set_settings (self->parts.places, self->settings);
  nullcurve_own_presets_set_settings (self->parts.presets, self->settings);
  load_size (self);
  nullcurve_chart_page_set_settings (self->parts.page, self->settings);
  load_setup (self);
  load_states (self);
  load_zoom (self);
  guint missing = nullcurve_kept_jobs_restore (queue, self->parts.queue, self->parts.places);
  watch (self);
  return missing;
}

NullcurveKept *
nullcurve_kept_new (GSettings *settings, const NullcurveKeptParts *parts)
{
  NullcurveKept *self = g_new0 (NullcurveKept, 1);
  self->settings = g_object_ref (settings);
  self->parts = *parts;
  return self;
}

void
nullcurve_kept_free (NullcurveKept *self)
{
  g_return_if_fail (self != NULL);
  /* What is asked for here may bring changes about. */
  g_clear_object (&self->watched);
  save (self);
  g_object_unref (self->settings);
  g_free (self);
}
