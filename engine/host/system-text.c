/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/host/system-text.h"

#include <string.h>

#include "engine/records/numbers.h"

char *
moe_system_text_find (const char *text, const char *key, char separator)
{
  gsize key_length = strlen (key);
  const char *line = text;
  while (line != NULL && *line != '\0')
    {
      const char *end = line + strcspn (line, "\n");
      if (strncmp (line, key, key_length) == 0)
        {
          const char *at = line + key_length;
          while (*at == ' ' || *at == '\t')
            at++;
          if (*at == separator)
            {
              g_autofree char *value = g_strndup (at + 1, (gsize)(end - at - 1));
              g_strstrip (value);
              gsize n = strlen (value);
              if (n >= 2 && value[0] == '"' && value[n - 1] == '"')
                return g_utf8_make_valid (value + 1, (gssize)n - 2);
              return g_utf8_make_valid (value, -1);
            }
        }
      line = *end == '\0' ? NULL : end + 1;
    }
  return NULL;
}

char *
moe_system_text_cpu (const char *cpuinfo, const char *machine)
{
  /* x86 and some ARM; ARM boards; POWER; RISC-V. */
  static const char *const keys[] = { "model name", "Model", "Hardware", "cpu", "uarch" };
  for (gsize i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      g_autofree char *value = moe_system_text_find (cpuinfo, keys[i], ':');
      if (value != NULL && value[0] != '\0')
        return g_steal_pointer (&value);
    }
  return g_strdup_printf ("unknown %s processor", machine);
}

char *
moe_system_text_memory (const char *meminfo)
{
  double kib;
  g_autofree char *value = moe_system_text_find (meminfo, "MemTotal", ':');
  if (value == NULL)
    return NULL;
  MoeSpan number = moe_span (value, strcspn (value, " "));
  if (!moe_number_parse_real (number, &kib))
    return NULL;
  return moe_number_fixed (kib / (1024 * 1024), 1, " GiB");
}
