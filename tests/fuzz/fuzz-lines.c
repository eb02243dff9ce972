/* SPDX-License-Identifier: Apache-2.0 */
/* Lines, escapes and facts: what is written as a line reads back the same. */
#include "engine/text/tame.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

#include "engine/formats/parts/lines.h"

static void
check_fact (const char *key, const char *value)
{
  g_autoptr (GString) line = g_string_new (NULL);
  g_autoptr (MoeRun) run = moe_run_new (MOE_RUN_FORMAT_JOURNAL, "run");
  g_autoptr (GError) error = NULL;
  moe_lines_append_fact (line, key, value);
  fuzz_require (memchr (line->str, '\n', line->len - 1) == NULL);
  gboolean good =
      moe_lines_read_fact (moe_span (line->str, line->len - 1), run, "foreign", 1, &error);
  fuzz_require_told (good, error);
  fuzz_require (good == (*key != '\0'));
  /* Facts are tamed as they are set. */
  g_autofree char *tame_key = moe_text_tame (key, G_MAXSIZE);
  g_autofree char *tame_value = moe_text_tame (value, G_MAXSIZE);
  if (good && strcmp (key, "title") != 0)
    fuzz_require (g_strcmp0 (moe_run_get_fact (run, tame_key), tame_value) == 0);
}

static void
check_lines (MoeSpan text)
{
  g_autoptr (MoeRun) run = moe_run_new (MOE_RUN_FORMAT_JOURNAL, "run");
  MoeSpan rest = text, line;
  gboolean whole;
  gsize n = 0;
  while (moe_lines_next (&rest, &line, &whole))
    {
      g_autoptr (GError) error = NULL;
      fuzz_require (memchr (line.text, '\n', line.length) == NULL);
      fuzz_require (whole || rest.length == 0);
      g_autofree char *plain = moe_lines_unescape (line);
      fuzz_require (strlen (plain) <= line.length);
      if (line.length == 0 || line.text[0] != '#')
        continue;
      gboolean told = moe_lines_read_fact (line, run, "foreign", ++n, &error);
      fuzz_require_told (told, error);
    }
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  fuzz_begin ();
  g_autofree char *text = fuzz_text (data, size);
  check_lines (moe_span (text, size));
  /* The first line is a key, what follows a value. */
  if (g_utf8_validate (text, -1, NULL))
    {
      char *value = strchr (text, '\n');
      if (value != NULL)
        *value++ = '\0';
      check_fact (text, value != NULL ? value : "");
    }
  fuzz_end ();
  return 0;
}
