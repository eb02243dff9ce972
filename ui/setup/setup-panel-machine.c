/* SPDX-License-Identifier: Apache-2.0 */
/* The fields that depend on what this machine can: data type and accelerator.  What cannot be
 * chosen stays in the list, greyed out, with the reason. */
#include "engine/sweep/quantities.h"
#include "ui/setup/setup-panel-private.h"

#include <glib/gi18n.h>
#include <string.h>

/* A sentence about the choice at a position; NULL when there is nothing to say. */
typedef const char *(*Sentence) (NullcurveSetupPanel *self, guint position);

/* What is to be said of the choices of a list. */
typedef struct ChoiceWords
{
  Sentence reason; /* why it cannot be taken */
  Sentence detail; /* what it is, where it can */
} ChoiceWords;

/* Position 0 is "Automatic"; it works if anything does, which the data type tells. */
static const char *
accelerator_reason (NullcurveSetupPanel *self, guint position)
{
  if (self->backends == NULL || position == 0 || position > moe_accelerators_get_n (self->backends))
    return NULL;
  return moe_accelerators_get_reason (self->backends, position - 1, self->options.dtype);
}

static const char *
accelerator_detail (NullcurveSetupPanel *self, guint position)
{
  if (self->backends == NULL || position == 0 || position > moe_accelerators_get_n (self->backends))
    return NULL;
  return moe_accelerators_get_device (self->backends, position - 1);
}

static const char *
dtype_reason (NullcurveSetupPanel *self, guint position)
{
  if (self->backends == NULL)
    return NULL;
  return moe_accelerators_get_dtype_reason (self->backends, (MoeDtype)position);
}

static const char *
no_detail (NullcurveSetupPanel *self, guint position)
{
  return NULL;
}

static const ChoiceWords accelerator_words = { accelerator_reason, accelerator_detail };
static const ChoiceWords dtype_words = { dtype_reason, no_detail };

static void
choice_setup_cb (GtkSignalListItemFactory *factory, GtkListItem *item)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *title = gtk_label_new (NULL);
  GtkWidget *below = gtk_label_new (NULL);
  gtk_label_set_xalign (GTK_LABEL (title), 0);
  gtk_label_set_xalign (GTK_LABEL (below), 0);
  gtk_label_set_wrap (GTK_LABEL (below), TRUE);
  gtk_label_set_width_chars (GTK_LABEL (below), 32);
  gtk_label_set_max_width_chars (GTK_LABEL (below), 32);
  gtk_widget_add_css_class (below, "caption");
  gtk_box_append (GTK_BOX (box), title);
  gtk_box_append (GTK_BOX (box), below);
  gtk_list_item_set_child (item, box);
}

static void
choice_bind_cb (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer data)
{
  NullcurveSetupPanel *self = g_object_get_data (G_OBJECT (factory), "panel");
  const ChoiceWords *words = data;
  GtkWidget *box = gtk_list_item_get_child (item);
  GtkWidget *title = gtk_widget_get_first_child (box);
  GtkWidget *below = gtk_widget_get_next_sibling (title);
  GtkStringObject *string = gtk_list_item_get_item (item);
  guint position = gtk_list_item_get_position (item);
  const char *why = words->reason (self, position);
  const char *said = why != NULL ? why : words->detail (self, position);

  gtk_label_set_label (GTK_LABEL (title), gtk_string_object_get_string (string));
  gtk_label_set_label (GTK_LABEL (below), said != NULL ? said : "");
  gtk_widget_set_visible (below, said != NULL);
  gtk_widget_set_sensitive (box, why == NULL);
  gtk_list_item_set_selectable (item, why == NULL);
  gtk_list_item_set_activatable (item, why == NULL);
}

/* A new factory binds all rows anew, by what is known now. */
static void
renew_list (NullcurveSetupPanel *self, GtkDropDown *drop_down, const ChoiceWords *words)
{
  g_autoptr (GtkListItemFactory) factory = gtk_signal_list_item_factory_new ();
  g_object_set_data (G_OBJECT (factory), "panel", self);
  g_signal_connect (factory, "setup", G_CALLBACK (choice_setup_cb), NULL);
  g_signal_connect (factory, "bind", G_CALLBACK (choice_bind_cb), (gpointer)words);
  gtk_drop_down_set_list_factory (drop_down, factory);
}

