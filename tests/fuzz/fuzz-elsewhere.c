/* SPDX-License-Identifier: Apache-2.0 */
/* What another machine tells of itself, and the hosts of a configuration of ssh. */
#include "tests/fuzz/fuzz.h"

#include <string.h>

#include "engine/elsewhere/told.h"
#include "engine/remote/hosts.h"
#include "engine/text/tame.h"

/* As a relay keeps them: tame, a key once. */
static GHashTable *
read_facts (const char *text)
{
  GHashTable *facts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  for (gsize i = 0; lines[i] != NULL; i++)
    {
      char *sign = strchr (lines[i], '=');
      if (sign == NULL)
        continue;
      *sign = '\0';
      g_hash_table_replace (facts, moe_text_tame (lines[i], MOE_TEXT_MAX_NAME),
                            moe_text_tame_sentence (sign + 1));
    }
  return facts;
}

static void
check_facts (GHashTable *facts)
{
  g_autoptr (MoeAccelerators) all = moe_told_accelerators (facts);
  g_autofree char *machine = moe_told_machine (facts);
  g_autofree char *limits = moe_told_limits (facts);
  g_autofree char *version = moe_told_version (facts);
  MoeToldForecast told;
  moe_told_forecast (facts, &told);
  fuzz_require (fuzz_is_plain (machine));
  fuzz_require (version == NULL || fuzz_is_plain (version));
  fuzz_require (g_utf8_validate (limits, -1, NULL));
  fuzz_require (told.forecast.fits == (told.problem == NULL));
  for (gsize i = 0; i < moe_accelerators_get_n (all); i++)
    {
      const MoeAcceleratorChoice *choice = moe_accelerators_get (all, i);
      fuzz_require (choice->backend == NULL && fuzz_is_plain (choice->title));
      fuzz_require (moe_accelerators_find_choice (all, choice->name) >= 0);
    }
}

/* The same as a file of a home that includes itself and others. */
static void
check_home (const uint8_t *data, size_t size)
{
  g_free (fuzz_write ("home/.ssh/config", data, size));
  g_free (fuzz_write ("home/.ssh/conf.d/more", data, size));
  g_autofree char *home = g_build_filename (fuzz_folder (), "home", NULL);
  g_auto (GStrv) hosts = moe_hosts_of_home (home);
  fuzz_require (g_strv_length (hosts) <= MOE_HOSTS_MOST);
  for (gsize i = 0; hosts[i] != NULL; i++)
    fuzz_require (hosts[i][0] != '-' && fuzz_is_plain (hosts[i]));
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  fuzz_begin ();
  g_autofree char *text = fuzz_text (data, size);
  g_autoptr (GHashTable) facts = read_facts (text);
  g_auto (GStrv) hosts = moe_hosts_read (text);
  check_facts (facts);
  fuzz_require (g_strv_length (hosts) <= MOE_HOSTS_MOST);
  for (gsize i = 0; hosts[i] != NULL; i++)
    fuzz_require (hosts[i][0] != '-' && fuzz_is_plain (hosts[i]));
  check_home (data, size);
  fuzz_end ();
  return 0;
}
