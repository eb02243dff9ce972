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

/* A sentence about the choice at a position; NULL when there is nothing to say. */
typedef const char *(*Sentence) (NullcurveMachineChoice *self, guint position);

/* What is to be said of the choices of a list. */
typedef struct ChoiceWords
{
  Sentence reason; /* why it cannot be taken */
  Sentence detail; /* what it is, where it can */
} ChoiceWords;

/* Position 0 is "Automatic"; it works if anything does, which the data type tells. */
static gboolean
is_named (NullcurveMachineChoice *self, guint position)
{
  return self->backends != NULL && position > 0
         && position <= moe_accelerators_get_n (self->backends);
}

static const char *
accelerator_reason (NullcurveMachineChoice *self, guint position)
{
  return is_named (self, position)
             ? moe_accelerators_get_reason (self->backends, position - 1, self->chosen)
             : NULL;
}

static const char *
accelerator_detail (NullcurveMachineChoice *self, guint position)
{
  return is_named (self, position) ? moe_accelerators_get_device (self->backends, position - 1)
                                   : NULL;
}

static const char *
dtype_reason (NullcurveMachineChoice *self, guint position)
{
  return nullcurve_machine_choice_get_dtype_reason (self, (MoeDtype)position);
}

static const char *
no_detail (NullcurveMachineChoice *self, guint position)
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
  NullcurveMachineChoice *self = g_object_get_data (G_OBJECT (factory), "choice");
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
renew_list (NullcurveMachineChoice *self, GtkDropDown *drop_down, const ChoiceWords *words)
{
  g_autoptr (GtkListItemFactory) factory = gtk_signal_list_item_factory_new ();
  g_object_set_data (G_OBJECT (factory), "choice", self);
  g_signal_connect (factory, "setup", G_CALLBACK (choice_setup_cb), NULL);
  g_signal_connect (factory, "bind", G_CALLBACK (choice_bind_cb), (gpointer)words);
  gtk_drop_down_set_list_factory (drop_down, factory);
}

static void
follow (NullcurveMachineChoice *self)
{
  gsize n = self->backends != NULL ? moe_accelerators_get_n (self->backends) : 0;
  g_autoptr (GtkStringList) names = gtk_string_list_new (NULL);
  gtk_string_list_append (names, _ ("Automatic"));
  for (gsize i = 0; i < n; i++)
    gtk_string_list_append (names, moe_accelerators_get_title (self->backends, i));
  gtk_drop_down_set_model (self->accelerator, G_LIST_MODEL (names));
  renew_list (self, self->accelerator, &accelerator_words);
  renew_list (self, self->dtype, &dtype_words);
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

static guint
accelerator_position (NullcurveMachineChoice *self, const MoeOptions *options)
{
  return self->backends != NULL
             ? (guint)(moe_accelerators_find_choice (self->backends, options->accelerator) + 1)
             : 0;
}

void
nullcurve_machine_choice_load (NullcurveMachineChoice *self, const MoeOptions *options)
{
  gtk_drop_down_set_selected (self->accelerator, accelerator_position (self, options));
}

void
nullcurve_machine_choice_store (NullcurveMachineChoice *self, MoeOptions *options)
{
  guint position = gtk_drop_down_get_selected (self->accelerator);
  if (self->chosen != options->choice[MOE_CHOICE_DTYPE])
    {
      self->chosen = options->choice[MOE_CHOICE_DTYPE];
      renew_list (self, self->accelerator, &accelerator_words);
    }
  if (self->backends == NULL)
    return;
  const char *name =
      is_named (self, position) ? moe_accelerators_get_name (self->backends, position - 1) : "auto";
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
  const char *device = accelerator_detail (self, accelerator_position (self, options));
  return device != NULL ? g_strdup_printf (_ ("%s: %s dense."), device, rate)
                        : g_strdup_printf (_ ("%s dense here."), rate);
}
