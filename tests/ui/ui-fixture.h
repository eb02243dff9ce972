/* SPDX-License-Identifier: Apache-2.0 */
/* What tests of widgets share: a start without a session bus, and waiting with an end. */
#pragma once

#include <adwaita.h>

#include "engine/sweep/accelerators.h"

G_BEGIN_DECLS

typedef gboolean (*FixtureCondition) (gpointer data);

/* g_test_init (), adw_init (), private XDG folders and the program's resources. */
void fixture_ui_init (int *argc, char ***argv);

/* The same for a program that can do without: FALSE, and nothing usable, where no display is. */
gboolean fixture_ui_init_check (int *argc, char ***argv);

/* Run the main loop until `condition (data)` holds; fails the test after half a minute. */
void fixture_wait (FixtureCondition condition, gpointer data);

/* Run the main loop until nothing is left to do, or for a second while something moves.  On a busy
 * machine that may be before the next frame: what comes with one must be waited for. */
void fixture_settle (void);

/* Run it until a frame that began after now is drawn: sizes are given, what is shown is mapped. */
void fixture_wait_frame (GtkWidget *widget);

/* The backends of this build; looked for once. */
MoeAccelerators *fixture_backends (void);

/* Rates of a machine that is made up. */
MoeLimits fixture_limits (void);

/* Put such limits into the (private) cache for every backend and data type, the last backend's the
 * fastest, so that no test has to wait for measurements. */
void fixture_keep_limits (gsize threads);

/* Make a run of these options last a moment, on one thread whose limits are kept. */
void fixture_shrink_options (MoeOptions *options);

/* An application that is registered, so that windows have actions and accelerators. */
AdwApplication *fixture_application_new (void);

/* The message dialog that is open, or NULL. */
AdwMessageDialog *fixture_find_dialog (void);

/* Answer the open dialog, which must be there. */
void fixture_answer_dialog (const char *response);

/* A child that the widget's template names; fails the test when there is none. */
gpointer fixture_child (gpointer widget, const char *name);

/* What a label that its template names says there; NULL: nothing. */
const char *fixture_child_text (gpointer widget, const char *name);

/* Whether a label with just these words is in the widget. */
gboolean fixture_has_label (GtkWidget *widget, const char *words);

/* Where something can be dropped onto the widget itself, or NULL. */
GtkDropTarget *fixture_find_drop_target (GtkWidget *widget);

/* Close a popover and wait until GTK 4.8 has had its critical words about the tooltip that it was
 * about to show there, half a second after the pointer came; they fail no test. */
void fixture_pop_down (GtkPopover *popover);

/* Destroy a window and fail unless it is finalised, and with it all that the program has in it:
 * panel, page, list, rows. */
void fixture_assert_window_finalised (GtkWindow *window);

/* A file with this text in a temporary folder; owned by the caller. */
GFile *fixture_file_new (const char *name, const char *text);

G_END_DECLS
