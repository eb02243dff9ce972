/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/places/command-dialog.h"

#include "engine/elsewhere/arguments.h"
#include "engine/elsewhere/errand.h"

#include <glib/gi18n.h>

static char *
line_here (const MoeOptions *options)
{
  g_auto (GStrv) arguments = moe_options_to_arguments (options);
  GString *line = g_string_new ("nullcurve-bench");
  for (gsize i = 0; arguments[i] != NULL; i++)
    {
      g_autofree char *word = moe_place_quote (arguments[i]);
      g_string_append_printf (line, " %s", word);
    }
  return g_string_free (line, FALSE);
}

char *
nullcurve_command_line (NullcurvePlace *place, const MoeOptions *options, GError **error)
{
  if (place == NULL)
    return line_here (options);
  const MoePlace engine = nullcurve_place_get_engine (place);
  if (!nullcurve_place_check (place, error))
    return NULL;
  return moe_errand_show_command (&engine, options, error);
}

static GtkWidget *
new_text (const char *line)
{
  GtkWidget *label = gtk_label_new (line);
  gtk_label_set_selectable (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  /* As in a terminal: a dash is no place to break. */
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_CHAR);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_max_width_chars (GTK_LABEL (label), 60);
  gtk_widget_add_css_class (label, "monospace");
  gtk_widget_add_css_class (label, "command-line");
  return label;
}

static void
response_cb (AdwMessageDialog *dialog, const char *response, const char *line)
{
  if (g_str_equal (response, "copy"))
    gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (dialog)), line);
}

GtkWidget *
nullcurve_command_dialog_new (GtkWindow *parent, NullcurvePlace *place, const MoeOptions *options)
{
  g_autoptr (GError) error = NULL;
  char *line = nullcurve_command_line (place, options, &error);
  GtkWidget *dialog = adw_message_dialog_new (
      parent, _ ("What Is Run"),
      line == NULL    ? error->message
      : place == NULL ? _ ("The window measures by itself; this measures the same in a terminal.")
                      : _ ("Exactly this is started; it writes the run to its standard output."));
  adw_message_dialog_add_response (ADW_MESSAGE_DIALOG (dialog), "close", _ ("_Close"));
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "close");
  if (line == NULL)
    return dialog;
  adw_message_dialog_add_response (ADW_MESSAGE_DIALOG (dialog), "copy", _ ("C_opy"));
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "copy");
  adw_message_dialog_set_extra_child (ADW_MESSAGE_DIALOG (dialog), new_text (line));
  g_signal_connect_data (dialog, "response", G_CALLBACK (response_cb), line,
                         (GClosureNotify)(void (*) (void))g_free, 0);
  return dialog;
}
