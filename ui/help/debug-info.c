/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/help/debug-info.h"

#include "engine/host/environment.h"
#include "engine/machine/forecast.h"
#include "engine/threads/team.h"

#include <adwaita.h>
#include <pango/pango.h>
#include <sys/utsname.h>

static void
append_programs (GString *text)
{
  g_string_append_printf (text, "Nullcurve: %s\n", NULLCURVE_VERSION);
  g_string_append_printf (text, "GTK: %u.%u.%u\n", gtk_get_major_version (),
                          gtk_get_minor_version (), gtk_get_micro_version ());
  g_string_append_printf (text, "libadwaita: %u.%u.%u\n", adw_get_major_version (),
                          adw_get_minor_version (), adw_get_micro_version ());
  g_string_append_printf (text, "GLib: %u.%u.%u\n", glib_major_version, glib_minor_version,
                          glib_micro_version);
  g_string_append_printf (text, "cairo: %s\nPango: %s\n", cairo_version_string (),
                          pango_version_string ());
}

static void
append_backend (GString *text, const MoeAccelerators *backends, gsize index)
{
  const MoeBackend *backend = moe_accelerators_get (backends, index)->backend;
  MoeBackendFacts facts = { 0 };
  const char *reason = moe_accelerators_get (backends, index)->reasons[MOE_DTYPE_FLOAT32];
  const char *bfloat16 = moe_accelerators_get (backends, index)->reasons[MOE_DTYPE_BFLOAT16];
  if (reason == NULL)
    backend->facts (0, &facts);
  g_string_append_printf (text, "%s: %s", backend->title, reason != NULL ? reason : "usable");
  if (facts.library[0] != '\0')
    g_string_append_printf (text, ", %s", facts.library);
  if (facts.kernels[0] != '\0')
    g_string_append_printf (text, " (%s)", facts.kernels);
  if (reason == NULL && bfloat16 != NULL)
    g_string_append_printf (text, "; no bfloat16: %s", bfloat16);
  g_string_append_c (text, '\n');
}

static void
append_machine (GString *text)
{
  struct utsname system;
  g_string_append_printf (text, "CPU: %s\nThreads: %zu\nFree memory: %.1f GiB\n",
                          moe_environment_cpu (), moe_team_default_size (),
                          (double)moe_available_memory () / (1024.0 * 1024 * 1024));
  if (uname (&system) == 0)
    g_string_append_printf (text, "Kernel: %s %s %s\n", system.sysname, system.release,
                            system.machine);
  g_autofree char *os = g_get_os_info (G_OS_INFO_KEY_PRETTY_NAME);
  g_string_append_printf (text, "System: %s\n", os != NULL ? os : "unknown");
}

static void
append_display (GString *text)
{
  GdkDisplay *display = gdk_display_get_default ();
  const char *desktop = g_getenv ("XDG_CURRENT_DESKTOP");
  const char *renderer = g_getenv ("GSK_RENDERER");
  if (display != NULL)
    g_string_append_printf (text, "Display: %s\n", G_OBJECT_TYPE_NAME (display));
  if (renderer != NULL)
    g_string_append_printf (text, "GSK_RENDERER: %s\n", renderer);
  g_string_append_printf (text, "Desktop: %s\n", desktop != NULL ? desktop : "unknown");
  g_string_append_printf (text, "Language: %s\n", g_get_language_names ()[0]);
}

char *
nullcurve_debug_info_new (const MoeAccelerators *backends)
{
  GString *text = g_string_new (NULL);
  append_programs (text);
  for (gsize i = 0; backends != NULL && i < moe_accelerators_get_n (backends); i++)
    append_backend (text, backends, i);
  append_machine (text);
  append_display (text);
  g_string_truncate (text, text->len - 1);
  return g_string_free (text, FALSE);
}
