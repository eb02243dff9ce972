/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/base/assert-off.h"

#undef MOE_ASSERTIONS
#include "engine/base/assert.h"

int
assert_off_evaluations (void)
{
  int evaluated = 0, only_asserted = 1;
  MOE_ASSERT (++evaluated == only_asserted + 1);
  return evaluated;
}
