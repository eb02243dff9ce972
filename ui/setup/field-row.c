/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/setup/field-row.h"

#include "engine/options/number.h"
#include "ui/resources.h"
#include "ui/setup/typed.h"

#include <glib/gi18n.h>
#include <string.h>

struct _NullcurveFieldRow
{
  AdwPreferencesRow parent_instance;

  GtkBox *beside;
  GtkBox *below;
  GtkLabel *title;
  GtkLabel *note;
  GtkLabel *problem;
  GtkWidget *named; /* the control that the title names; not owned */

  const MoeOptionSpec *spec; /* of the option; NULL: it has none */
  GtkWidget *control;        /* of the option; not owned */
  double step;               /* of its buttons; 0: it has none */
  double factor;             /* what is shown is the value times this */
  GStrv shows;               /* further options */
  gboolean keeps_text;       /* of a spin button: what was typed is no number that it can hold */
};

enum
{
  PROP_NOTE = 1,
  PROP_OPTION,
  PROP_STEP,
  PROP_FACTOR,
  PROP_SHOWS,
  N_PROPS
};

enum
{
  CHANGED,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

static void nullcurve_field_row_buildable_init (GtkBuildableIface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (NullcurveFieldRow,
                               nullcurve_field_row,
                               ADW_TYPE_PREFERENCES_ROW,
                               G_IMPLEMENT_INTERFACE (GTK_TYPE_BUILDABLE,
                                                      nullcurve_field_row_buildable_init))

static GtkBuildableIface *parent_buildable;

static void
name_control (NullcurveFieldRow *self, GtkWidget *control)
{
  if (self->named != NULL)
    gtk_accessible_reset_relation (GTK_ACCESSIBLE (self->named),
                                   GTK_ACCESSIBLE_RELATION_LABELLED_BY);
  self->named = control;
  gtk_label_set_mnemonic_widget (self->title, control);
  gtk_accessible_update_relation (GTK_ACCESSIBLE (control), GTK_ACCESSIBLE_RELATION_LABELLED_BY,
                                  self->title, NULL, GTK_ACCESSIBLE_RELATION_DESCRIBED_BY,
                                  self->note, self->problem, NULL, -1);
}

/* Nothing takes no room. */
static void
show_below (NullcurveFieldRow *self)
{
  gboolean any = FALSE;
  for (GtkWidget *child = gtk_widget_get_first_child (GTK_WIDGET (self->below)); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    any = any || gtk_widget_get_visible (child);
  gtk_widget_set_visible (GTK_WIDGET (self->below), any);
}

static void
nullcurve_field_row_add_child (GtkBuildable *buildable,
                               GtkBuilder *builder,
                               GObject *child,
                               const char *type)
{
  NullcurveFieldRow *self = NULLCURVE_FIELD_ROW (buildable);
  gboolean below = g_strcmp0 (type, "below") == 0, first = g_strcmp0 (type, "first") == 0;
  /* Until the template is filled in, children are the template's own. */
  if (self->beside == NULL || !GTK_IS_WIDGET (child))
    {
      parent_buildable->add_child (buildable, builder, child, type);
      return;
    }
  if (first)
    gtk_box_prepend (self->beside, GTK_WIDGET (child));
  else
    gtk_box_append (below ? self->below : self->beside, GTK_WIDGET (child));
  if (below)
    {
      g_signal_connect_object (child, "notify::visible", G_CALLBACK (show_below), self,
                               G_CONNECT_SWAPPED);
      show_below (self);
    }
  if (first || self->named == NULL)
    name_control (self, GTK_WIDGET (child));
}

static void
nullcurve_field_row_buildable_init (GtkBuildableIface *iface)
{
  parent_buildable = g_type_interface_peek_parent (iface);
  iface->add_child = nullcurve_field_row_add_child;
}

static void
set_line (GtkLabel *label, const char *text)
{
  gtk_label_set_label (label, text != NULL ? text : "");
  gtk_widget_set_visible (GTK_WIDGET (label), text != NULL && *text != '\0');
}

void
nullcurve_field_row_set_note (NullcurveFieldRow *self, const char *note)
{
  g_return_if_fail (NULLCURVE_IS_FIELD_ROW (self));
  set_line (self->note, note);
}

void
nullcurve_field_row_set_problem (NullcurveFieldRow *self, const char *problem)
{
  g_return_if_fail (NULLCURVE_IS_FIELD_ROW (self));
  if (g_strcmp0 (gtk_label_get_label (self->problem), problem != NULL ? problem : "") == 0)
    return;
  set_line (self->problem, problem);
  if (problem != NULL)
    gtk_widget_add_css_class (GTK_WIDGET (self), "invalid");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self), "invalid");
  if (self->named != NULL)
    gtk_accessible_update_state (
        GTK_ACCESSIBLE (self->named), GTK_ACCESSIBLE_STATE_INVALID,
        problem != NULL ? GTK_ACCESSIBLE_INVALID_TRUE : GTK_ACCESSIBLE_INVALID_FALSE, -1);
}

/* --- the control of an option --- */

static void
changed_cb (NullcurveFieldRow *self)
{
  g_signal_emit (self, signals[CHANGED], 0);
}

/* A wheel turned over the form scrolls it; it must not change the numbers that come by. */
static void
ignore_wheel (GtkWidget *spin)
{
  g_autoptr (GListModel) controllers = gtk_widget_observe_controllers (spin);
  for (guint i = 0; i < g_list_model_get_n_items (controllers); i++)
    {
      g_autoptr (GtkEventController) controller = g_list_model_get_item (controllers, i);
      if (GTK_IS_EVENT_CONTROLLER_SCROLL (controller))
        gtk_event_controller_set_propagation_phase (controller, GTK_PHASE_NONE);
    }
}

/* Behind the point. */
static guint
least_digits (NullcurveFieldRow *self)
{
  return self->step < 1 ? 2 : 0;
}

/* Digits behind the point that a number as options write it takes. */
static guint
digits_of (const char *plain)
{
  const char *point = strchr (plain, '.');
  return point != NULL && strpbrk (plain, "eE") == NULL ? (guint)strlen (point + 1) : 0;
}

static gboolean
read_plain (const MoeOptionSpec *spec, const char *plain, double *value)
{
  guint64 whole;
  if (spec->kind == MOE_OPTION_REAL)
    return moe_options_parse_real (plain, strlen (plain), value) == MOE_NUMBER_OK;
  if (moe_options_parse_whole (plain, strlen (plain), &whole) != MOE_NUMBER_OK)
    return FALSE;
  *value = (double)whole;
  return TRUE;
}

/* The number that was typed.  What is none, or more than there can be, stays as it stands, and red,
 * until somebody mends it: it must not become another number because the focus went elsewhere. */
static int
spin_input_cb (GtkSpinButton *spin, double *value, NullcurveFieldRow *self)
{
  g_autofree char *plain = nullcurve_typed_plain (
      self->spec, gtk_editable_get_text (GTK_EDITABLE (spin)), nullcurve_typed_has_comma ());
  GtkAdjustment *adjustment = gtk_spin_button_get_adjustment (spin);
  double typed;
  self->keeps_text = !read_plain (self->spec, plain, &typed)
                     || typed < gtk_adjustment_get_lower (adjustment)
                     || typed > gtk_adjustment_get_upper (adjustment);
  *value = self->keeps_text ? gtk_adjustment_get_value (adjustment) : typed;
  if (!self->keeps_text && digits_of (plain) > gtk_spin_button_get_digits (spin))
    gtk_spin_button_set_digits (spin, digits_of (plain));
  return TRUE;
}

static gboolean
spin_output_cb (GtkSpinButton *spin, NullcurveFieldRow *self)
{
  gboolean keeps = self->keeps_text;
  self->keeps_text = FALSE;
  return keeps;
}

/* Zero can be typed and is told as a fault where it is one, instead of becoming another number. */
static GtkWidget *
new_spin (NullcurveFieldRow *self)
{
  gboolean real = self->spec->kind == MOE_OPTION_REAL;
  double upper = real ? self->spec->high * self->factor : G_MAXUINT32;
  GtkAdjustment *adjustment =
      gtk_adjustment_new (0, 0, upper, self->step, self->step * (real ? 10 : 8), 0);
  GtkWidget *spin = gtk_spin_button_new (adjustment, 0, least_digits (self));
  g_signal_connect (spin, "input", G_CALLBACK (spin_input_cb), self);
  g_signal_connect (spin, "output", G_CALLBACK (spin_output_cb), self);
  ignore_wheel (spin);
  return spin;
}

static GtkWidget *
new_number (NullcurveFieldRow *self)
{
  GtkWidget *control = self->step > 0 ? new_spin (self) : gtk_entry_new ();
  gtk_editable_set_width_chars (GTK_EDITABLE (control), 7);
  gtk_editable_set_max_width_chars (GTK_EDITABLE (control), 10);
  gtk_editable_set_alignment (GTK_EDITABLE (control), 1.0f);
  if (GTK_IS_ENTRY (control))
    gtk_entry_set_input_purpose (GTK_ENTRY (control), GTK_INPUT_PURPOSE_NUMBER);
  g_signal_connect_swapped (control, "changed", G_CALLBACK (changed_cb), self);
  return control;
}

static GtkWidget *
new_drop_down (NullcurveFieldRow *self)
{
  const MoeNames *names = self->spec->names;
  const MoeNames *labels = self->spec->choice != NULL ? &self->spec->choice->labels : NULL;
  GtkStringList *words = gtk_string_list_new (NULL);
  for (gsize i = 0; i < names->n; i++)
    gtk_string_list_append (words, labels != NULL && labels->n > 0 ? _ (labels->names[i])
                                                                   : names->names[i]);
  GtkWidget *control = gtk_drop_down_new (G_LIST_MODEL (words), NULL);
  gtk_widget_add_css_class (control, "flat");
  g_signal_connect_swapped (control, "notify::selected", G_CALLBACK (changed_cb), self);
  return control;
}

static GtkWidget *
new_switch (NullcurveFieldRow *self)
{
  GtkWidget *control = gtk_switch_new ();
  g_signal_connect_swapped (control, "notify::active", G_CALLBACK (changed_cb), self);
  return control;
}

/* One check button for each choice. */
static GtkWidget *
new_checks (NullcurveFieldRow *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  for (gsize i = 0; i < self->spec->names->n; i++)
    {
      GtkWidget *check = gtk_check_button_new_with_label (self->spec->names->names[i]);
      g_signal_connect_swapped (check, "toggled", G_CALLBACK (changed_cb), self);
      gtk_box_append (GTK_BOX (box), check);
    }
  return box;
}

static void
nullcurve_field_row_constructed (GObject *object)
{
  NullcurveFieldRow *self = NULLCURVE_FIELD_ROW (object);
  G_OBJECT_CLASS (nullcurve_field_row_parent_class)->constructed (object);
  if (self->spec == NULL)
    return;
  const char *title = adw_preferences_row_get_title (ADW_PREFERENCES_ROW (self));
  if ((title == NULL || *title == '\0') && self->spec->label != NULL)
    adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self), _ (self->spec->label));
  gboolean below = self->spec->kind == MOE_OPTION_CHOICE_SET;
  self->control = self->spec->kind == MOE_OPTION_FLAG     ? new_switch (self)
                  : self->spec->kind == MOE_OPTION_CHOICE ? new_drop_down (self)
                  : below                                 ? new_checks (self)
                                                          : new_number (self);
  if (!below)
    gtk_widget_set_valign (self->control, GTK_ALIGN_CENTER);
  nullcurve_field_row_add_child (GTK_BUILDABLE (self), NULL, G_OBJECT (self->control),
                                 below ? "below" : NULL);
}

