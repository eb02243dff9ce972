/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/places/place-row.h"

#include "engine/elsewhere/told.h"
#include "engine/remote/relay.h"

#include <glib/gi18n.h>

enum
{
  PATIENCE_S = 60
};

enum
{
  FIELD_NAME,
  FIELD_TARGET,
  FIELD_PROGRAM,
  FIELD_ENVIRONMENT,
  N_FIELDS
};

struct _NullcurvePlaceRow
{
  AdwExpanderRow parent_instance;

  NullcurvePlaces *places;
  NullcurvePlace *place;
  GtkEditable *fields[N_FIELDS];
  AdwComboRow *kind;
  GtkButton *remove;
  GtkButton *test;
  GtkSpinner *spinner;
  GtkLabel *result;
  gboolean good;
  gboolean loading;
  MoeRelay *asking; /* the test; NULL: none goes on */
};

static guint remove_signal;

G_DEFINE_FINAL_TYPE (NullcurvePlaceRow, nullcurve_place_row, ADW_TYPE_EXPANDER_ROW)

/* --- the place --- */

static void
show_place (NullcurvePlaceRow *self)
{
  gboolean by_ssh = nullcurve_place_get_kind (self->place) == NULLCURVE_PLACE_HOST;
  g_autofree char *described = nullcurve_place_describe (self->place);
  g_autofree char *title = g_markup_escape_text (nullcurve_place_get_name (self->place), -1);
  g_autofree char *subtitle = g_markup_escape_text (described, -1);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self), title);
  adw_expander_row_set_subtitle (ADW_EXPANDER_ROW (self), subtitle);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->fields[FIELD_TARGET]),
                                 by_ssh ? _ ("Host, or user@host")
                                        : _ ("Command, such as srun -p gpu -G 1"));
}

static void
load (NullcurvePlaceRow *self)
{
  self->loading = TRUE;
  gtk_editable_set_text (self->fields[FIELD_NAME], nullcurve_place_get_name (self->place));
  gtk_editable_set_text (self->fields[FIELD_TARGET], nullcurve_place_get_target (self->place));
  gtk_editable_set_text (self->fields[FIELD_PROGRAM], nullcurve_place_get_program (self->place));
  gtk_editable_set_text (self->fields[FIELD_ENVIRONMENT],
                         nullcurve_place_get_environment (self->place));
  adw_combo_row_set_selected (self->kind, nullcurve_place_get_kind (self->place));
  self->loading = FALSE;
  show_place (self);
}

static void
say (NullcurvePlaceRow *self, const char *text, gboolean good)
{
  self->good = good;
  gtk_label_set_label (self->result, text);
  gtk_widget_set_visible (
      gtk_widget_get_ancestor (GTK_WIDGET (self->result), GTK_TYPE_LIST_BOX_ROW), text[0] != '\0');
  if (good)
    gtk_widget_remove_css_class (GTK_WIDGET (self->result), "error");
  else
    gtk_widget_add_css_class (GTK_WIDGET (self->result), "error");
}

static gboolean
is_same (NullcurvePlace *a, NullcurvePlace *b)
{
  return nullcurve_place_get_kind (a) == nullcurve_place_get_kind (b)
         && g_str_equal (nullcurve_place_get_name (a), nullcurve_place_get_name (b))
         && g_str_equal (nullcurve_place_get_target (a), nullcurve_place_get_target (b))
         && g_str_equal (nullcurve_place_get_program (a), nullcurve_place_get_program (b))
         && g_str_equal (nullcurve_place_get_environment (a), nullcurve_place_get_environment (b));
}

static void
stop_test (NullcurvePlaceRow *self)
{
  g_clear_pointer (&self->asking, moe_relay_free);
  gtk_button_set_label (self->test, _ ("_Test"));
  gtk_spinner_set_spinning (self->spinner, FALSE);
}

/* Whoever measures there has been told what the place is, and is not disturbed by a test. */
static void
busy_cb (NullcurvePlaceRow *self)
{
  gboolean busy = nullcurve_place_get_busy (self->place);
  if (!busy && gtk_widget_get_sensitive (GTK_WIDGET (self->test)))
    return;
  for (int i = 0; i < N_FIELDS; i++)
    gtk_widget_set_sensitive (GTK_WIDGET (self->fields[i]), !busy);
  gtk_widget_set_sensitive (GTK_WIDGET (self->kind), !busy);
  gtk_widget_set_sensitive (GTK_WIDGET (self->remove), !busy);
  gtk_widget_set_sensitive (GTK_WIDGET (self->test), !busy);
  stop_test (self);
  say (self,
       busy ? _ ("A run is being measured there; when it has ended, this can be changed.") : "",
       TRUE);
}

