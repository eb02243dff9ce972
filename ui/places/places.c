/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/places/places.h"

#include "engine/text/tame.h"

enum
{
  MOST_PLACES = 200,
  MOST_LETTERS = 100 /* of a name that is made free: a number behind it still is in it */
};

struct _NullcurvePlaces
{
  GObject parent_instance;

  GListStore *places;
  NullcurvePlace *chosen; /* NULL: this machine */
  GSettings *settings;    /* NULL: they are kept nowhere */
};

static guint chosen_signal;

static GType
get_item_type (GListModel *model)
{
  return NULLCURVE_TYPE_PLACE;
}

static guint
get_n_items (GListModel *model)
{
  return g_list_model_get_n_items (G_LIST_MODEL (NULLCURVE_PLACES (model)->places));
}

static gpointer
get_item (GListModel *model, guint position)
{
  return g_list_model_get_item (G_LIST_MODEL (NULLCURVE_PLACES (model)->places), position);
}

static void
list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = get_item_type;
  iface->get_n_items = get_n_items;
  iface->get_item = get_item;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (NullcurvePlaces,
                               nullcurve_places,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_init))

/* --- what is kept --- */

GVariant *
nullcurve_places_pack (NullcurvePlaces *self)
{
  g_return_val_if_fail (NULLCURVE_IS_PLACES (self), NULL);
  GVariantBuilder builder;
  g_variant_builder_init (&builder, G_VARIANT_TYPE (NULLCURVE_PLACES_TYPE));
  for (guint i = 0; i < get_n_items (G_LIST_MODEL (self)); i++)
    {
      g_autoptr (NullcurvePlace) place = get_item (G_LIST_MODEL (self), i);
      g_variant_builder_add (
          &builder, "(susss)", nullcurve_place_get_name (place),
          (guint)nullcurve_place_get_kind (place), nullcurve_place_get_target (place),
          nullcurve_place_get_program (place), nullcurve_place_get_environment (place));
    }
  return g_variant_builder_end (&builder);
}

static void
save (NullcurvePlaces *self)
{
  if (self->settings == NULL)
    return;
  g_settings_set_value (self->settings, "places", nullcurve_places_pack (self));
  g_settings_set_string (self->settings, "place",
                         self->chosen != NULL ? nullcurve_place_get_name (self->chosen) : "");
}

void
nullcurve_places_unpack (NullcurvePlaces *self, GVariant *kept)
{
  g_return_if_fail (NULLCURVE_IS_PLACES (self));
  GVariantIter iter;
  const char *name, *target, *program, *environment;
  guint kind;
  g_variant_iter_init (&iter, kept);
  while (
      get_n_items (G_LIST_MODEL (self)) < MOST_PLACES
      && g_variant_iter_next (&iter, "(&su&s&s&s)", &name, &kind, &target, &program, &environment))
    {
      g_autoptr (NullcurvePlace) place =
          nullcurve_place_new (name, (NullcurvePlaceKind)kind, target, program, environment);
      const char *tame = nullcurve_place_get_name (place);
      if (*tame != '\0' && nullcurve_places_find (self, tame) == NULL)
        g_list_store_append (self->places, place);
    }
}

void
nullcurve_places_set_settings (NullcurvePlaces *self, GSettings *settings)
{
  g_return_if_fail (NULLCURVE_IS_PLACES (self));
  if (!g_set_object (&self->settings, settings) || settings == NULL)
    return;
  g_autoptr (GVariant) kept = g_settings_get_value (settings, "places");
  g_autofree char *name = g_settings_get_string (settings, "place");
  nullcurve_places_unpack (self, kept);
  nullcurve_places_choose (self, nullcurve_places_find (self, name));
}

/* --- finding --- */

NullcurvePlace *
nullcurve_places_find (NullcurvePlaces *self, const char *name)
{
  g_return_val_if_fail (NULLCURVE_IS_PLACES (self), NULL);
  for (guint i = 0; i < get_n_items (G_LIST_MODEL (self)); i++)
    {
      g_autoptr (NullcurvePlace) place = get_item (G_LIST_MODEL (self), i);
      if (g_str_equal (nullcurve_place_get_name (place), name))
        return place;
    }
  return NULL;
}

