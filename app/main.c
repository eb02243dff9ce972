/* SPDX-License-Identifier: Apache-2.0 */
/* nullcurve, the desktop program. */
#include <signal.h>

#include "app/application.h"
#include "app/program/data-dir.h"
#include "app/program/end.h"
#include "app/program/language.h"

int
main (int argc, char *argv[])
{
  /* Words follow the person, numbers do not: the same point stands in fields, charts and files, and
   * what is typed is read as files are. */
  gtk_disable_setlocale ();
  nullcurve_language_init (NULL);
  nullcurve_data_dir_offer ();
  g_set_application_name ("Nullcurve");
  /* Nobody reads what is printed any more, or a file may not grow: that is told where it is
   * written, and is no reason to end. */
  signal (SIGPIPE, SIG_IGN);
  signal (SIGXFSZ, SIG_IGN);

  g_autoptr (NullcurveApplication) application = nullcurve_application_new ();
  int status = g_application_run (G_APPLICATION (application), argc, argv);
  nullcurve_program_end (status);
  return status;
}
