/* SPDX-License-Identifier: Apache-2.0 */
/* Rows per expert, one workload a line. */
#include "engine/draw/given.h"

#include "engine/base/size.h"
#include "engine/draw/table-text.h"

#include <stdlib.h>
#include <string.h>

/* The columns that count. */
enum
{
  COLUMN_TOKENS,
  COLUMN_TOPK,
  COLUMN_EXPERTS,
  COLUMN_ROWS,
  N_COLUMNS
};

static const char *const columns[N_COLUMNS] = { "tokens", "topk", "experts", "rows" };

/* Where each stands in a line. */
typedef struct Places
{
  size_t place[N_COLUMNS];
} Places;

static MoeStatus
read_headings (MoeTableText line, Places *places, MoeError *error)
{
  bool found[N_COLUMNS] = { false };
  MoeTableText cell;
  for (size_t at = 0; moe_table_cell (&line, ',', &cell); at++)
    for (int c = 0; c < N_COLUMNS; c++)
      if (!found[c] && moe_table_is (cell, columns[c]))
        {
          found[c] = true;
          places->place[c] = at;
        }
  for (int c = 0; c < N_COLUMNS; c++)
    if (!found[c])
      return moe_error_set (error, MOE_ERROR_INVALID,
                            "its headings lack %s: allowed is a table of loads with the columns "
                            "tokens, topk, experts and rows.",
                            columns[c]);
  return MOE_OK;
}

static void
split_line (MoeTableText line, const Places *places, MoeTableText cells[N_COLUMNS])
{
  MoeTableText cell;
  for (int c = 0; c < N_COLUMNS; c++)
    cells[c] = (MoeTableText){ "", 0 };
  for (size_t at = 0; moe_table_cell (&line, ',', &cell); at++)
    for (int c = 0; c < N_COLUMNS; c++)
      if (places->place[c] == at)
        cells[c] = cell;
}

static MoeStatus
read_size (MoeTableText cell, int column, size_t row, size_t *size, MoeError *error)
{
  int64_t value;
  if (!moe_table_whole (cell, &value) || value < 1 || value > INT32_MAX)
    return moe_error_set (error, MOE_ERROR_INVALID,
                          "in row %zu %s is no whole number from 1 to %d.", row, columns[column],
                          INT32_MAX);
  *size = (size_t)value;
  return MOE_OK;
}

static size_t
count_words (MoeTableText cell)
{
  size_t n = 1;
  for (size_t i = 0; i < cell.length; i++)
    n += cell.text[i] == ' ';
  return n;
}

/* Their sum must be what tokens and top-k say, and none have more than there are tokens. */
static MoeStatus
read_rows (MoeTableText cell, size_t row, MoeGiven *given, MoeError *error)
{
  MoeTableText word;
  uint64_t sum = 0;
  given->loads = calloc (count_words (cell), sizeof *given->loads);
  if (given->loads == NULL)
    return moe_error_set (error, MOE_ERROR_MEMORY, "There is no memory for its loads.");
  while (moe_table_cell (&cell, ' ', &word))
    {
      int64_t value;
      if (word.length == 0)
        continue;
      if (!moe_table_whole (word, &value) || value < 0 || value > (int64_t)given->tokens)
        return moe_error_set (
            error, MOE_ERROR_INVALID,
            "in row %zu expert %zu has no whole number of rows from 0 to %zu, the "
            "tokens: no token goes to an expert twice.",
            row, given->n_loads + 1, given->tokens);
      given->loads[given->n_loads++] = (uint32_t)value;
      sum += (uint64_t)value;
    }
  if (given->n_loads > given->experts)
    return moe_error_set (error, MOE_ERROR_INVALID, "row %zu lists %zu experts and tells of %zu.",
                          row, given->n_loads, given->experts);
  if (sum != (uint64_t)given->tokens * given->topk)
    return moe_error_set (error, MOE_ERROR_INVALID,
                          "in row %zu the experts have %llu rows together: allowed is tokens times "
                          "topk, %llu.",
                          row, (unsigned long long)sum,
                          (unsigned long long)given->tokens * given->topk);
  return MOE_OK;
}

static MoeStatus
read_row (MoeTableText line, const Places *places, size_t row, MoeGiven *given, MoeError *error)
{
  MoeTableText cells[N_COLUMNS];
  size_t *const sizes[] = { &given->tokens, &given->topk, &given->experts };
  MoeStatus status = MOE_OK;
  split_line (line, places, cells);
  for (int c = 0; status == MOE_OK && c < COLUMN_ROWS; c++)
    status = read_size (cells[c], c, row, sizes[c], error);
  if (status == MOE_OK && given->topk > given->experts)
    return moe_error_set (error, MOE_ERROR_INVALID, "row %zu tells of top-%zu of %zu experts.", row,
                          given->topk, given->experts);
  return status == MOE_OK ? read_rows (cells[COLUMN_ROWS], row, given, error) : status;
}

static bool
is_content (MoeTableText line)
{
  MoeTableText cell;
  return line.length > 0 && line.text[0] != '#' && moe_table_cell (&line, '\n', &cell)
         && cell.length > 0;
}

MoeStatus
moe_given_parse_loads (
    const char *text, size_t length, size_t row, MoeGiven *given, MoeError *error)
{
  MoeTableText rest = { text, length }, line;
  MoeStatus status = MOE_OK;
  Places places = { { 0 } };
  size_t n = 0; /* lines with content */
  memset (given, 0, sizeof *given);
  while (status == MOE_OK && moe_table_line (&rest, &line))
    {
      if (!is_content (line))
        continue;
      if (n++ == 0)
        status = read_headings (line, &places, error);
      else if (n == row + 1)
        {
          status = read_row (line, &places, row, given, error);
          break;
        }
    }
  if (status == MOE_OK && given->loads == NULL)
    status = n == 0 ? moe_error_set (error, MOE_ERROR_INVALID, "it holds no table of loads.")
                    : moe_error_set_option (error, MOE_ERROR_INVALID, "loads-row",
                                            "--loads-row %zu is out of range: allowed is 1 to %zu.",
                                            row, n - 1);
  if (status != MOE_OK)
    moe_given_clear (given);
  return status;
}
