/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/files/library-dialog.h"

#include "engine/formats/journal.h"
#include "ui/resources.h"

#include <glib/gi18n.h>

struct _NullcurveLibraryDialog
{
  AdwWindow parent_instance;

  AdwToastOverlay *toasts;
  AdwWindowTitle *title;
  GtkSearchEntry *search;
  GtkStack *stack;
  AdwStatusPage *nothing;
  GtkListView *view;

  char *dir;
  GListStore *entries; /* of MoeLibraryEntry */
  GtkFilter *filter;
  GtkSelectionModel *selection;
  GListModel *chosen; /* what is selected */
  GCancellable *cancellable;
  gboolean loading;
  GPtrArray *trashed; /* paths that the last toast offers to bring back */
};

enum
{
  OPEN,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (NullcurveLibraryDialog, nullcurve_library_dialog, ADW_TYPE_WINDOW)

static gboolean
matches_cb (gpointer item, gpointer data)
{
  NullcurveLibraryDialog *self = data;
  return moe_library_entry_matches (item, gtk_editable_get_text (GTK_EDITABLE (self->search)));
}

/* What is there, what is chosen of it, and what can be done with that. */
static void
update (NullcurveLibraryDialog *self)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->entries));
  guint shown = g_list_model_get_n_items (G_LIST_MODEL (self->selection));
  gboolean any = g_list_model_get_n_items (self->chosen) > 0;
  g_autofree char *count = self->loading ? g_strdup (_ ("Reading…"))
                           : shown < n
                               ? g_strdup_printf (_ ("%u of %u runs"), shown, n)
                               : g_strdup_printf (g_dngettext (NULL, "%u run", "%u runs", n), n);
  adw_window_title_set_subtitle (self->title, count);
  adw_status_page_set_title (self->nothing, n == 0 ? _ ("No Runs Yet") : _ ("No Run Found"));
  adw_status_page_set_description (
      self->nothing, n == 0 ? _ ("Every run that is measured here is kept, and listed here.")
                            : _ ("Search by name, shape, backend, machine or date."));
  gtk_stack_set_visible_child_name (self->stack, shown == 0 && !self->loading ? "nothing" : "list");
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "library.open", any);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "library.trash", any);
}

static void
search_changed_cb (NullcurveLibraryDialog *self)
{
  gtk_filter_changed (self->filter, GTK_FILTER_CHANGE_DIFFERENT);
  update (self);
}

/* Escape is the entry's own while it has the focus, as it has at first: it empties the entry, and
 * then closes as everywhere else. */
static void
stop_search_cb (NullcurveLibraryDialog *self)
{
  GtkEditable *search = GTK_EDITABLE (self->search);
  if (gtk_editable_get_text (search)[0] != '\0')
    gtk_editable_set_text (search, "");
  else
    gtk_window_close (GTK_WINDOW (self));
}

/* Rows */

static GtkWidget *
new_label (const char *css_class)
{
  return g_object_new (GTK_TYPE_LABEL, "xalign", 0.0f, "ellipsize", PANGO_ELLIPSIZE_END,
                       "css-classes", (const char *const[]){ css_class, NULL }, NULL);
}

static void
setup_row_cb (NullcurveLibraryDialog *self, GtkListItem *item)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 3);
  gtk_widget_add_css_class (box, "library-row");
  gtk_box_append (GTK_BOX (box), new_label ("heading"));
  gtk_box_append (GTK_BOX (box), new_label ("caption"));
  gtk_list_item_set_child (item, box);
}

static void
bind_row_cb (NullcurveLibraryDialog *self, GtkListItem *item)
{
  MoeLibraryEntry *entry = gtk_list_item_get_item (item);
  GtkWidget *title = gtk_widget_get_first_child (gtk_list_item_get_child (item));
  g_autofree char *words = moe_library_entry_describe (entry);
  gtk_label_set_label (GTK_LABEL (title), moe_library_entry_get_title (entry));
  gtk_label_set_label (GTK_LABEL (gtk_widget_get_next_sibling (title)), words);
  gtk_widget_set_tooltip_text (gtk_list_item_get_child (item), words);
}

/* Reading */

static void
say (NullcurveLibraryDialog *self, const char *words)
{
  g_autofree char *markup = g_markup_escape_text (words, -1);
  adw_toast_overlay_add_toast (self->toasts, adw_toast_new (markup));
}

