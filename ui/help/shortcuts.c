/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/help/shortcuts.h"

#include <glib/gi18n.h>

typedef enum RowKind
{
  SECTION,
  GROUP,
  KEY
} RowKind;

typedef struct Row
{
  RowKind kind;
  const char *title;
  const char *keys;   /* of a section its name; behind a | are keys that are listened for */
  const char *action; /* that the others are bound to; NULL: all are listened for */
} Row;

/* Few lines a section: the window of shortcuts does not scroll, and has to fit 800 x 600. */
static const Row rows[] = {
  { SECTION, N_ ("Measure"), "measure", NULL },
  { GROUP, N_ ("Measure"), NULL, NULL },
  { KEY, N_ ("Run"), "<Primary>r F5", "win.run" },
  { KEY, N_ ("Add the setup to the queue"), "<Primary><Shift>r", "win.enqueue" },
  { KEY, N_ ("Stop and keep the points measured"), "<Primary>period|Escape", "win.stop" },
  { KEY, N_ ("Pause before the next sample, or go on"), "<Primary><Shift>p", "win.pause" },
  { KEY, N_ ("Compare two runs"), "<Primary>d", "win.compare" },
  { GROUP, N_ ("General"), NULL, NULL },
  { KEY, N_ ("Help"), "F1", "app.help" },
  { KEY, N_ ("Main menu"), "F10", NULL },
  { KEY, N_ ("Keyboard shortcuts"), "<Primary>question", "win.show-help-overlay" },
  { KEY, N_ ("Close the window"), "<Primary>w", "window.close" },
  { KEY, N_ ("Quit"), "<Primary>q", "app.quit" },
  { SECTION, N_ ("Results"), "results", NULL },
  { GROUP, N_ ("Results"), NULL, NULL },
  { KEY, N_ ("Open results"), "<Primary>o", "win.open" },
  { KEY, N_ ("Run library"), "<Primary><Shift>o", "win.library" },
  { KEY, N_ ("Show the published rows"), "<Primary>p", "win.open-reference" },
  { KEY, N_ ("Export the run as CSV"), "<Primary>s", "win.export-csv" },
  { KEY, N_ ("Export the chart"), "<Primary>e", "win.export-chart" },
  { KEY, N_ ("Copy the chart"), "<Primary><Shift>c", "win.copy-chart" },
  { KEY, N_ ("Save a report"), "<Primary><Shift>e", "win.report" },
  { SECTION, N_ ("Runs"), "runs", NULL },
  { GROUP, N_ ("Runs"), NULL, NULL },
  { KEY, N_ ("Rename the selected run"), "F2", NULL },
  { KEY, N_ ("Find runs in the list"), "<Primary>f", "win.find-run" },
  { KEY, N_ ("Hide the selected runs, or show them"), "<Primary>h", "win.hide-run" },
  { KEY, N_ ("Show only the selected runs"), "<Primary><Shift>h", "win.show-only-runs" },
  { KEY, N_ ("Properties of the selected run"), "<Alt>Return", "win.run-properties" },
  { KEY, N_ ("Move the selected run in the list"), "<Alt>Up <Alt>Down", NULL },
  { KEY, N_ ("Undo a change of the list, or redo it"), "<Primary>z <Primary><Shift>z", NULL },
  { KEY, N_ ("Remove the selected runs from the list"), "Delete", NULL },
  { KEY, N_ ("Pin the selected run as the baseline, or let it go"), "<Primary><Shift>b|b",
    "win.pin-baseline" },
  { SECTION, N_ ("Views"), "views", NULL },
  { GROUP, N_ ("Views"), NULL, NULL },
  { KEY, N_ ("Setup"), "F9", NULL },
  { KEY, N_ ("Runs"), "<Shift>F9", NULL },
  { KEY, N_ ("Throughput"), "<Primary>1", "win.view::throughput" },
  { KEY, N_ ("Where it goes"), "<Primary>2", "win.view::where" },
  { KEY, N_ ("Efficiency"), "<Primary>3", "win.view::efficiency" },
  { KEY, N_ ("Stages"), "<Primary>4", "win.view::stages" },
  { KEY, N_ ("Load"), "<Primary>5", "win.view::load" },
  { KEY, N_ ("Table"), "<Primary>6", "win.view::table" },
  { SECTION, N_ ("Scales"), "scales", NULL },
  { GROUP, N_ ("Scales"), NULL, NULL },
  { KEY, N_ ("Throughput as measured"), "<Primary>7", "win.scale::absolute" },
  { KEY, N_ ("Throughput relative to f = 0"), "<Primary>8", "win.scale::relative" },
  { KEY, N_ ("Throughput against the baseline"), "<Primary>9", "win.scale::baseline" },
  { KEY, N_ ("Logarithmic vertical axes"), "<Primary>l", "win.log-y" },
  { KEY, N_ ("The machine's limits"), "<Primary>b", "win.limits" },
  { KEY, N_ ("X axis as ideal speed-up"), "<Primary>i", "win.x-ideal" },
  { KEY, N_ ("X axis as experts per token"), "<Primary><Shift>i", "win.x-experts" },
  { KEY, N_ ("Lower or higher null fraction of “Where it goes”"), "<Primary>Left <Primary>Right",
    NULL },
  { GROUP, N_ ("Zoom"), NULL, NULL },
  { KEY, N_ ("Zoom the x axis in or out"), "plus minus", NULL },
  { KEY, N_ ("Zoom the y axis in or out"), "<Primary>plus <Primary>minus", NULL },
  { KEY, N_ ("Move what is shown"), "<Shift>Left <Shift>Right", NULL },
  { KEY, N_ ("Undo a zoom"), "BackSpace <Alt>Left", NULL },
  { KEY, N_ ("Reset the zoom"), "0", NULL },
  { SECTION, N_ ("Points"), "chart", NULL },
  { GROUP, N_ ("In the Chart"), NULL, NULL },
  { KEY, N_ ("Walk along the points of a curve"), "Left Right", NULL },
  { KEY, N_ ("Walk from curve to curve"), "Up Down", NULL },
  { KEY, N_ ("Next or previous curve, then out of the chart"), "Tab <Shift>Tab", NULL },
  { KEY, N_ ("First or last point"), "Home End", NULL },
  { KEY, N_ ("Copy what the crosshair reads"), "<Primary>c", NULL },
  { KEY, N_ ("Take the crosshair away"), "Escape", NULL },
  { KEY, N_ ("Hide the curve of the crosshair, show all"), "h <Shift>h", NULL },
  { KEY, N_ ("List the curves"), "l", NULL },
  { KEY, N_ ("Menu of the chart"), "Menu <Shift>F10", NULL },
};

