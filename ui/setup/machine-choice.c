/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/setup/machine-choice.h"

#include "engine/sweep/quantities.h"

#include <glib/gi18n.h>
#include <string.h>

struct NullcurveMachineChoice
{
  GtkDropDown *dtype, *accelerator;
  MoeAccelerators *backends; /* NULL: not looked yet */
  MoeDtype chosen;           /* which decides the accelerators that can be chosen */
};

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
choice_bind_cb (GtkSignalListItemFactory *factory, GtkListItem *item)
{
  GtkWidget *box = gtk_list_item_get_child (item);
  GtkWidget *title = gtk_widget_get_first_child (box);
  GtkWidget *below = gtk_widget_get_next_sibling (title);
  GtkStringObject *string = gtk_list_item_get_item (item);
  const char *why = g_object_get_data (G_OBJECT (string), "reason");
  const char *said = why != NULL ? why : g_object_get_data (G_OBJECT (string), "detail");

  gtk_label_set_label (GTK_LABEL (title), gtk_string_object_get_string (string));
  gtk_label_set_label (GTK_LABEL (below), said != NULL ? said : "");
  gtk_widget_set_visible (below, said != NULL);
  gtk_widget_set_sensitive (box, why == NULL);
  gtk_list_item_set_selectable (item, why == NULL);
  gtk_list_item_set_activatable (item, why == NULL);
}

/* What is to be said of one: why it cannot be taken, else what it is; NULL: nothing. */
static void
tell (GtkDropDown *list, guint position, const char *reason, const char *detail)
{
  g_autoptr (GObject) item = g_list_model_get_item (gtk_drop_down_get_model (list), position);
  g_object_set_data_full (item, "reason", g_strdup (reason), g_free);
  g_object_set_data_full (item, "detail", g_strdup (detail), g_free);
}

/* Rows are bound anew, by what is known now. */
static void
renew_list (GtkDropDown *list)
{
  g_autoptr (GtkListItemFactory) factory = gtk_signal_list_item_factory_new ();
  g_signal_connect (factory, "setup", G_CALLBACK (choice_setup_cb), NULL);
  g_signal_connect (factory, "bind", G_CALLBACK (choice_bind_cb), NULL);
  gtk_drop_down_set_list_factory (list, factory);
}

/* "Automatic" works if anything does, which the data type tells. */
static void
tell_accelerators (NullcurveMachineChoice *self)
{
  gsize n = self->backends != NULL ? moe_accelerators_get_n (self->backends) : 0;
  for (gsize i = 0; i < n; i++)
    tell (self->accelerator, (guint)i + 1,
          moe_accelerators_get (self->backends, i)->reasons[self->chosen],
          moe_accelerators_get (self->backends, i)->device_text);
  renew_list (self->accelerator);
}

static void
follow (NullcurveMachineChoice *self)
{
  gsize n = self->backends != NULL ? moe_accelerators_get_n (self->backends) : 0;
  guint n_dtypes = g_list_model_get_n_items (gtk_drop_down_get_model (self->dtype));
  g_autoptr (GtkStringList) names = gtk_string_list_new (NULL);
  gtk_string_list_append (names, _ ("Automatic"));
  for (gsize i = 0; i < n; i++)
    gtk_string_list_append (names, moe_accelerators_get (self->backends, i)->title);
  gtk_drop_down_set_model (self->accelerator, G_LIST_MODEL (names));
  tell_accelerators (self);
  for (guint i = 0; i < n_dtypes; i++)
    tell (self->dtype, i, nullcurve_machine_choice_get_dtype_reason (self, (MoeDtype)i), NULL);
  renew_list (self->dtype);
}

NullcurveMachineChoice *
nullcurve_machine_choice_new (GtkDropDown *dtype, GtkDropDown *accelerator)
{
  NullcurveMachineChoice *self = g_new0 (NullcurveMachineChoice, 1);
  self->dtype = dtype;
  self->accelerator = accelerator;
  follow (self);
  return self;
}

void
nullcurve_machine_choice_free (NullcurveMachineChoice *self)
{
  g_clear_pointer (&self->backends, moe_accelerators_unref);
  g_free (self);
}

void
nullcurve_machine_choice_set_backends (NullcurveMachineChoice *self, MoeAccelerators *backends)
{
  if (backends != NULL)
    moe_accelerators_ref (backends);
  g_clear_pointer (&self->backends, moe_accelerators_unref);
  self->backends = backends;
  follow (self);
}

MoeAccelerators *
nullcurve_machine_choice_get_backends (NullcurveMachineChoice *self)
{
  return self->backends;
}

const char *
nullcurve_machine_choice_get_dtype_reason (NullcurveMachineChoice *self, MoeDtype dtype)
{
  return self->backends != NULL ? moe_accelerators_get_dtype_reason (self->backends, dtype) : NULL;
}

void
nullcurve_machine_choice_load (NullcurveMachineChoice *self, const MoeOptions *options)
{
  gssize choice = self->backends != NULL
                      ? moe_accelerators_find_choice (self->backends, options->accelerator)
                      : -1;
  gtk_drop_down_set_selected (self->accelerator, (guint)(choice + 1));
}

void
nullcurve_machine_choice_store (NullcurveMachineChoice *self, MoeOptions *options)
{
  guint position = gtk_drop_down_get_selected (self->accelerator);
  if (self->chosen != options->choice[MOE_CHOICE_DTYPE])
    {
      self->chosen = options->choice[MOE_CHOICE_DTYPE];
      tell_accelerators (self);
    }
  if (self->backends == NULL)
    return;
  const char *name = position >= 1 && position <= moe_accelerators_get_n (self->backends)
                         ? moe_accelerators_get (self->backends, position - 1)->name
                         : "auto";
  g_strlcpy (options->accelerator, name, sizeof options->accelerator);
}

char *
nullcurve_machine_choice_dup_note (NullcurveMachineChoice *self,
                                   const MoeOptions *options,
                                   const MoeAccelerator *machine)
{
  if (machine == NULL)
    return g_strdup (strcmp (options->accelerator, "auto") == 0
                         ? _ ("Measuring which one is the fastest here…")
                         : _ ("Measuring what it can…"));
  if (machine->why != NULL)
    return g_strdup (machine->why);
  if (!machine->measured)
    return NULL;
  g_autofree char *rate = moe_text_flop_rate (machine->limits.calibration.flops_per_s);
  gssize choice = moe_accelerators_find_choice (self->backends, options->accelerator);
  const char *device =
      choice >= 0 ? moe_accelerators_get (self->backends, (gsize)choice)->device_text : NULL;
  g_autofree char *told = device != NULL ? g_strdup_printf (_ ("%s: %s dense."), device, rate)
                                         : g_strdup_printf (_ ("%s dense here."), rate);
  return moe_limits_is_disturbed (&machine->limits)
             ? g_strdup_printf (_ ("%s  Measured under load: it is measured again at a quiet "
                                   "moment."),
                                told)
             : g_steal_pointer (&told);
}