static gboolean
is_origin (NullcurvePlace *place, const char *origin)
{
  const MoePlace engine = nullcurve_place_get_engine (place);
  g_autofree char *described = moe_place_describe (&engine);
  return g_str_equal (described, origin);
}

NullcurvePlace *
nullcurve_places_find_origin (NullcurvePlaces *self, const char *origin)
{
  g_return_val_if_fail (NULLCURVE_IS_PLACES (self), NULL);
  if (self->chosen != NULL && is_origin (self->chosen, origin))
    return self->chosen;
  for (guint i = 0; i < get_n_items (G_LIST_MODEL (self)); i++)
    {
      g_autoptr (NullcurvePlace) place = get_item (G_LIST_MODEL (self), i);
      if (is_origin (place, origin))
        return place;
    }
  return NULL;
}

char *
nullcurve_places_dup_free_name (NullcurvePlaces *self, const char *name)
{
  g_return_val_if_fail (NULLCURVE_IS_PLACES (self), NULL);
  g_autofree char *tame = g_strstrip (moe_text_tame (name, MOST_LETTERS));
  char *free_name = g_strdup (tame);
  for (guint n = 2; nullcurve_places_find (self, free_name) != NULL; n++)
    {
      g_free (free_name);
      free_name = g_strdup_printf ("%s %u", tame, n);
    }
  return free_name;
}

/* --- changes --- */

NullcurvePlace *
nullcurve_places_get_chosen (NullcurvePlaces *self)
{
  g_return_val_if_fail (NULLCURVE_IS_PLACES (self), NULL);
  return self->chosen;
}

void
nullcurve_places_choose (NullcurvePlaces *self, NullcurvePlace *place)
{
  g_return_if_fail (NULLCURVE_IS_PLACES (self));
  if (!g_set_object (&self->chosen, place))
    return;
  save (self);
  g_signal_emit (self, chosen_signal, 0);
}

void
nullcurve_places_add (NullcurvePlaces *self, NullcurvePlace *place)
{
  g_return_if_fail (NULLCURVE_IS_PLACES (self));
  g_list_store_append (self->places, place);
  save (self);
}

void
nullcurve_places_replace (NullcurvePlaces *self, NullcurvePlace *old, NullcurvePlace *place)
{
  g_return_if_fail (NULLCURVE_IS_PLACES (self));
  guint position;
  if (nullcurve_place_get_busy (old) || !g_list_store_find (self->places, old, &position))
    return;
  gboolean chosen = old == self->chosen;
  g_list_store_splice (self->places, position, 1, (gpointer *)&place, 1);
  if (chosen)
    nullcurve_places_choose (self, place);
  save (self);
}

void
nullcurve_places_remove (NullcurvePlaces *self, NullcurvePlace *place)
{
  g_return_if_fail (NULLCURVE_IS_PLACES (self));
  guint position;
  if (nullcurve_place_get_busy (place) || !g_list_store_find (self->places, place, &position))
    return;
  g_autoptr (NullcurvePlace) kept = g_object_ref (place);
  g_list_store_remove (self->places, position);
  if (kept == self->chosen)
    nullcurve_places_choose (self, NULL);
  save (self);
}

static void
nullcurve_places_finalize (GObject *object)
{
  NullcurvePlaces *self = NULLCURVE_PLACES (object);
  g_clear_object (&self->chosen);
  g_clear_object (&self->places);
  g_clear_object (&self->settings);
  G_OBJECT_CLASS (nullcurve_places_parent_class)->finalize (object);
}

static void
nullcurve_places_class_init (NullcurvePlacesClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = nullcurve_places_finalize;
  chosen_signal = g_signal_new ("chosen-changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
nullcurve_places_init (NullcurvePlaces *self)
{
  self->places = g_list_store_new (NULLCURVE_TYPE_PLACE);
  g_signal_connect_object (self->places, "items-changed", G_CALLBACK (g_list_model_items_changed),
                           self, G_CONNECT_SWAPPED);
}

NullcurvePlaces *
nullcurve_places_new (void)
{
  return g_object_new (NULLCURVE_TYPE_PLACES, NULL);
}
