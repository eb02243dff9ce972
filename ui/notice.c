/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/notice.h"

#include <glib/gi18n.h>

void
nullcurve_notice_toast (GtkWidget *near, AdwToast *toast)
{
  GtkWidget *overlay = ADW_IS_APPLICATION_WINDOW (near)
                           ? adw_application_window_get_content (ADW_APPLICATION_WINDOW (near))
                           : gtk_widget_get_ancestor (near, ADW_TYPE_TOAST_OVERLAY);

  if (overlay != NULL)
    adw_toast_overlay_add_toast (ADW_TOAST_OVERLAY (overlay), toast);
  else
    g_object_unref (toast);
}

void
nullcurve_notice_say (GtkWidget *near, const char *message)
{
  g_autofree char *markup = g_markup_escape_text (message, -1);

  nullcurve_notice_toast (near, adw_toast_new (markup));
}

void
nullcurve_notice_error (GtkWidget *near, const char *heading, const char *body)
{
  GtkWidget *dialog =
      adw_message_dialog_new (GTK_WINDOW (gtk_widget_get_root (near)), heading, body);

  adw_message_dialog_add_response (ADW_MESSAGE_DIALOG (dialog), "close", _ ("_Close"));
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "close");
  gtk_window_present (GTK_WINDOW (dialog));
}
