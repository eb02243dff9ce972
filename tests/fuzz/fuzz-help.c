/* SPDX-License-Identifier: Apache-2.0 */
/* Help pages: whatever stands in one becomes markup that Pango takes. */
#include "tests/fuzz/fuzz.h"

#include "ui/help/help-text.h"

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  fuzz_begin ();
  g_autofree char *text = fuzz_text (data, size);
  g_autofree char *title = nullcurve_help_text_title (text);
  fuzz_require (title == NULL || strchr (title, '\n') == NULL);
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  for (gsize i = 0; lines[i] != NULL; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *markup = nullcurve_help_text_markup (lines[i]);
      /* Links are GtkLabel's own; Pango knows no <a>. */
      if (g_utf8_validate (lines[i], -1, NULL) && strstr (markup, "<a ") == NULL
          && !pango_parse_markup (markup, -1, 0, NULL, NULL, NULL, &error))
        fuzz_fail (markup, error->message, 0);
    }
  fuzz_end ();
  return 0;
}
