/* SPDX-License-Identifier: Apache-2.0 */
/* Exits 0 when GTK can open the display that the environment names, 1 when it cannot. */
#include <gtk/gtk.h>

int
main (void)
{
  return gtk_init_check () ? 0 : 1;
}