const MoeOptionSpec *
nullcurve_field_row_get_spec (NullcurveFieldRow *self)
{
  g_return_val_if_fail (NULLCURVE_IS_FIELD_ROW (self), NULL);
  return self->spec;
}

GtkWidget *
nullcurve_field_row_get_control (NullcurveFieldRow *self)
{
  g_return_val_if_fail (NULLCURVE_IS_FIELD_ROW (self), NULL);
  return self->control;
}

gboolean
nullcurve_field_row_shows (NullcurveFieldRow *self, const char *option)
{
  g_return_val_if_fail (NULLCURVE_IS_FIELD_ROW (self), FALSE);
  const MoeOptionSpec *spec = moe_option_spec_find (option);
  gboolean shows = spec != NULL && spec == self->spec;
  for (gsize i = 0; spec != NULL && self->shows != NULL && self->shows[i] != NULL; i++)
    shows = shows || moe_option_spec_find (self->shows[i]) == spec;
  return shows;
}

/* Of the longest list that options write. */
enum
{
  LIST_SIZE = 32 * MOE_OPTIONS_MAX_LIST
};

/* "0.005" times 100: "0.5".  What is no number stays what it is. */
static char *
dup_shifted (const char *text, double factor)
{
  char shifted[G_ASCII_DTOSTR_BUF_SIZE];
  char *end;
  double value = g_ascii_strtod (text, &end);
  if (factor == 1 || end == text || *end != '\0')
    return g_strdup (text);
  return g_strdup (g_ascii_formatd (shifted, sizeof shifted, "%.10g", value * factor));
}