static void
indexed_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (NullcurveLibraryDialog) self = data;
  g_autofree char *left_out = NULL;
  g_autoptr (GPtrArray) entries = moe_library_index_finish (result, &left_out, NULL);
  if (entries == NULL || g_cancellable_is_cancelled (self->cancellable))
    return;
  self->loading = FALSE;
  g_list_store_splice (self->entries, 0, g_list_model_get_n_items (G_LIST_MODEL (self->entries)),
                       entries->pdata, entries->len);
  update (self);
  if (left_out != NULL)
    say (self, left_out);
}

static void
read_folder (NullcurveLibraryDialog *self)
{
  self->loading = TRUE;
  moe_library_index_async (self->dir, self->cancellable, indexed_cb, g_object_ref (self));
  update (self);
}

/* What can be done */

static void
open_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  NullcurveLibraryDialog *self = NULLCURVE_LIBRARY_DIALOG (widget);
  g_signal_emit (self, signals[OPEN], 0, self->chosen);
  gtk_window_close (GTK_WINDOW (self));
}

static void
activate_cb (NullcurveLibraryDialog *self, guint position)
{
  gtk_selection_model_select_item (self->selection, position, FALSE);
  gtk_widget_activate_action (GTK_WIDGET (self), "library.open", NULL);
}

static void
say_trashed (NullcurveLibraryDialog *self, const char *problem)
{
  g_autofree char *count =
      g_strdup_printf (g_dngettext (NULL, "%u run moved to the trash", "%u runs moved to the trash",
                                    self->trashed->len),
                       self->trashed->len);
  g_autofree char *markup = g_markup_escape_text (problem != NULL ? problem : count, -1);
  AdwToast *toast = adw_toast_new (markup);
  if (self->trashed->len > 0)
    {
      adw_toast_set_button_label (toast, _ ("_Undo"));
      adw_toast_set_action_name (toast, "library.untrash");
    }
  adw_toast_overlay_add_toast (self->toasts, toast);
}

/* What is being measured writes its file on. */
static gboolean
trash (const char *path, GError **error)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  if (!moe_journal_is_busy (path))
    return g_file_trash (file, NULL, error);
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_BUSY,
                       _ ("A run that is being measured cannot be moved to the trash"));
  return FALSE;
}

/* The first of what is chosen; FALSE when there is none, or it stays. */
static gboolean
trash_first (NullcurveLibraryDialog *self, GError **error)
{
  guint position;
  g_autoptr (MoeLibraryEntry) entry = g_list_model_get_item (self->chosen, 0);
  if (entry == NULL || !trash (moe_library_entry_get_path (entry), error)
      || !g_list_store_find (self->entries, entry, &position))
    return FALSE;
  g_ptr_array_add (self->trashed, g_strdup (moe_library_entry_get_path (entry)));
  g_list_store_remove (self->entries, position);
  return TRUE;
}

static void
trash_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  NullcurveLibraryDialog *self = NULLCURVE_LIBRARY_DIALOG (widget);
  g_autoptr (GError) error = NULL;
  g_ptr_array_set_size (self->trashed, 0);
  while (trash_first (self, &error))
    ;
  say_trashed (self, error != NULL ? error->message : NULL);
  update (self);
}

static void
untrash_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  NullcurveLibraryDialog *self = NULLCURVE_LIBRARY_DIALOG (widget);
  gboolean all = TRUE;
  for (guint i = 0; i < self->trashed->len; i++)
    all &= moe_library_untrash (g_ptr_array_index (self->trashed, i));
  if (!all)
    adw_toast_overlay_add_toast (self->toasts,
                                 adw_toast_new (_ ("Look for the run in the trash by hand")));
  g_ptr_array_set_size (self->trashed, 0);
  read_folder (self);
}

static void
folder_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  g_autofree char *uri = g_filename_to_uri (NULLCURVE_LIBRARY_DIALOG (widget)->dir, NULL, NULL);
  if (uri != NULL)
    gtk_show_uri (GTK_WINDOW (widget), uri, GDK_CURRENT_TIME);
}

