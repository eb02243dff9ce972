/* SPDX-License-Identifier: Apache-2.0 */
/* Words to whoever sits in front of a window: in passing, or to be answered.  Main thread only. */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/* On the toast overlay around a widget of a window, or the window's own; takes the toast over. */
void nullcurve_notice_toast (GtkWidget *near, AdwToast *toast);

/* A toast that says `message`, which is plain text. */
void nullcurve_notice_say (GtkWidget *near, const char *message);

/* What went wrong, to be closed. */
void nullcurve_notice_error (GtkWidget *near, const char *heading, const char *body);

G_END_DECLS
