/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/presets/own-presets.h"

#include "engine/sweep/presets.h"
#include "engine/sweep/quantities.h"
#include "engine/text/tame.h"
#include "ui/keep.h"

#include <string.h>

#define PRESETS_KEY "presets"

enum
{
  MOST_PRESETS = 200
};

struct _NullcurveOwnPreset
{
  GObject parent_instance;

  char *name;
  char *line; /* the options, as they are kept */
  MoeOptions options;
};

G_DEFINE_FINAL_TYPE (NullcurveOwnPreset, nullcurve_own_preset, G_TYPE_OBJECT)

struct _NullcurveOwnPresets
{
  GObject parent_instance;

  GListStore *presets;
  GSettings *settings; /* NULL: they are kept nowhere */
};

static GType
get_item_type (GListModel *model)
{
  return NULLCURVE_TYPE_OWN_PRESET;
}

static guint
get_n_items (GListModel *model)
{
  return g_list_model_get_n_items (G_LIST_MODEL (NULLCURVE_OWN_PRESETS (model)->presets));
}

static gpointer
get_item (GListModel *model, guint position)
{
  return g_list_model_get_item (G_LIST_MODEL (NULLCURVE_OWN_PRESETS (model)->presets), position);
}

static void
list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = get_item_type;
  iface->get_n_items = get_n_items;
  iface->get_item = get_item;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (NullcurveOwnPresets,
                               nullcurve_own_presets,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_init))

/* --- one of them --- */

const char *
nullcurve_own_preset_get_name (NullcurveOwnPreset *self)
{
  g_return_val_if_fail (NULLCURVE_IS_OWN_PRESET (self), NULL);
  return self->name;
}

const MoeOptions *
nullcurve_own_preset_get_options (NullcurveOwnPreset *self)
{
  g_return_val_if_fail (NULLCURVE_IS_OWN_PRESET (self), NULL);
  return &self->options;
}

static void
nullcurve_own_preset_finalize (GObject *object)
{
  NullcurveOwnPreset *self = NULLCURVE_OWN_PRESET (object);
  g_free (self->name);
  g_free (self->line);
  G_OBJECT_CLASS (nullcurve_own_preset_parent_class)->finalize (object);
}

static void
nullcurve_own_preset_class_init (NullcurveOwnPresetClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = nullcurve_own_preset_finalize;
}

static void
nullcurve_own_preset_init (NullcurveOwnPreset *self)
{
}

/* What the line does not tell is as at the first start. */
static NullcurveOwnPreset *
new_preset (const char *name, const char *line)
{
  NullcurveOwnPreset *self = g_object_new (NULLCURVE_TYPE_OWN_PRESET, NULL);
  self->name = moe_text_tame (name, MOE_TEXT_MAX_NAME);
  g_strstrip (self->name);
  moe_presets_init_options (&self->options);
  moe_text_to_options (line, &self->options);
  self->line = moe_text_from_options (&self->options);
  return self;
}

/* --- what is kept --- */

GVariant *
nullcurve_own_presets_pack (NullcurveOwnPresets *self)
{
  g_return_val_if_fail (NULLCURVE_IS_OWN_PRESETS (self), NULL);
  GVariantBuilder builder;
  g_variant_builder_init (&builder, G_VARIANT_TYPE (NULLCURVE_OWN_PRESETS_TYPE));
  for (guint i = 0; i < get_n_items (G_LIST_MODEL (self)); i++)
    {
      g_autoptr (NullcurveOwnPreset) preset = get_item (G_LIST_MODEL (self), i);
      g_variant_builder_add (&builder, "(ss)", preset->name, preset->line);
    }
  return g_variant_builder_end (&builder);
}

void
nullcurve_own_presets_unpack (NullcurveOwnPresets *self, GVariant *kept)
{
  g_return_if_fail (NULLCURVE_IS_OWN_PRESETS (self));
  GVariantIter iter;
  const char *name, *line;
  g_variant_iter_init (&iter, kept);
  while (get_n_items (G_LIST_MODEL (self)) < MOST_PRESETS
         && g_variant_iter_next (&iter, "(&s&s)", &name, &line))
    {
      g_autoptr (NullcurveOwnPreset) preset = new_preset (name, line);
      if (*preset->name != '\0' && nullcurve_own_presets_find (self, preset->name) == NULL)
        g_list_store_append (self->presets, preset);
    }
}

static void
save (NullcurveOwnPresets *self)
{
  if (self->settings != NULL)
    nullcurve_keep (self->settings, PRESETS_KEY, nullcurve_own_presets_pack (self));
}