/* Flags, choices and sets of them are a byte of the options. */
static gboolean
is_byte (const MoeOptionSpec *spec)
{
  return spec->kind == MOE_OPTION_FLAG || spec->kind == MOE_OPTION_CHOICE
         || spec->kind == MOE_OPTION_CHOICE_SET;
}

static void
load_byte (NullcurveFieldRow *self, guint value)
{
  if (GTK_IS_SWITCH (self->control))
    gtk_switch_set_active (GTK_SWITCH (self->control), value != 0);
  else if (GTK_IS_DROP_DOWN (self->control))
    gtk_drop_down_set_selected (GTK_DROP_DOWN (self->control), value);
  else
    for (GtkWidget *check = gtk_widget_get_first_child (self->control); check != NULL;
         check = gtk_widget_get_next_sibling (check), value >>= 1)
      gtk_check_button_set_active (GTK_CHECK_BUTTON (check), (value & 1) != 0);
}

static guint
shown_byte (NullcurveFieldRow *self)
{
  guint set = 0;
  if (GTK_IS_SWITCH (self->control))
    return gtk_switch_get_active (GTK_SWITCH (self->control));
  if (GTK_IS_DROP_DOWN (self->control))
    return gtk_drop_down_get_selected (GTK_DROP_DOWN (self->control));
  for (GtkWidget *check = gtk_widget_get_last_child (self->control); check != NULL;
       check = gtk_widget_get_prev_sibling (check))
    set = set << 1 | (guint)gtk_check_button_get_active (GTK_CHECK_BUTTON (check));
  return set;
}