void
nullcurve_shortcuts_bind (GtkApplication *application)
{
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      if (rows[i].action == NULL)
        continue;
      g_auto (GStrv) parts = g_strsplit (rows[i].keys, "|", 2);
      g_auto (GStrv) keys = g_strsplit (parts[0], " ", -1);
      gtk_application_set_accels_for_action (application, rows[i].action,
                                             (const char *const *)keys);
    }
}

/* GTK lets such a window be filled by a builder only. */
static void
append_row (GString *text, const Row *row)
{
  static const char *const classes[] = {
    [SECTION] = "GtkShortcutsSection", [GROUP] = "GtkShortcutsGroup", [KEY] = "GtkShortcutsShortcut"
  };
  static const char *const names[] = { [SECTION] = "section-name", [KEY] = "accelerator" };
  g_autofree char *title = g_markup_escape_text (_ (row->title), -1);
  g_autofree char *keys = g_markup_escape_text (row->keys != NULL ? row->keys : "", -1);
  g_string_append_printf (text, "<child><object class='%s'><property name='title'>%s</property>",
                          classes[row->kind], title);
  if (row->keys != NULL)
    g_string_append_printf (text, "<property name='%s'>%s</property>", names[row->kind],
                            g_strdelimit (keys, "|", ' '));
  if (row->kind == SECTION)
    g_string_append (text, "<property name='max-height'>16</property>");
}

void
nullcurve_shortcuts_add_overlay (GtkApplicationWindow *window)
{
  g_autoptr (GString) text = g_string_new ("<interface><object class='GtkShortcutsWindow' "
                                           "id='overlay'><property name='modal'>1</property>");
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      append_row (text, &rows[i]);
      /* What has no rows below it ends, and what it is the last row of. */
      RowKind next = i + 1 < G_N_ELEMENTS (rows) ? rows[i + 1].kind : SECTION;
      for (int kind = (int)rows[i].kind; kind >= (int)next; kind--)
        g_string_append (text, "</object></child>");
    }
  g_string_append (text, "</object></interface>");
  g_autoptr (GtkBuilder) builder = gtk_builder_new_from_string (text->str, -1);
  gtk_application_window_set_help_overlay (
      window, GTK_SHORTCUTS_WINDOW (gtk_builder_get_object (builder, "overlay")));
}