void
nullcurve_own_presets_set_settings (NullcurveOwnPresets *self, GSettings *settings)
{
  g_return_if_fail (NULLCURVE_IS_OWN_PRESETS (self));
  if (!g_set_object (&self->settings, settings) || settings == NULL)
    return;
  g_autoptr (GVariant) kept = g_settings_get_value (settings, PRESETS_KEY);
  nullcurve_own_presets_unpack (self, kept);
}

/* --- what a person does --- */

/* The place of an item that is in the list, or where the next one comes. */
static guint
find_place (NullcurveOwnPresets *self, NullcurveOwnPreset *preset)
{
  guint place = get_n_items (G_LIST_MODEL (self));
  if (preset != NULL)
    g_list_store_find (self->presets, preset, &place);
  return place;
}

gboolean
nullcurve_own_presets_save (NullcurveOwnPresets *self, const char *name, const MoeOptions *options)
{
  g_return_val_if_fail (NULLCURVE_IS_OWN_PRESETS (self), FALSE);
  g_autofree char *line = moe_text_from_options (options);
  g_autoptr (NullcurveOwnPreset) preset = new_preset (name, line);
  NullcurveOwnPreset *before = nullcurve_own_presets_find (self, preset->name);
  if (*preset->name == '\0'
      || (before == NULL && get_n_items (G_LIST_MODEL (self)) >= MOST_PRESETS))
    return FALSE;
  gpointer added = preset;
  g_list_store_splice (self->presets, find_place (self, before), before != NULL, &added, 1);
  save (self);
  return TRUE;
}

gboolean
nullcurve_own_presets_rename (NullcurveOwnPresets *self,
                              NullcurveOwnPreset *preset,
                              const char *name)
{
  g_return_val_if_fail (NULLCURVE_IS_OWN_PRESETS (self), FALSE);
  g_autoptr (NullcurveOwnPreset) renamed = new_preset (name, preset->line);
  NullcurveOwnPreset *other = nullcurve_own_presets_find (self, renamed->name);
  guint place;
  if (*renamed->name == '\0' || (other != NULL && other != preset)
      || !g_list_store_find (self->presets, preset, &place))
    return FALSE;
  g_free (preset->name);
  preset->name = g_strdup (renamed->name);
  g_list_model_items_changed (G_LIST_MODEL (self->presets), place, 1, 1);
  save (self);
  return TRUE;
}

void
nullcurve_own_presets_remove (NullcurveOwnPresets *self, NullcurveOwnPreset *preset)
{
  g_return_if_fail (NULLCURVE_IS_OWN_PRESETS (self));
  guint place;
  if (!g_list_store_find (self->presets, preset, &place))
    return;
  g_list_store_remove (self->presets, place);
  save (self);
}

/* --- finding --- */

NullcurveOwnPreset *
nullcurve_own_presets_find (NullcurveOwnPresets *self, const char *name)
{
  g_return_val_if_fail (NULLCURVE_IS_OWN_PRESETS (self), NULL);
  for (guint i = 0; i < get_n_items (G_LIST_MODEL (self)); i++)
    {
      g_autoptr (NullcurveOwnPreset) preset = get_item (G_LIST_MODEL (self), i);
      if (g_str_equal (preset->name, name))
        return preset;
    }
  return NULL;
}

NullcurveOwnPreset *
nullcurve_own_presets_match (NullcurveOwnPresets *self, const MoeOptions *options)
{
  g_return_val_if_fail (NULLCURVE_IS_OWN_PRESETS (self), NULL);
  g_autofree char *line = moe_text_from_options (options);
  for (guint i = 0; i < get_n_items (G_LIST_MODEL (self)); i++)
    {
      g_autoptr (NullcurveOwnPreset) preset = get_item (G_LIST_MODEL (self), i);
      if (g_str_equal (preset->line, line))
        return preset;
    }
  return NULL;
}

static void
nullcurve_own_presets_finalize (GObject *object)
{
  NullcurveOwnPresets *self = NULLCURVE_OWN_PRESETS (object);
  g_clear_object (&self->presets);
  g_clear_object (&self->settings);
  G_OBJECT_CLASS (nullcurve_own_presets_parent_class)->finalize (object);
}

static void
nullcurve_own_presets_class_init (NullcurveOwnPresetsClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = nullcurve_own_presets_finalize;
}

static void
nullcurve_own_presets_init (NullcurveOwnPresets *self)
{
  self->presets = g_list_store_new (NULLCURVE_TYPE_OWN_PRESET);
  g_signal_connect_object (self->presets, "items-changed", G_CALLBACK (g_list_model_items_changed),
                           self, G_CONNECT_SWAPPED);
}

NullcurveOwnPresets *
nullcurve_own_presets_new (void)
{
  return g_object_new (NULLCURVE_TYPE_OWN_PRESETS, NULL);
}
