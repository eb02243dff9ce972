/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/setup/preset-choice.h"

#include "engine/sweep/presets.h"

#include <glib/gi18n.h>

struct NullcurvePresetChoice
{
  GtkDropDown *list;
  GtkWidget *row;
  NullcurveOwnPresets *own; /* NULL: there are none */
};

static guint
n_own (NullcurvePresetChoice *self)
{
  return self->own != NULL ? g_list_model_get_n_items (G_LIST_MODEL (self->own)) : 0;
}

/* Its place among the own ones; they may be none of them. */
static gboolean
find_own (NullcurvePresetChoice *self, const MoeOptions *options, guint *place)
{
  NullcurveOwnPreset *match =
      self->own != NULL ? nullcurve_own_presets_match (self->own, options) : NULL;
  for (guint i = 0; match != NULL && i < n_own (self); i++)
    {
      g_autoptr (NullcurveOwnPreset) preset = g_list_model_get_item (G_LIST_MODEL (self->own), i);
      *place = i;
      if (preset == match)
        return TRUE;
    }
  return FALSE;
}

void
nullcurve_preset_choice_explain (NullcurvePresetChoice *self, const MoeOptions *options)
{
  GPtrArray *presets = moe_presets_get ();
  const MoePreset *preset = moe_presets_match (options);
  const char *source = preset != NULL && preset->source[0] != '\0' ? preset->source : NULL;
  guint place, shipped = presets->len;
  if (preset != NULL)
    g_ptr_array_find (presets, preset, &shipped);
  if (!find_own (self, options, &place))
    place = n_own (self) + shipped;
  gtk_drop_down_set_selected (self->list, place);
  gtk_widget_set_tooltip_text (self->row, source);
}

void
nullcurve_preset_choice_store (NullcurvePresetChoice *self, MoeOptions *options)
{
  GPtrArray *presets = moe_presets_get ();
  guint selected = gtk_drop_down_get_selected (self->list);
  if (selected < n_own (self))
    {
      g_autoptr (NullcurveOwnPreset) preset =
          g_list_model_get_item (G_LIST_MODEL (self->own), selected);
      *options = *nullcurve_own_preset_get_options (preset);
    }
  else if (selected - n_own (self) < presets->len)
    moe_presets_apply (g_ptr_array_index (presets, selected - n_own (self)), options);
}

void
nullcurve_preset_choice_fill (NullcurvePresetChoice *self, NullcurveOwnPresets *own)
{
  GPtrArray *presets = moe_presets_get ();
  g_autoptr (GtkStringList) names = gtk_string_list_new (NULL);
  g_set_object (&self->own, own);
  for (guint i = 0; i < n_own (self); i++)
    {
      g_autoptr (NullcurveOwnPreset) preset = g_list_model_get_item (G_LIST_MODEL (self->own), i);
      gtk_string_list_append (names, nullcurve_own_preset_get_name (preset));
    }
  for (guint i = 0; i < presets->len; i++)
    gtk_string_list_append (names, ((MoePreset *)g_ptr_array_index (presets, i))->name);
  gtk_string_list_append (names, _ ("Own shape"));
  gtk_drop_down_set_model (self->list, G_LIST_MODEL (names));
}

NullcurvePresetChoice *
nullcurve_preset_choice_new (GtkDropDown *list, GtkWidget *row)
{
  NullcurvePresetChoice *self = g_new0 (NullcurvePresetChoice, 1);
  self->list = list;
  self->row = row;
  nullcurve_preset_choice_fill (self, NULL);
  /* There are dozens: a few letters find one. */
  g_autoptr (GtkExpression) name =
      gtk_property_expression_new (GTK_TYPE_STRING_OBJECT, NULL, "string");
  gtk_drop_down_set_expression (list, name);
  gtk_drop_down_set_enable_search (list, TRUE);
  return self;
}

void
nullcurve_preset_choice_free (NullcurvePresetChoice *self)
{
  g_clear_object (&self->own);
  g_free (self);
}
