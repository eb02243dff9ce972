/* SPDX-License-Identifier: Apache-2.0 */
/* The help: the pages of docs/help, which travel with the program and need no network. */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define NULLCURVE_TYPE_HELP_WINDOW (nullcurve_help_window_get_type ())
G_DECLARE_FINAL_TYPE (NullcurveHelpWindow, nullcurve_help_window, NULLCURVE, HELP_WINDOW, AdwWindow)

GtkWidget *nullcurve_help_window_new (GtkWindow *parent);

/* Show a page by the name of its file, without ending; FALSE when there is none. */
gboolean nullcurve_help_window_show (NullcurveHelpWindow *self, const char *page);

/* The page that is shown; owned by the window. */
const char *nullcurve_help_window_get_page (NullcurveHelpWindow *self);

/* Names of all pages, in the order of the list; NULL at the end. */
const char *const *nullcurve_help_window_pages (void);

G_END_DECLS
