/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/places/there.h"

#include "engine/elsewhere/arguments.h"
#include "engine/remote/relay.h"

enum
{
  REST_MS = 500,   /* after the last change */
  PATIENCE_S = 120 /* a place that was never asked measures its limits first */
};

struct _NullcurveThere
{
  GObject parent_instance;

  NullcurvePlace *place; /* NULL: none */
  MoeRelay *asking;      /* the question under way; NULL: none */
  gboolean asks_facts;   /* which that is */
  guint rest;            /* until the next */

  GHashTable *facts; /* NULL: not known */
  MoeAccelerators *accelerators;
  char *problem;

  char **wanted; /* arguments of the options to be forecast; NULL: none are */
  GHashTable *forecast;
  char *refusal;
};

static guint changed_signal;

G_DEFINE_FINAL_TYPE (NullcurveThere, nullcurve_there, G_TYPE_OBJECT)

static void ask_next (NullcurveThere *self);

static void
forget_forecast (NullcurveThere *self)
{
  g_clear_pointer (&self->forecast, g_hash_table_unref);
  g_clear_pointer (&self->refusal, g_free);
}

static void
forget (NullcurveThere *self)
{
  g_clear_pointer (&self->asking, moe_relay_free);
  g_clear_handle_id (&self->rest, g_source_remove);
  g_clear_pointer (&self->facts, g_hash_table_unref);
  g_clear_pointer (&self->accelerators, moe_accelerators_unref);
  g_clear_pointer (&self->problem, g_free);
  forget_forecast (self);
}

/* --- a question --- */

static void
take_facts (NullcurveThere *self, const MoeRelayResult *result)
{
  self->problem = g_strdup (result->problem);
  if (result->problem != NULL)
    return;
  self->facts = g_hash_table_ref (result->facts);
  self->accelerators = moe_told_accelerators (result->facts);
}

static void
take_forecast (NullcurveThere *self, const MoeRelayResult *result)
{
  if (result->problem != NULL)
    self->refusal = g_strdup (result->problem);
  else
    self->forecast = g_hash_table_ref (result->facts);
}

static void
answered_cb (gpointer data, const MoeRelayResult *result)
{
  g_autoptr (NullcurveThere) self = g_object_ref (data);
  if (self->asks_facts)
    take_facts (self, result);
  else
    take_forecast (self, result);
  g_clear_pointer (&self->asking, moe_relay_free);
  g_signal_emit (self, changed_signal, 0);
  ask_next (self);
}

static char **
question (NullcurveThere *self)
{
  g_autoptr (GStrvBuilder) words = g_strv_builder_new ();
  g_strv_builder_add (words, self->asks_facts ? "--facts" : "--forecast");
  if (!self->asks_facts)
    g_strv_builder_addv (words, (const char **)self->wanted);
  return g_strv_builder_end (words);
}

static void
ask (NullcurveThere *self)
{
  const MoeRelayHooks hooks = { .data = self, .done = answered_cb };
  const MoePlace place = nullcurve_place_get_engine (self->place);
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) words = question (self);
  if (nullcurve_place_check (self->place, &error))
    self->asking = moe_relay_ask (&place, (const char *const *)words, PATIENCE_S, &hooks, &error);
  if (self->asking != NULL)
    return;
  g_free (self->problem);
  self->problem = g_strdup (error->message);
  g_signal_emit (self, changed_signal, 0);
}

static gboolean
rest_cb (gpointer data)
{
  NullcurveThere *self = data;
  self->rest = 0;
  ask (self);
  return G_SOURCE_REMOVE;
}

/* What is not known yet, if anybody may ask: a run is not disturbed. */
static void
ask_next (NullcurveThere *self)
{
  if (self->place == NULL || self->asking != NULL || self->problem != NULL
      || nullcurve_place_get_busy (self->place))
    return;
  self->asks_facts = self->facts == NULL;
  gboolean known = self->wanted == NULL || self->forecast != NULL || self->refusal != NULL;
  if (!self->asks_facts && known)
    return;
  g_clear_handle_id (&self->rest, g_source_remove);
  self->rest = g_timeout_add (self->asks_facts ? 0 : REST_MS, rest_cb, self);
}

/* --- what is asked for --- */

