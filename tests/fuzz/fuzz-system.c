/* SPDX-License-Identifier: Apache-2.0 */
/* What the kernel's text files and a starter's environment say, parts of the input in lines of
 * "====". */
#include "tests/fuzz/fuzz.h"

#include <math.h>
#include <string.h>

#include "engine/host/system-text.h"
#include "engine/machine/noise.h"
#include "engine/ranks/find.h"

enum
{
  N_FILES = 8
};

static const char *const files[N_FILES] = {
  "proc/stat",
  "proc/loadavg",
  "sys/devices/system/cpu/cpu0/thermal_throttle/core_throttle_count",
  "sys/devices/system/cpu/cpu0/cpufreq/scaling_governor",
  "sys/firmware/acpi/platform_profile",
  "sys/class/power_supply/BAT0/type",
  "sys/class/power_supply/BAT0/status",
  "sys/class/power_supply/BAT0/scope",
};

static void
check_texts (const char *text)
{
  g_autofree char *found = moe_system_text_find (text, "model name", ':');
  g_autofree char *release = moe_system_text_find (text, "PRETTY_NAME", '=');
  g_autofree char *cpu = moe_system_text_cpu (text, "x86_64");
  g_autofree char *memory = moe_system_text_memory (text);
  fuzz_require (found == NULL || strchr (found, '\n') == NULL);
  fuzz_require (release == NULL || strchr (release, '\n') == NULL);
  fuzz_require (cpu != NULL && *cpu != '\0');
  fuzz_require (memory == NULL || *memory != '\0');
}

static void
check_noise (void)
{
  MoeNoiseWatch watch;
  MoeNoise noise;
  moe_noise_start (&watch, fuzz_folder ());
  moe_noise_stop (&watch, fuzz_folder (), 1, &noise);
  fuzz_require (!(noise.others_busy < 0) && !(noise.others_waiting < 0));
  fuzz_require (memchr (noise.governor, '\0', sizeof noise.governor) != NULL);
  fuzz_require (memchr (noise.profile, '\0', sizeof noise.profile) != NULL);
  moe_noise_look (fuzz_folder (), &noise);
  moe_noise_others_s (fuzz_folder ());
  moe_noise_stolen_s (fuzz_folder ());
}

/* The first two words of the last part: rank and number of ranks, as they were given. */
static void
check_ranks (const char *text)
{
  g_auto (GStrv) words = g_strsplit_set (text, " \n", 3);
  size_t rank, size;
  g_setenv ("PMI_RANK", words[0] != NULL ? words[0] : "", TRUE);
  g_setenv ("PMI_SIZE", words[0] != NULL && words[1] != NULL ? words[1] : "", TRUE);
  moe_ranks_launched (&rank, &size);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  fuzz_begin ();
  g_autofree char *text = fuzz_text (data, size);
  g_auto (GStrv) parts = g_strsplit (text, "====\n", N_FILES + 2);
  gsize n = g_strv_length (parts);
  for (gsize i = 0; i < N_FILES; i++)
    {
      const char *part = i < n ? parts[i] : "";
      g_free (fuzz_write (files[i], part, strlen (part)));
    }
  check_noise ();
  check_texts (n > N_FILES ? parts[N_FILES] : text);
  check_ranks (n > N_FILES + 1 ? parts[N_FILES + 1] : text);
  fuzz_end ();
  return 0;
}