static void
set_place (NullcurvePlaceRow *self, NullcurvePlace *place)
{
  if (self->place != NULL)
    g_signal_handlers_disconnect_by_func (self->place, busy_cb, self);
  g_set_object (&self->place, place);
  if (place == NULL)
    return;
  g_signal_connect_object (place, "busy-changed", G_CALLBACK (busy_cb), self, G_CONNECT_SWAPPED);
  busy_cb (self);
}

/* What has no name is called after what it is; no two are called the same. */
static char *
dup_name (NullcurvePlaceRow *self)
{
  g_autofree char *typed = g_strstrip (g_strdup (gtk_editable_get_text (self->fields[FIELD_NAME])));
  const char *target = gtk_editable_get_text (self->fields[FIELD_TARGET]);
  const char *name = typed[0] != '\0' ? typed : target[0] != '\0' ? target : _ ("New place");
  if (g_str_equal (name, nullcurve_place_get_name (self->place)))
    return g_strdup (name);
  return nullcurve_places_dup_free_name (self->places, name);
}

void
nullcurve_place_row_apply (NullcurvePlaceRow *self)
{
  g_return_if_fail (NULLCURVE_IS_PLACE_ROW (self));
  if (nullcurve_place_get_busy (self->place))
    return;
  g_autofree char *name = dup_name (self);
  g_autoptr (NullcurvePlace) edited =
      nullcurve_place_new (name, (NullcurvePlaceKind)adw_combo_row_get_selected (self->kind),
                           gtk_editable_get_text (self->fields[FIELD_TARGET]),
                           gtk_editable_get_text (self->fields[FIELD_PROGRAM]),
                           gtk_editable_get_text (self->fields[FIELD_ENVIRONMENT]));
  if (is_same (edited, self->place))
    return;
  say (self, "", TRUE);
  nullcurve_places_replace (self->places, self->place, edited);
  set_place (self, edited);
  show_place (self);
}

static void
applied_cb (NullcurvePlaceRow *self)
{
  if (!self->loading)
    nullcurve_place_row_apply (self);
}

NullcurvePlace *
nullcurve_place_row_get_place (NullcurvePlaceRow *self)
{
  g_return_val_if_fail (NULLCURVE_IS_PLACE_ROW (self), NULL);
  return self->place;
}

/* --- the test --- */

/* The machine, what it has, and what another version there lacks. */
static char *
describe (GHashTable *facts)
{
  g_autofree char *machine = moe_told_machine (facts);
  g_autofree char *limits = moe_told_limits (facts);
  g_autofree char *version = moe_told_version (facts);
  return g_strjoin ("\n", machine, limits, version, NULL);
}

static void
answered_cb (gpointer data, const MoeRelayResult *result)
{
  NullcurvePlaceRow *self = data;
  g_autofree char *good = result->problem == NULL ? describe (result->facts) : NULL;
  say (self, good != NULL ? good : result->problem, good != NULL);
  stop_test (self);
}

void
nullcurve_place_row_test (NullcurvePlaceRow *self)
{
  g_return_if_fail (NULLCURVE_IS_PLACE_ROW (self));
  static const char *const facts[] = { "--facts", NULL };
  const MoeRelayHooks hooks = { .data = self, .done = answered_cb };
  g_autoptr (GError) error = NULL;
  if (nullcurve_place_get_busy (self->place))
    return;
  if (self->asking != NULL)
    {
      stop_test (self);
      say (self, "", TRUE);
      return;
    }
  nullcurve_place_row_apply (self);
  const MoePlace place = nullcurve_place_get_engine (self->place);
  if (nullcurve_place_check (self->place, &error))
    self->asking = moe_relay_ask (&place, facts, PATIENCE_S, &hooks, &error);
  if (self->asking == NULL)
    {
      say (self, error->message, FALSE);
      return;
    }
  gtk_button_set_label (self->test, _ ("Sto_p"));
  gtk_spinner_set_spinning (self->spinner, TRUE);
  say (self, _ ("Asking…"), TRUE);
}

const char *
nullcurve_place_row_get_result (NullcurvePlaceRow *self, gboolean *good)
{
  g_return_val_if_fail (NULLCURVE_IS_PLACE_ROW (self), NULL);
  if (good != NULL)
    *good = self->good;
  return gtk_label_get_label (self->result);
}

static void
remove_cb (NullcurvePlaceRow *self)
{
  g_signal_emit (self, remove_signal, 0);
}

/* --- its making --- */