static void
busy_cb (NullcurveThere *self)
{
  if (!nullcurve_place_get_busy (self->place))
    {
      ask_next (self);
      return;
    }
  g_clear_pointer (&self->asking, moe_relay_free);
  g_clear_handle_id (&self->rest, g_source_remove);
}

void
nullcurve_there_set_place (NullcurveThere *self, NullcurvePlace *place)
{
  g_return_if_fail (NULLCURVE_IS_THERE (self));
  if (self->place == place)
    return;
  if (self->place != NULL)
    g_signal_handlers_disconnect_by_func (self->place, busy_cb, self);
  g_set_object (&self->place, place);
  if (place != NULL)
    g_signal_connect_object (place, "busy-changed", G_CALLBACK (busy_cb), self, G_CONNECT_SWAPPED);
  nullcurve_there_look_again (self);
}

NullcurvePlace *
nullcurve_there_get_place (NullcurveThere *self)
{
  g_return_val_if_fail (NULLCURVE_IS_THERE (self), NULL);
  return self->place;
}

void
nullcurve_there_look_again (NullcurveThere *self)
{
  g_return_if_fail (NULLCURVE_IS_THERE (self));
  forget (self);
  g_signal_emit (self, changed_signal, 0);
  ask_next (self);
}

void
nullcurve_there_forecast (NullcurveThere *self, const MoeOptions *options)
{
  g_return_if_fail (NULLCURVE_IS_THERE (self));
  g_auto (GStrv) wanted = moe_options_to_arguments (options);
  if (self->wanted != NULL
      && g_strv_equal ((const char *const *)wanted, (const char *const *)self->wanted))
    return;
  g_strfreev (self->wanted);
  self->wanted = g_steal_pointer (&wanted);
  if (self->asking != NULL && !self->asks_facts)
    g_clear_pointer (&self->asking, moe_relay_free);
  forget_forecast (self);
  ask_next (self);
}

/* --- what is known --- */

GHashTable *
nullcurve_there_get_facts (NullcurveThere *self)
{
  g_return_val_if_fail (NULLCURVE_IS_THERE (self), NULL);
  return self->facts;
}

MoeAccelerators *
nullcurve_there_get_accelerators (NullcurveThere *self)
{
  g_return_val_if_fail (NULLCURVE_IS_THERE (self), NULL);
  return self->accelerators;
}

const char *
nullcurve_there_get_problem (NullcurveThere *self)
{
  g_return_val_if_fail (NULLCURVE_IS_THERE (self), NULL);
  return self->problem;
}

gboolean
nullcurve_there_get_forecast (NullcurveThere *self, MoeToldForecast *told)
{
  g_return_val_if_fail (NULLCURVE_IS_THERE (self), FALSE);
  if (self->forecast != NULL)
    moe_told_forecast (self->forecast, told);
  return self->forecast != NULL;
}

const char *
nullcurve_there_get_refusal (NullcurveThere *self)
{
  g_return_val_if_fail (NULLCURVE_IS_THERE (self), NULL);
  return self->refusal;
}

gboolean
nullcurve_there_get_asking (NullcurveThere *self)
{
  g_return_val_if_fail (NULLCURVE_IS_THERE (self), FALSE);
  return self->asking != NULL || self->rest != 0;
}

static void
nullcurve_there_dispose (GObject *object)
{
  NullcurveThere *self = NULLCURVE_THERE (object);
  forget (self);
  g_clear_object (&self->place);
  G_OBJECT_CLASS (nullcurve_there_parent_class)->dispose (object);
}

static void
nullcurve_there_finalize (GObject *object)
{
  g_strfreev (NULLCURVE_THERE (object)->wanted);
  G_OBJECT_CLASS (nullcurve_there_parent_class)->finalize (object);
}

static void
nullcurve_there_class_init (NullcurveThereClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = nullcurve_there_dispose;
  G_OBJECT_CLASS (klass)->finalize = nullcurve_there_finalize;
  changed_signal = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                 NULL, NULL, G_TYPE_NONE, 0);
}

static void
nullcurve_there_init (NullcurveThere *self)
{
}

NullcurveThere *
nullcurve_there_new (void)
{
  return g_object_new (NULLCURVE_TYPE_THERE, NULL);
}
