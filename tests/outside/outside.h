/* SPDX-License-Identifier: Apache-2.0 */
/* The program seen from outside, as a screen reader and a keyboard see it.  All waiting here ends
 * after a while with g_error (). */
#pragma once

#include <atspi/atspi.h>
#include <gio/gio.h>

typedef struct Outside
{
  GSubprocess *process;
  AtspiAccessible *frame; /* the main window */
  char *folder;           /* of its own, with all its data */
} Outside;

/* Start the window with an empty folder for its data. */
void outside_start (Outside *outside);

/* Ask it to close, wait for it, and remove the folder.  It must end with 0. */
void outside_finish (Outside *outside);

/* The first one below `root` with this role and name that is on the screen (new reference), or
 * NULL. */
AtspiAccessible *outside_look (AtspiAccessible *root, AtspiRole role, const char *name);

/* Wait for it to come. */
void outside_await (AtspiAccessible *root, AtspiRole role, const char *name);

/* Wait until there is none. */
void outside_await_gone (AtspiAccessible *root, AtspiRole role, const char *name);

/* Wait until an action of a widget is enabled. */
void outside_await_action (AtspiAccessible *accessible, const char *action);

/* The same, and do it. */
void outside_act (AtspiAccessible *accessible, const char *action);

/* Set what a spin button of this name shows. */
void outside_set (Outside *outside, const char *name, double value);

/* Press keys in the window with this title (xdotool's names), or type a text. */
void outside_press (const char *title, const char *keys);
void outside_type (const char *title, const char *text);

/* Wait for a file, and until it no longer grows. */
void outside_await_file (const char *path);