static void
add_field (NullcurvePlaceRow *self, int field, const char *title, const char *tooltip)
{
  GtkWidget *row = adw_entry_row_new ();
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_entry_row_set_show_apply_button (ADW_ENTRY_ROW (row), TRUE);
  gtk_widget_set_tooltip_text (row, tooltip);
  g_signal_connect_object (row, "apply", G_CALLBACK (applied_cb), self, G_CONNECT_SWAPPED);
  adw_expander_row_add_row (ADW_EXPANDER_ROW (self), row);
  self->fields[field] = GTK_EDITABLE (row);
}

static void
add_kind (NullcurvePlaceRow *self)
{
  const char *const kinds[] = { _ ("Through ssh"), _ ("Through a command"), NULL };
  g_autoptr (GtkStringList) names = gtk_string_list_new (kinds);
  self->kind = ADW_COMBO_ROW (adw_combo_row_new ());
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->kind), _ ("Reached"));
  adw_combo_row_set_model (self->kind, G_LIST_MODEL (names));
  g_signal_connect_object (self->kind, "notify::selected", G_CALLBACK (applied_cb), self,
                           G_CONNECT_SWAPPED);
  adw_expander_row_add_row (ADW_EXPANDER_ROW (self), GTK_WIDGET (self->kind));
}

static GtkWidget *
new_button (NullcurvePlaceRow *self, const char *label, GCallback callback)
{
  GtkWidget *button = gtk_button_new_with_mnemonic (label);
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  g_signal_connect_object (button, "clicked", callback, self, G_CONNECT_SWAPPED);
  return button;
}

static void
add_buttons (NullcurvePlaceRow *self)
{
  GtkWidget *row = adw_preferences_row_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  self->remove = GTK_BUTTON (new_button (self, _ ("_Remove"), G_CALLBACK (remove_cb)));
  self->test = GTK_BUTTON (new_button (self, _ ("_Test"), G_CALLBACK (nullcurve_place_row_test)));
  self->spinner = GTK_SPINNER (gtk_spinner_new ());
  gtk_widget_add_css_class (box, "place-buttons");
  gtk_widget_set_hexpand (GTK_WIDGET (self->spinner), TRUE);
  gtk_widget_set_halign (GTK_WIDGET (self->spinner), GTK_ALIGN_END);
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->remove));
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->spinner));
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->test));
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), box);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), FALSE);
  adw_expander_row_add_row (ADW_EXPANDER_ROW (self), row);
}

static void
add_result (NullcurvePlaceRow *self)
{
  GtkWidget *row = adw_preferences_row_new ();
  self->result = GTK_LABEL (gtk_label_new (""));
  gtk_widget_add_css_class (GTK_WIDGET (self->result), "place-result");
  gtk_label_set_wrap (self->result, TRUE);
  gtk_label_set_wrap_mode (self->result, PANGO_WRAP_WORD_CHAR);
  gtk_label_set_xalign (self->result, 0);
  gtk_label_set_selectable (self->result, TRUE);
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), GTK_WIDGET (self->result));
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), FALSE);
  gtk_widget_set_visible (row, FALSE);
  adw_expander_row_add_row (ADW_EXPANDER_ROW (self), row);
}

static void
nullcurve_place_row_dispose (GObject *object)
{
  NullcurvePlaceRow *self = NULLCURVE_PLACE_ROW (object);
  self->loading = TRUE;
  g_clear_pointer (&self->asking, moe_relay_free);
  g_clear_object (&self->places);
  set_place (self, NULL);
  G_OBJECT_CLASS (nullcurve_place_row_parent_class)->dispose (object);
}

static void
nullcurve_place_row_class_init (NullcurvePlaceRowClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = nullcurve_place_row_dispose;
  remove_signal = g_signal_new ("remove", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                NULL, NULL, G_TYPE_NONE, 0);
}

static void
nullcurve_place_row_init (NullcurvePlaceRow *self)
{
  self->loading = TRUE;
  add_field (self, FIELD_NAME, _ ("Name"), NULL);
  add_kind (self);
  add_field (self, FIELD_TARGET, "", NULL);
  add_field (self, FIELD_PROGRAM, _ ("Path of nullcurve-bench there"),
             _ ("Empty: nullcurve-bench, as it is found there by its name"));
  add_field (self, FIELD_ENVIRONMENT, _ ("Environment, such as OMP_NUM_THREADS=8"),
             _ ("NAME=VALUE for the program there, quoted as for a shell"));
  add_buttons (self);
  add_result (self);
}

GtkWidget *
nullcurve_place_row_new (NullcurvePlaces *places, NullcurvePlace *place)
{
  NullcurvePlaceRow *self = g_object_new (NULLCURVE_TYPE_PLACE_ROW, NULL);
  self->places = g_object_ref (places);
  set_place (self, place);
  load (self);
  return GTK_WIDGET (self);
}
