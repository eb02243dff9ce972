/* SPDX-License-Identifier: Apache-2.0 */
/* Where to write a file: file dialogs begin in the folder of the last one, the name decides the
 * format, and nothing is replaced that a person was not asked about.  Main thread only. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Let a dialog for opening or saving begin in the folder of the last one, which the settings (NULL:
 * nobody) remember; and keep the one where it ended. */
void nullcurve_last_folder_apply (GSettings *settings, GtkFileChooser *chooser);
void nullcurve_last_folder_keep (GSettings *settings, GtkFileChooser *chooser, int response);

/* Write the file, and say how that went; TRUE when it is written. */
typedef gboolean (*NullcurveSave) (gpointer owner, GFile *file);

/* A dialog that proposes `name` and has `save` write the file that is chosen, as long as `owner`, a
 * widget of the window, lives.  `knows` tells by a path's ending whether a name says the format
 * already; else it gets the ending of the chosen filter.  NULL: names are taken as they are.  It is
 * to be shown, and goes by itself. */
GtkFileChooserNative *nullcurve_save_dialog_new (GtkWidget *owner,
                                                 GSettings *settings,
                                                 const char *title,
                                                 const char *name,
                                                 gboolean (*knows) (const char *path),
                                                 NullcurveSave save);
void nullcurve_save_dialog_add_format (GtkFileChooserNative *dialog,
                                       const char *words,
                                       const char *ending);

/* Write `file`; a person was asked about `asked` only, so that another file that is there already
 * is asked about here. */
void nullcurve_save_dialog_write (GtkWidget *owner, GFile *asked, GFile *file, NullcurveSave save);

G_END_DECLS