static void
fill_accelerators (NullcurveSetupPanel *self)
{
  gsize n = self->backends != NULL ? moe_accelerators_get_n (self->backends) : 0;
  g_autoptr (GtkStringList) names = gtk_string_list_new (NULL);
  gtk_string_list_append (names, _ ("Automatic"));
  for (gsize i = 0; i < n; i++)
    gtk_string_list_append (names, moe_accelerators_get_title (self->backends, i));
  gtk_drop_down_set_model (self->accelerator, G_LIST_MODEL (names));
}

void
nullcurve_setup_machine_init (NullcurveSetupPanel *self)
{
  g_autoptr (GtkStringList) dtypes = gtk_string_list_new (NULL);
  for (gsize i = 0; i < moe_dtype_names.n; i++)
    gtk_string_list_append (dtypes, moe_name_of (&moe_dtype_names, (int)i));
  gtk_drop_down_set_model (self->dtype, G_LIST_MODEL (dtypes));
  nullcurve_setup_machine_follow (self);
}

void
nullcurve_setup_machine_follow (NullcurveSetupPanel *self)
{
  gboolean was_loading = self->loading;
  self->loading = TRUE;
  fill_accelerators (self);
  renew_list (self, self->accelerator, &accelerator_words);
  renew_list (self, self->dtype, &dtype_words);
  self->loading = was_loading;
}

/* Position 0 for "auto", and for what is not there. */
static guint
accelerator_position (NullcurveSetupPanel *self)
{
  if (self->backends == NULL)
    return 0;
  return (guint)(moe_accelerators_find_choice (self->backends, self->options.accelerator) + 1);
}

void
nullcurve_setup_machine_load (NullcurveSetupPanel *self)
{
  gboolean was_loading = self->loading;
  self->loading = TRUE;
  gtk_drop_down_set_selected (self->dtype, self->options.dtype);
  gtk_drop_down_set_selected (self->accelerator, accelerator_position (self));
  self->loading = was_loading;
}

void
nullcurve_setup_machine_store (NullcurveSetupPanel *self)
{
  MoeDtype dtype = (MoeDtype)gtk_drop_down_get_selected (self->dtype);
  guint position = gtk_drop_down_get_selected (self->accelerator);
  if (dtype != self->options.dtype)
    {
      self->options.dtype = dtype;
      renew_list (self, self->accelerator, &accelerator_words);
    }
  /* A saved choice waits until it can be found in the list. */
  if (self->backends == NULL)
    return;
  const char *name = position >= 1 && position <= moe_accelerators_get_n (self->backends)
                         ? moe_accelerators_get_name (self->backends, position - 1)
                         : "auto";
  g_strlcpy (self->options.accelerator, name, sizeof self->options.accelerator);
}

/* What the accelerator stands for and how fast it is, as far as that is known. */
static char *
accelerator_note (NullcurveSetupPanel *self)
{
  const MoeAccelerator *machine =
      moe_accelerator_fits (&self->machine, &self->options) ? &self->machine : NULL;
  if (self->backend == NULL)
    return NULL;
  if (machine == NULL)
    return g_strdup (strcmp (self->options.accelerator, "auto") == 0
                         ? _ ("Measuring which one is the fastest here…")
                         : _ ("Measuring what it can…"));
  if (machine->why != NULL)
    return g_strdup (machine->why);
  if (!machine->measured)
    return NULL;
  g_autofree char *rate = moe_text_flop_rate (machine->limits.calibration.flops_per_s);
  const char *device = accelerator_detail (self, accelerator_position (self));
  return device != NULL ? g_strdup_printf (_ ("%s: %s dense."), device, rate)
                        : g_strdup_printf (_ ("%s dense here."), rate);
}

void
nullcurve_setup_machine_explain (NullcurveSetupPanel *self)
{
  g_autofree char *note = accelerator_note (self);
  g_autofree char *figures = moe_accelerator_fits (&self->machine, &self->options)
                                 ? moe_accelerator_describe (&self->machine)
                                 : NULL;
  const char *lacking = dtype_reason (self, MOE_DTYPE_BFLOAT16);
  nullcurve_field_row_set_note (self->accelerator_row, note);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->accelerator_row), figures);
  /* Where it is chosen all the same, the sentence stands there as what is wrong. */
  nullcurve_field_row_set_note (self->dtype_row,
                                self->options.dtype == MOE_DTYPE_BFLOAT16 ? NULL : lacking);
}
