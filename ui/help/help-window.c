/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/help/help-window.h"

#include "ui/help/help-text.h"
#include "ui/resources.h"

#include <glib/gi18n.h>
#include <string.h>

static const char *const pages[] = {
  "getting-started", "reading-charts", "null-modes", "comparing", "exporting", "queue-and-library",
  "command-line",    "elsewhere",      "keyboard",   "glossary",  NULL
};

struct _NullcurveHelpWindow
{
  AdwWindow parent_instance;

  GtkSearchEntry *search;
  GtkListBox *list;
  GtkScrolledWindow *scroll;
  GtkBox *content;

  const char *page;
};

G_DEFINE_FINAL_TYPE (NullcurveHelpWindow, nullcurve_help_window, ADW_TYPE_WINDOW)

const char *const *
nullcurve_help_window_pages (void)
{
  return pages;
}

/* A page in the person's language where there is one, else in English. */
static GBytes *
load_page (const char *page)
{
  const char *const *languages = g_get_language_names ();
  for (gsize i = 0; languages[i] != NULL; i++)
    {
      g_autofree char *path =
          g_strconcat (NULLCURVE_RESOURCE_BASE "help/", languages[i], "/", page, ".md", NULL);
      GBytes *bytes = g_resources_lookup_data (path, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
      if (bytes != NULL)
        return bytes;
    }
  g_autofree char *path = g_strconcat (NULLCURVE_RESOURCE_BASE "help/", page, ".md", NULL);
  return g_resources_lookup_data (path, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
}

static char *
dup_text (const char *page)
{
  g_autoptr (GBytes) bytes = load_page (page);
  gsize length = 0;
  const char *data = bytes != NULL ? g_bytes_get_data (bytes, &length) : "";
  return g_strndup (data, length);
}

static int
find_page (const char *name)
{
  for (int i = 0; pages[i] != NULL; i++)
    if (strcmp (name, pages[i]) == 0)
      return i;
  return -1;
}

/* To another page, or out into the world. */
static gboolean
link_cb (GtkLabel *label, const char *uri, gpointer data)
{
  g_autofree char *name = g_strndup (uri, strcspn (uri, "."));
  return nullcurve_help_window_show (data, name);
}

static void
clear_content (NullcurveHelpWindow *self)
{
  GtkWidget *child;
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self->content))) != NULL)
    gtk_box_remove (self->content, child);
}

static gboolean
show_soon_cb (gpointer data)
{
  NullcurveHelpWindow *self = data;
  g_autofree char *text = dup_text (self->page);
  GtkAdjustment *adjustment = gtk_scrolled_window_get_vadjustment (self->scroll);
  clear_content (self);
  nullcurve_help_text_fill (self->content, text, G_CALLBACK (link_cb), self);
  gtk_adjustment_set_value (adjustment, 0);
  return G_SOURCE_REMOVE;
}

gboolean
nullcurve_help_window_show (NullcurveHelpWindow *self, const char *page)
{
  g_return_val_if_fail (NULLCURVE_IS_HELP_WINDOW (self), FALSE);
  int index = find_page (page);
  if (index < 0)
    return FALSE;
  self->page = pages[index];
  gtk_list_box_select_row (self->list, gtk_list_box_get_row_at_index (self->list, index));
  /* The label whose link was activated must outlive its signal. */
  g_idle_add_full (G_PRIORITY_HIGH_IDLE, show_soon_cb, g_object_ref (self), g_object_unref);
  return TRUE;
}

const char *
nullcurve_help_window_get_page (NullcurveHelpWindow *self)
{
  g_return_val_if_fail (NULLCURVE_IS_HELP_WINDOW (self), NULL);
  return self->page;
}

static void
row_activated_cb (NullcurveHelpWindow *self, GtkListBoxRow *row)
{
  nullcurve_help_window_show (self, pages[gtk_list_box_row_get_index (row)]);
}

/* A page is found by any of its words. */
static gboolean
filter_cb (GtkListBoxRow *row, gpointer data)
{
  NullcurveHelpWindow *self = data;
  g_autofree char *wanted =
      g_utf8_casefold (gtk_editable_get_text (GTK_EDITABLE (self->search)), -1);
  if (*wanted == '\0')
    return TRUE;
  g_autofree char *text = dup_text (pages[gtk_list_box_row_get_index (row)]);
  g_autofree char *folded = g_utf8_casefold (text, -1);
  return strstr (folded, wanted) != NULL;
}

static void
search_changed_cb (NullcurveHelpWindow *self)
{
  gtk_list_box_invalidate_filter (self->list);
}

/* Escape is the entry's own while it has the focus, as it has at first: it empties the entry, and
 * then closes as everywhere else. */
static void
stop_search_cb (NullcurveHelpWindow *self)
{
  GtkEditable *search = GTK_EDITABLE (self->search);
  if (gtk_editable_get_text (search)[0] != '\0')
    gtk_editable_set_text (search, "");
  else
    gtk_window_close (GTK_WINDOW (self));
}

static void
fill_list (NullcurveHelpWindow *self)
{
  for (gsize i = 0; pages[i] != NULL; i++)
    {
      g_autofree char *text = dup_text (pages[i]);
      g_autofree char *title = nullcurve_help_text_title (text);
      GtkWidget *label = gtk_label_new (title);
      gtk_label_set_xalign (GTK_LABEL (label), 0);
      gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
      gtk_list_box_append (self->list, label);
    }
}

static void
nullcurve_help_window_class_init (NullcurveHelpWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               NULLCURVE_RESOURCE_BASE "help-window.ui");
  gtk_widget_class_bind_template_child (widget_class, NullcurveHelpWindow, search);
  gtk_widget_class_bind_template_child (widget_class, NullcurveHelpWindow, list);
  gtk_widget_class_bind_template_child (widget_class, NullcurveHelpWindow, scroll);
  gtk_widget_class_bind_template_child (widget_class, NullcurveHelpWindow, content);
  gtk_widget_class_bind_template_callback (widget_class, row_activated_cb);
  gtk_widget_class_bind_template_callback (widget_class, search_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, stop_search_cb);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
nullcurve_help_window_init (NullcurveHelpWindow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  fill_list (self);
  gtk_list_box_set_filter_func (self->list, filter_cb, self, NULL);
  nullcurve_help_window_show (self, pages[0]);
}

GtkWidget *
nullcurve_help_window_new (GtkWindow *parent)
{
  return g_object_new (NULLCURVE_TYPE_HELP_WINDOW, "transient-for", parent, NULL);
}
