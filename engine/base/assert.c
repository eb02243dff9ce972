/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/base/assert.h"

#include <stdio.h>
#include <stdlib.h>

void
moe_assert_fail (const char *condition, const char *file, int line)
{
  fprintf (stderr, "%s:%d: this must hold: %s\n", file, line, condition);
  abort ();
}
