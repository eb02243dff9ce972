/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/follow.h"

void
nullcurve_follow (
    GObject *owner, gpointer data, gpointer instance, const char *signal, GCallback callback)
{
  GClosure *closure = g_cclosure_new_swap (callback, data, NULL);

  g_object_watch_closure (owner, closure);
  g_signal_connect_closure (instance, signal, closure, FALSE);
}