/* A spin button refuses a text with more digits behind the point than it has, or with an exponent,
 * and would stay empty. */
static void
load_spin (NullcurveFieldRow *self, const char *shown)
{
  enum
  {
    MOST_DIGITS = 15 /* of a double that is below 1 */
  };
  GtkSpinButton *spin = GTK_SPIN_BUTTON (self->control);
  double value = g_ascii_strtod (shown, NULL);
  char text[LIST_SIZE];
  guint digits = 0;
  do
    {
      char format[8];
      g_snprintf (format, sizeof format, "%%.%uf", digits);
      g_ascii_formatd (text, sizeof text, format, value);
    }
  while (g_ascii_strtod (text, NULL) != value && digits++ < MOST_DIGITS);
  gtk_spin_button_set_digits (spin, MAX (digits, least_digits (self)));
  self->keeps_text = FALSE;
  gtk_spin_button_set_value (spin, value);
  gtk_editable_set_text (GTK_EDITABLE (spin), text);
}

void
nullcurve_field_row_load (NullcurveFieldRow *self, const MoeOptions *options)
{
  g_return_if_fail (NULLCURVE_IS_FIELD_ROW (self));
  char text[LIST_SIZE];
  if (self->spec != NULL && is_byte (self->spec))
    load_byte (self, *((const guint8 *)options + self->spec->offset));
  if (self->spec == NULL || is_byte (self->spec)
      || moe_options_format (options, self->spec, text, sizeof text) < 0)
    return;
  g_autofree char *shown = dup_shifted (text, self->factor);
  if (GTK_IS_SPIN_BUTTON (self->control))
    load_spin (self, shown);
  else
    gtk_editable_set_text (GTK_EDITABLE (self->control), shown);
}

