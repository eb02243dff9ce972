/* SPDX-License-Identifier: Apache-2.0 */
/* What a file with routing begins with. */
#include "engine/draw/given.h"

#include "engine/draw/table-text.h"

#include <string.h>

static const char npy_magic[] = "\x93NUMPY";

static bool
has_headings (MoeTableText line, const char *const *names, size_t n)
{
  size_t found = 0;
  for (size_t i = 0; i < n; i++)
    {
      MoeTableText rest = line, cell;
      bool has = false;
      while (!has && moe_table_cell (&rest, ',', &cell))
        has = moe_table_is (cell, names[i]);
      found += has;
    }
  return found == n;
}

/* Neither a remark nor blank. */
static bool
is_content (MoeTableText line)
{
  MoeTableText cell;
  return line.length > 0 && line.text[0] != '#' && moe_table_cell (&line, '\n', &cell)
         && cell.length > 0;
}

bool
moe_given_recognise (const char *bytes, size_t length, MoeDistribution *distribution)
{
  static const char *const loads[] = { "tokens", "topk", "experts", "rows" };
  static const char *const trace[] = { "layer", "expert" };
  const size_t magic = sizeof npy_magic - 1;
  MoeTableText rest = { bytes, length }, line = { "", 0 };
  if (length >= magic && memcmp (bytes, npy_magic, magic) == 0)
    {
      *distribution = MOE_DISTRIBUTION_TRACE;
      return true;
    }
  do
    if (!moe_table_line (&rest, &line))
      return false;
  while (!is_content (line));
  const bool is_loads = has_headings (line, loads, sizeof loads / sizeof loads[0]);
  if (!is_loads && !has_headings (line, trace, sizeof trace / sizeof trace[0]))
    return false;
  *distribution = is_loads ? MOE_DISTRIBUTION_LOADS : MOE_DISTRIBUTION_TRACE;
  return true;
}
