/* SPDX-License-Identifier: Apache-2.0 */
/* nullcurve, the desktop program. */
#include <glib/gi18n.h>
#include <locale.h>

#include "app/application.h"

int
main (int argc, char *argv[])
{
  /* Words follow the person, numbers do not: the same point stands in fields, charts and files, and
   * what is typed is read as files are. */
  gtk_disable_setlocale ();
  setlocale (LC_ALL, "");
  setlocale (LC_NUMERIC, "C");
  /* Where an uninstalled program has its translations. */
  const char *locale_dir = g_getenv ("NULLCURVE_LOCALE_DIR");
  bindtextdomain ("nullcurve", locale_dir != NULL ? locale_dir : NULLCURVE_LOCALEDIR);
  bind_textdomain_codeset ("nullcurve", "UTF-8");
  textdomain ("nullcurve");
  g_set_application_name ("Nullcurve");

  g_autoptr (NullcurveApplication) application = nullcurve_application_new ();
  return g_application_run (G_APPLICATION (application), argc, argv);
}
