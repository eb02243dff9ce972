/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/places/where-list.h"

#include "engine/remote/hosts.h"
#include "ui/follow.h"

#include <glib/gi18n.h>

enum
{
  NAME_CHARS = 16 /* that are shown in the form of a name at most */
};

/* Items: this machine, the places, the hosts, and what edits them. */
typedef struct WhereList
{
  GtkDropDown *list; /* which owns this */
  NullcurvePlaces *places;
  GStrv known;      /* the hosts of ssh, as they were when the list came to be */
  GStrv hosts;      /* those that are no saved place */
  gboolean setting; /* the program, not a person, changes the list */
} WhereList;

static guint
n_places (WhereList *self)
{
  return g_list_model_get_n_items (G_LIST_MODEL (self->places));
}

static void
show_chosen (WhereList *self)
{
  NullcurvePlace *chosen = nullcurve_places_get_chosen (self->places);
  gboolean was_setting = self->setting;
  guint position = 0;
  for (guint i = 0; i < n_places (self); i++)
    {
      g_autoptr (NullcurvePlace) place = g_list_model_get_item (G_LIST_MODEL (self->places), i);
      if (place == chosen)
        position = i + 1;
    }
  self->setting = TRUE;
  gtk_drop_down_set_selected (self->list, position);
  self->setting = was_setting;
}

static char **
find_hosts (WhereList *self)
{
  g_autoptr (GStrvBuilder) left = g_strv_builder_new ();
  for (gsize i = 0; self->known[i] != NULL; i++)
    if (nullcurve_places_find_origin (self->places, self->known[i]) == NULL)
      g_strv_builder_add (left, self->known[i]);
  return g_strv_builder_end (left);
}

static void
fill (WhereList *self)
{
  g_autoptr (GtkStringList) names = gtk_string_list_new (NULL);
  g_strfreev (self->hosts);
  self->hosts = find_hosts (self);
  gtk_string_list_append (names, _ ("This machine"));
  for (guint i = 0; i < n_places (self); i++)
    {
      g_autoptr (NullcurvePlace) place = g_list_model_get_item (G_LIST_MODEL (self->places), i);
      gtk_string_list_append (names, nullcurve_place_get_name (place));
    }
  for (gsize i = 0; self->hosts[i] != NULL; i++)
    {
      /* Translators: a host that ssh knows, to be measured at */
      g_autofree char *name = g_strdup_printf (_ ("%s (ssh)"), self->hosts[i]);
      gtk_string_list_append (names, name);
    }
  gtk_string_list_append (names, _ ("Edit Places…"));
  self->setting = TRUE;
  gtk_drop_down_set_model (self->list, G_LIST_MODEL (names));
  show_chosen (self);
  self->setting = FALSE;
}

static void
choose_host (WhereList *self, const char *host)
{
  g_autofree char *name = nullcurve_places_dup_free_name (self->places, host);
  g_autoptr (NullcurvePlace) place = nullcurve_place_new (name, NULLCURVE_PLACE_HOST, host, "", "");
  nullcurve_places_add (self->places, place);
  nullcurve_places_choose (self->places, place);
}

static void
choose (WhereList *self, guint selected)
{
  guint places = n_places (self), hosts = g_strv_length (self->hosts);
  if (selected == 0)
    nullcurve_places_choose (self->places, NULL);
  else if (selected <= places)
    {
      g_autoptr (NullcurvePlace) place =
          g_list_model_get_item (G_LIST_MODEL (self->places), selected - 1);
      nullcurve_places_choose (self->places, place);
    }
  else if (selected <= places + hosts)
    {
      g_autofree char *host = g_strdup (self->hosts[selected - places - 1]);
      choose_host (self, host);
    }
  else
    {
      show_chosen (self);
      gtk_widget_activate_action (GTK_WIDGET (self->list), "win.places", NULL);
    }
}

/* The list is in the midst of changing: what follows may change it again. */
static gboolean
chosen_cb (gpointer list)
{
  WhereList *self = g_object_get_data (G_OBJECT (list), "nullcurve-where-list");
  choose (self, gtk_drop_down_get_selected (self->list));
  return G_SOURCE_REMOVE;
}

static void
selected_cb (WhereList *self)
{
  guint selected = gtk_drop_down_get_selected (self->list);
  if (!self->setting && selected != GTK_INVALID_LIST_POSITION)
    g_idle_add_full (G_PRIORITY_DEFAULT, chosen_cb, g_object_ref (self->list), g_object_unref);
}

/* --- how a name is shown --- */

/* The form has no more room for a name; the list of names takes what it needs. */
static void
setup_cb (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer in_form)
{
  GtkWidget *label = gtk_label_new (NULL);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  if (GPOINTER_TO_INT (in_form))
    {
      gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_MIDDLE);
      gtk_label_set_max_width_chars (GTK_LABEL (label), NAME_CHARS);
    }
  gtk_list_item_set_child (item, label);
}

static void
bind_cb (GtkSignalListItemFactory *factory, GtkListItem *item)
{
  gtk_label_set_label (GTK_LABEL (gtk_list_item_get_child (item)),
                       gtk_string_object_get_string (gtk_list_item_get_item (item)));
}

static GtkListItemFactory *
new_factory (gboolean in_form)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
  g_signal_connect (factory, "setup", G_CALLBACK (setup_cb), GINT_TO_POINTER (in_form));
  g_signal_connect (factory, "bind", G_CALLBACK (bind_cb), NULL);
  return factory;
}

static void
where_list_free (gpointer data)
{
  WhereList *self = data;
  g_object_unref (self->places);
  g_strfreev (self->known);
  g_strfreev (self->hosts);
  g_free (self);
}

void
nullcurve_where_list_bind (GtkDropDown *list, NullcurvePlaces *places)
{
  g_autoptr (GtkListItemFactory) in_form = new_factory (TRUE);
  g_autoptr (GtkListItemFactory) in_list = new_factory (FALSE);
  WhereList *self = g_new0 (WhereList, 1);
  self->list = list;
  self->places = g_object_ref (places);
  self->known = moe_hosts_of_person ();
  g_object_set_data_full (G_OBJECT (list), "nullcurve-where-list", self, where_list_free);
  gtk_drop_down_set_factory (list, in_form);
  gtk_drop_down_set_list_factory (list, in_list);
  fill (self);
  nullcurve_follow (G_OBJECT (list), self, places, "items-changed", G_CALLBACK (fill));
  nullcurve_follow (G_OBJECT (list), self, places, "chosen-changed", G_CALLBACK (show_chosen));
  nullcurve_follow (G_OBJECT (list), self, list, "notify::selected", G_CALLBACK (selected_cb));
}