gboolean
nullcurve_field_row_store (NullcurveFieldRow *self, MoeOptions *options, MoeError *error)
{
  g_return_val_if_fail (NULLCURVE_IS_FIELD_ROW (self), FALSE);
  if (self->spec != NULL && is_byte (self->spec))
    *((guint8 *)options + self->spec->offset) = (guint8)shown_byte (self);
  if (self->spec == NULL || is_byte (self->spec))
    return TRUE;
  g_autofree char *plain =
      nullcurve_typed_plain (self->spec, gtk_editable_get_text (GTK_EDITABLE (self->control)),
                             nullcurve_typed_has_comma ());
  g_autofree char *value = dup_shifted (plain, 1 / self->factor);
  return moe_options_set (options, self->spec->name, value, error) == MOE_OK;
}

void
nullcurve_field_row_set_idle (NullcurveFieldRow *self, gboolean idle)
{
  g_return_if_fail (NULLCURVE_IS_FIELD_ROW (self));
  if (idle)
    gtk_widget_add_css_class (GTK_WIDGET (self), "idle");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self), "idle");
}

static void
nullcurve_field_row_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  NullcurveFieldRow *self = NULLCURVE_FIELD_ROW (object);
  const char *text = G_VALUE_HOLDS_STRING (value) ? g_value_get_string (value) : NULL;
  if (id == PROP_NOTE)
    nullcurve_field_row_set_note (self, text);
  else if (id == PROP_OPTION)
    self->spec = text != NULL ? moe_option_spec_find (text) : NULL;
  else if (id == PROP_SHOWS)
    self->shows = text != NULL ? g_strsplit (text, " ", -1) : NULL;
  else if (id == PROP_STEP)
    self->step = g_value_get_double (value);
  else if (id == PROP_FACTOR)
    self->factor = g_value_get_double (value);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
nullcurve_field_row_finalize (GObject *object)
{
  g_strfreev (NULLCURVE_FIELD_ROW (object)->shows);
  G_OBJECT_CLASS (nullcurve_field_row_parent_class)->finalize (object);
}

static void
install_properties (GObjectClass *object_class)
{
  GParamFlags flags = G_PARAM_WRITABLE | G_PARAM_STATIC_STRINGS;
  GParamFlags once = flags | G_PARAM_CONSTRUCT_ONLY;
  GParamSpec *const props[N_PROPS] = {
    [PROP_NOTE] = g_param_spec_string ("note", NULL, NULL, NULL, flags),
    [PROP_OPTION] = g_param_spec_string ("option", NULL, NULL, NULL, once),
    [PROP_STEP] = g_param_spec_double ("step", NULL, NULL, 0, G_MAXDOUBLE, 0, once),
    [PROP_FACTOR] = g_param_spec_double ("factor", NULL, NULL, 0, G_MAXDOUBLE, 1, once),
    [PROP_SHOWS] = g_param_spec_string ("shows", NULL, NULL, NULL, once),
  };
  for (guint id = 1; id < N_PROPS; id++)
    g_object_class_install_property (object_class, id, props[id]);
}

static void
nullcurve_field_row_class_init (NullcurveFieldRowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->set_property = nullcurve_field_row_set_property;
  object_class->constructed = nullcurve_field_row_constructed;
  object_class->finalize = nullcurve_field_row_finalize;
  install_properties (object_class);
  signals[CHANGED] = g_signal_new ("changed", NULLCURVE_TYPE_FIELD_ROW, G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 0);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               NULLCURVE_RESOURCE_BASE "field-row.ui");
  gtk_widget_class_bind_template_child (widget_class, NullcurveFieldRow, beside);
  gtk_widget_class_bind_template_child (widget_class, NullcurveFieldRow, below);
  gtk_widget_class_bind_template_child (widget_class, NullcurveFieldRow, title);
  gtk_widget_class_bind_template_child (widget_class, NullcurveFieldRow, note);
  gtk_widget_class_bind_template_child (widget_class, NullcurveFieldRow, problem);
}

static void
nullcurve_field_row_init (NullcurveFieldRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  adw_preferences_row_set_use_underline (ADW_PREFERENCES_ROW (self), TRUE);
}

GtkWidget *
nullcurve_field_row_new (const char *option, const char *title)
{
  return g_object_new (NULLCURVE_TYPE_FIELD_ROW, "option", option, "title", title, NULL);
}
