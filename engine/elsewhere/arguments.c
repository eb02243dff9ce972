/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/elsewhere/arguments.h"

#include <string.h>

/* NULL: the option need not be given. */
static char *
argument_of (const MoeOptions *options, const MoeOptions *usual, const MoeOptionSpec *spec)
{
  char value[MOE_OPTION_VALUE_SIZE];
  if (moe_options_same (options, usual, spec) || moe_options_idle (options, spec) != NULL)
    return NULL;
  moe_options_format (options, spec, value, sizeof value);
  if (spec->value == NULL && strcmp (value, "true") == 0)
    return g_strdup_printf ("--%s", spec->name);
  return g_strdup_printf ("--%s=%s", spec->name, value);
}

char **
moe_options_to_arguments (const MoeOptions *options)
{
  gsize n;
  const MoeOptionSpec *specs = moe_option_specs (&n);
  g_autoptr (GStrvBuilder) arguments = g_strv_builder_new ();
  MoeOptions usual;
  moe_options_init (&usual);
  for (gsize i = 0; i < n; i++)
    {
      g_autofree char *argument = argument_of (options, &usual, &specs[i]);
      if (argument != NULL)
        g_strv_builder_add (arguments, argument);
    }
  return g_strv_builder_end (arguments);
}