static void
nullcurve_library_dialog_dispose (GObject *object)
{
  NullcurveLibraryDialog *self = NULLCURVE_LIBRARY_DIALOG (object);
  g_cancellable_cancel (self->cancellable);
  /* The filter asks the entry, which goes with the template. */
  if (self->view != NULL)
    gtk_list_view_set_model (self->view, NULL);
  self->view = NULL;
  g_clear_object (&self->chosen);
  g_clear_object (&self->selection);
  G_OBJECT_CLASS (nullcurve_library_dialog_parent_class)->dispose (object);
}

static void
nullcurve_library_dialog_finalize (GObject *object)
{
  NullcurveLibraryDialog *self = NULLCURVE_LIBRARY_DIALOG (object);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->entries);
  g_clear_object (&self->filter);
  g_ptr_array_unref (self->trashed);
  g_free (self->dir);
  G_OBJECT_CLASS (nullcurve_library_dialog_parent_class)->finalize (object);
}

static void
install_actions (GtkWidgetClass *widget_class)
{
  gtk_widget_class_install_action (widget_class, "library.open", NULL, open_action);
  gtk_widget_class_install_action (widget_class, "library.trash", NULL, trash_action);
  gtk_widget_class_install_action (widget_class, "library.untrash", NULL, untrash_action);
  gtk_widget_class_install_action (widget_class, "library.folder", NULL, folder_action);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
  /* Of the entry while it is in there. */
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Delete, 0, "library.trash", NULL);
}

static void
nullcurve_library_dialog_class_init (NullcurveLibraryDialogClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  object_class->dispose = nullcurve_library_dialog_dispose;
  object_class->finalize = nullcurve_library_dialog_finalize;
  signals[OPEN] = g_signal_new ("open", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                NULL, G_TYPE_NONE, 1, G_TYPE_LIST_MODEL);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               NULLCURVE_RESOURCE_BASE "library-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, NullcurveLibraryDialog, toasts);
  gtk_widget_class_bind_template_child (widget_class, NullcurveLibraryDialog, title);
  gtk_widget_class_bind_template_child (widget_class, NullcurveLibraryDialog, search);
  gtk_widget_class_bind_template_child (widget_class, NullcurveLibraryDialog, stack);
  gtk_widget_class_bind_template_child (widget_class, NullcurveLibraryDialog, nothing);
  gtk_widget_class_bind_template_child (widget_class, NullcurveLibraryDialog, view);
  gtk_widget_class_bind_template_callback (widget_class, search_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, stop_search_cb);
  gtk_widget_class_bind_template_callback (widget_class, activate_cb);
  install_actions (widget_class);
}

static void
nullcurve_library_dialog_init (NullcurveLibraryDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->cancellable = g_cancellable_new ();
  self->trashed = g_ptr_array_new_with_free_func (g_free);
  self->entries = g_list_store_new (MOE_TYPE_LIBRARY_ENTRY);
  self->filter = GTK_FILTER (gtk_custom_filter_new (matches_cb, self, NULL));
  GtkFilterListModel *filtered = gtk_filter_list_model_new (
      G_LIST_MODEL (g_object_ref (self->entries)), g_object_ref (self->filter));
  self->selection = GTK_SELECTION_MODEL (gtk_multi_selection_new (G_LIST_MODEL (filtered)));
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
  g_signal_connect_object (factory, "setup", G_CALLBACK (setup_row_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (factory, "bind", G_CALLBACK (bind_row_cb), self, G_CONNECT_SWAPPED);
  gtk_list_view_set_factory (self->view, factory);
  gtk_list_view_set_model (self->view, self->selection);
  g_object_unref (factory);
  self->chosen = G_LIST_MODEL (gtk_selection_filter_model_new (self->selection));
  g_signal_connect_object (self->chosen, "items-changed", G_CALLBACK (update), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->selection, "items-changed", G_CALLBACK (update), self,
                           G_CONNECT_SWAPPED);
}

GtkWidget *
nullcurve_library_dialog_new (GtkWindow *parent, const char *dir)
{
  NullcurveLibraryDialog *self =
      g_object_new (NULLCURVE_TYPE_LIBRARY_DIALOG, "transient-for", parent, NULL);
  self->dir = g_strdup (dir);
  read_folder (self);
  gtk_widget_grab_focus (GTK_WIDGET (self->search));
  return GTK_WIDGET (self);
}
