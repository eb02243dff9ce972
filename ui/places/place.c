/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/places/place.h"

#include <glib/gi18n.h>

#include "engine/text/tame.h"

struct _NullcurvePlace
{
  GObject parent_instance;

  char *name;
  NullcurvePlaceKind kind;
  char *target;
  char *program;
  char *environment;
  char **settings; /* the words of `environment`; NULL: they cannot be taken apart */
  gboolean busy;
};

static guint busy_signal;

G_DEFINE_FINAL_TYPE (NullcurvePlace, nullcurve_place, G_TYPE_OBJECT)

const char *
nullcurve_place_get_name (NullcurvePlace *self)
{
  g_return_val_if_fail (NULLCURVE_IS_PLACE (self), NULL);
  return self->name;
}

NullcurvePlaceKind
nullcurve_place_get_kind (NullcurvePlace *self)
{
  g_return_val_if_fail (NULLCURVE_IS_PLACE (self), NULLCURVE_PLACE_HOST);
  return self->kind;
}

const char *
nullcurve_place_get_target (NullcurvePlace *self)
{
  g_return_val_if_fail (NULLCURVE_IS_PLACE (self), NULL);
  return self->target;
}

const char *
nullcurve_place_get_program (NullcurvePlace *self)
{
  g_return_val_if_fail (NULLCURVE_IS_PLACE (self), NULL);
  return self->program;
}

const char *
nullcurve_place_get_environment (NullcurvePlace *self)
{
  g_return_val_if_fail (NULLCURVE_IS_PLACE (self), NULL);
  return self->environment;
}

char *
nullcurve_place_describe (NullcurvePlace *self)
{
  g_return_val_if_fail (NULLCURVE_IS_PLACE (self), NULL);
  const MoePlace place = nullcurve_place_get_engine (self);
  g_autofree char *target = moe_place_describe (&place);
  return g_strconcat (self->kind == NULLCURVE_PLACE_HOST ? "ssh " : "", target, NULL);
}

MoePlace
nullcurve_place_get_engine (NullcurvePlace *self)
{
  gboolean by_ssh = self->kind == NULLCURVE_PLACE_HOST;
  return (MoePlace){ .host = by_ssh ? self->target : NULL,
                     .through = by_ssh ? NULL : self->target,
                     .program = self->program[0] != '\0' ? self->program : NULL,
                     .environment = (const char *const *)self->settings };
}

gboolean
nullcurve_place_check (NullcurvePlace *self, GError **error)
{
  g_return_val_if_fail (NULLCURVE_IS_PLACE (self), FALSE);
  const char *const none[] = { NULL };
  const MoePlace place = nullcurve_place_get_engine (self);
  if (self->settings == NULL)
    {
      g_autofree char *shown = moe_text_tame (self->environment, MOE_TEXT_MAX_NAME);
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                   _ ("\"%s\" is no environment: allowed is NAME=VALUE, as often as needed, quoted "
                      "as for a shell."),
                   shown);
      return FALSE;
    }
  g_auto (GStrv) argv = moe_place_command (&place, none, error);
  return argv != NULL;
}

gboolean
nullcurve_place_get_busy (NullcurvePlace *self)
{
  g_return_val_if_fail (NULLCURVE_IS_PLACE (self), FALSE);
  return self->busy;
}

void
nullcurve_place_set_busy (NullcurvePlace *self, gboolean busy)
{
  g_return_if_fail (NULLCURVE_IS_PLACE (self));
  if (self->busy == !!busy)
    return;
  self->busy = !!busy;
  g_signal_emit (self, busy_signal, 0);
}

static void
nullcurve_place_finalize (GObject *object)
{
  NullcurvePlace *self = NULLCURVE_PLACE (object);
  g_free (self->name);
  g_free (self->target);
  g_free (self->program);
  g_free (self->environment);
  g_strfreev (self->settings);
  G_OBJECT_CLASS (nullcurve_place_parent_class)->finalize (object);
}

static void
nullcurve_place_class_init (NullcurvePlaceClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = nullcurve_place_finalize;
  busy_signal = g_signal_new ("busy-changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                              NULL, NULL, G_TYPE_NONE, 0);
}

static void
nullcurve_place_init (NullcurvePlace *self)
{
}

static char *
strip (const char *text)
{
  return g_strstrip (g_strdup (text));
}

NullcurvePlace *
nullcurve_place_new (const char *name,
                     NullcurvePlaceKind kind,
                     const char *target,
                     const char *program,
                     const char *environment)
{
  NullcurvePlace *self = g_object_new (NULLCURVE_TYPE_PLACE, NULL);
  self->kind = kind < NULLCURVE_N_PLACE_KINDS ? kind : NULLCURVE_PLACE_HOST;
  self->name = g_strstrip (moe_text_tame (name, MOE_TEXT_MAX_NAME));
  self->target = strip (target);
  self->program = strip (program);
  self->environment = strip (environment);
  if (self->environment[0] == '\0')
    self->settings = g_new0 (char *, 1);
  else if (!g_shell_parse_argv (self->environment, NULL, &self->settings, NULL))
    self->settings = NULL;
  return self;
}
