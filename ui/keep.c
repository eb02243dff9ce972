/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/keep.h"

void
nullcurve_keep (GSettings *settings, const char *key, GVariant *value)
{
  g_autoptr (GVariant) wanted = g_variant_ref_sink (value);
  g_autoptr (GVariant) present = g_settings_get_value (settings, key);
  if (!g_variant_equal (present, wanted))
    g_settings_set_value (settings, key, wanted);
}
