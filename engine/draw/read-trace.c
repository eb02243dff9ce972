/* SPDX-License-Identifier: Apache-2.0 */
/* Recorded routings: NPY as servers return them, or CSV. */
#include "engine/draw/given.h"

#include "engine/base/size.h"
#include "engine/draw/table-text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum
{
  MAX_DIMS = 3,
  MAX_TOPK = 65536,
  SPARSEST = 64 /* slots for each row of a CSV: more are not meant, and would take memory */
};

#define NPY_MAGIC "\x93NUMPY"

/* --- NPY --- */

typedef struct Npy
{
  char kind; /* 'i' or 'f' */
  size_t bytes;
  size_t dims[MAX_DIMS];
  size_t n_dims;
  const unsigned char *data;
} Npy;

static uint64_t
little (const unsigned char *bytes, size_t n)
{
  uint64_t value = 0;
  for (size_t i = n; i-- > 0;)
    value = value << 8 | bytes[i];
  return value;
}

/* What stands behind a key of the header, a Python dictionary; NULL where there is none. */
static const char *
value_of (const char *header, const char *key)
{
  const char *at = strstr (header, key);
  if (at == NULL)
    return NULL;
  at += strlen (key);
  while (*at == ' ' || *at == ':')
    at++;
  return at;
}

/* "(4096, 8)" */
static bool
read_dims (const char *text, Npy *npy)
{
  if (text == NULL || *text++ != '(')
    return false;
  while (*text != ')')
    {
      size_t value = 0, digits = 0;
      for (; *text >= '0' && *text <= '9'; text++, digits++)
        value = value * 10 + (size_t)(*text - '0');
      if (digits == 0 || digits > 12 || npy->n_dims == MAX_DIMS)
        return false;
      npy->dims[npy->n_dims++] = value;
      while (*text == ' ' || *text == ',')
        text++;
    }
  return npy->n_dims >= 2;
}

static bool
read_kind (const char *text, Npy *npy)
{
  if (text == NULL || *text++ != '\'' || *text++ != '<')
    return false;
  npy->kind = *text++;
  npy->bytes = (size_t)(*text++ - '0');
  return *text == '\'' && (npy->kind == 'i' || npy->kind == 'f');
}

/* The header is copied, so that it ends; all of the data must be there and no more. */
static MoeStatus
open_npy (const char *bytes, size_t length, Npy *npy, MoeError *error)
{
  const unsigned char *b = (const unsigned char *)bytes;
  char header[4096];
  *npy = (Npy){ 0 };
  const size_t wide = length > 7 && b[6] >= 2 ? 4 : 2;
  if (length < 8 + wide || b[6] < 1 || b[6] > 3)
    return moe_error_set (error, MOE_ERROR_INVALID, "its NPY header is cut off.");
  const size_t size = (size_t)little (b + 8, wide), start = 8 + wide + size;
  if (size >= sizeof header || start > length)
    return moe_error_set (error, MOE_ERROR_INVALID, "its NPY header is cut off.");
  memcpy (header, b + 8 + wide, size);
  header[size] = '\0';
  const char *order = value_of (header, "'fortran_order'");
  size_t elements = 1, all;
  if (!read_kind (value_of (header, "'descr'"), npy)
      || !read_dims (value_of (header, "'shape'"), npy) || order == NULL
      || strncmp (order, "False", 5) != 0)
    return moe_error_set (
        error, MOE_ERROR_INVALID,
        "allowed are little-endian NPY arrays in C order of int16, int32 or int64, "
        "[tokens, topk] or [tokens, layers, topk].");
  bool fits = true;
  for (size_t i = 0; i < npy->n_dims; i++)
    fits = fits && moe_size_mul (elements, npy->dims[i], &elements);
  if (!fits || !moe_size_mul (elements, npy->bytes, &all) || all != length - start || elements == 0)
    return moe_error_set (error, MOE_ERROR_INVALID,
                          "its NPY header tells of another number of bytes than the %zu there are.",
                          length - start);
  npy->data = b + start;
  return MOE_OK;
}

static int32_t
clamp_id (int64_t id)
{
  return id < 0 || id > INT32_MAX ? -1 : (int32_t)id;
}

static int32_t
id_at (const Npy *npy, size_t at)
{
  const unsigned char *data = npy->data + at * npy->bytes;
  switch (npy->bytes)
    {
    case 2:
      return (int16_t)little (data, 2);
    case 4:
      return clamp_id ((int32_t)little (data, 4));
    default:
      return clamp_id ((int64_t)little (data, 8));
    }
}

/* --- what both have in common --- */

static MoeStatus
take_slots (MoeGiven *given, size_t tokens, size_t topk, MoeError *error)
{
  size_t slots;
  if (tokens == 0 || topk == 0 || topk > MAX_TOPK || !moe_size_mul (tokens, topk, &slots)
      || slots >= UINT32_MAX)
    return moe_error_set (error, MOE_ERROR_INVALID,
                          "%zu tokens of %zu experts each are out of range: allowed are 1 to %d "
                          "experts, and less than %u together.",
                          tokens, topk, (int)MAX_TOPK, UINT32_MAX);
  given->tokens = tokens;
  given->topk = topk;
  given->id = malloc (slots * sizeof *given->id);
  return given->id != NULL ? MOE_OK
                           : moe_error_set (error, MOE_ERROR_MEMORY,
                                            "There is no memory for its %zu slots.", slots);
}

static int
compare_ids (const void *a, const void *b)
{
  const int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;
  return x < y ? -1 : x > y;
}

static MoeStatus
no_memory_for_loads (MoeError *error)
{
  return moe_error_set (error, MOE_ERROR_MEMORY, "There is no memory for its loads.");
}

static MoeStatus
check_rows (const MoeGiven *given, size_t expert, uint32_t rows, MoeError *error)
{
  if (rows <= given->tokens)
    return MOE_OK;
  return moe_error_set (error, MOE_ERROR_INVALID,
                        "expert %zu has %u rows of %zu tokens: no token goes to one twice.", expert,
                        rows, given->tokens);
}

/* Of each expert, of which there are no more than slots. */
static MoeStatus
count_each (MoeGiven *given, size_t experts, MoeError *error)
{
  const size_t slots = given->tokens * given->topk;
  MoeStatus status = MOE_OK;
  given->loads = calloc (experts, sizeof *given->loads);
  if (given->loads == NULL)
    return no_memory_for_loads (error);
  given->n_loads = experts;
  for (size_t i = 0; i < slots; i++)
    if (given->id[i] >= 0)
      given->loads[given->id[i]]++;
  for (size_t e = 0; status == MOE_OK && e < experts; e++)
    status = check_rows (given, e, given->loads[e], error);
  return status;
}

/* Of those that got any: a few slots may name experts far apart, and room for all of them would be
 * much more than the file is long. */
static MoeStatus
count_present (MoeGiven *given, MoeError *error)
{
  const size_t slots = given->tokens * given->topk;
  MoeStatus status = MOE_OK;
  int32_t *sorted = malloc (slots * sizeof *sorted);
  given->loads = calloc (slots, sizeof *given->loads);
  if (sorted == NULL || given->loads == NULL)
    {
      free (sorted);
      return no_memory_for_loads (error);
    }
  memcpy (sorted, given->id, slots * sizeof *sorted);
  qsort (sorted, slots, sizeof *sorted, compare_ids);
  for (size_t i = 0; i < slots; i++)
    if (sorted[i] >= 0)
      {
        given->n_loads += i == 0 || sorted[i] != sorted[i - 1];
        given->loads[given->n_loads - 1]++;
      }
  for (size_t i = 0, e = 0; status == MOE_OK && e < given->n_loads; i += given->loads[e++])
    {
      while (sorted[i] < 0)
        i++;
      status = check_rows (given, (size_t)sorted[i], given->loads[e], error);
    }
  free (sorted);
  return status;
}

/* The least number of experts that has all of them, and how many rows each got.  Of ids that go
 * beyond what any model has the rows are not counted. */
static MoeStatus
count_loads (MoeGiven *given, MoeError *error)
{
  const size_t slots = given->tokens * given->topk;
  enum
  {
    MOST = 1 << 24
  };
  size_t experts = 1;
  for (size_t i = 0; i < slots; i++)
    if (given->id[i] >= MOST)
      return moe_error_set (error, MOE_ERROR_INVALID,
                            "token %zu goes to expert %d: allowed is up to %d.", i / given->topk,
                            given->id[i], MOST - 1);
    else if (given->id[i] >= 0)
      experts = moe_size_max (experts, (size_t)given->id[i] + 1);
  given->experts = moe_size_max (experts, given->topk);
  return experts <= slots ? count_each (given, experts, error) : count_present (given, error);
}

static MoeStatus
refuse_layers (MoeError *error)
{
  return moe_error_set_option (error, MOE_ERROR_INVALID, "trace-layer",
                               "--trace-layer all: the file has too many layers: allowed is up "
                               "to %d.",
                               (int)MOE_GIVEN_MOST_LAYERS);
}

/* The one behind `last`, or for NULL the first, which is there already. */
static MoeGiven *
append_given (MoeGiven *first, MoeGiven *last, size_t layer)
{
  MoeGiven *given = last == NULL ? first : calloc (1, sizeof *given);
  if (given == NULL)
    return NULL;
  given->layer = layer;
  if (last != NULL)
    last->next = given;
  return given;
}

static MoeStatus
no_memory_for_layers (MoeError *error)
{
  return moe_error_set (error, MOE_ERROR_MEMORY, "There is no memory for its layers.");
}

static MoeStatus
refuse_layer (size_t layer, size_t n, MoeError *error)
{
  return moe_error_set_option (error, MOE_ERROR_INVALID, "trace-layer",
                               "--trace-layer %zu is out of range: allowed is 0 to %zu.", layer,
                               n - 1);
}

static MoeStatus
take_npy (const Npy *npy, size_t layers, MoeGiven *given, MoeError *error)
{
  const size_t topk = npy->dims[npy->n_dims - 1];
  MoeStatus status = take_slots (given, npy->dims[0], topk, error);
  for (size_t t = 0; status == MOE_OK && t < given->tokens; t++)
    for (size_t j = 0; j < topk; j++)
      given->id[t * topk + j] = id_at (npy, (t * layers + given->layer) * topk + j);
  return status;
}

/* One layer, or each behind the one before. */
static MoeStatus
read_npy (const char *bytes, size_t length, size_t asked, MoeGiven *given, MoeError *error)
{
  Npy npy;
  MoeStatus status = open_npy (bytes, length, &npy, error);
  if (status != MOE_OK)
    return status;
  if (npy.kind != 'i' || (npy.bytes != 2 && npy.bytes != 4 && npy.bytes != 8))
    return moe_error_set (error, MOE_ERROR_INVALID,
                          "its elements are %c%zu: allowed are int16, int32 and int64.", npy.kind,
                          8 * npy.bytes);
  const bool all = asked == MOE_GIVEN_ALL_LAYERS;
  const size_t layers = npy.n_dims == 3 ? npy.dims[1] : 1;
  if (!all && asked >= layers)
    return refuse_layer (asked, layers, error);
  if (all && layers > MOE_GIVEN_MOST_LAYERS)
    return refuse_layers (error);
  MoeGiven *last = NULL;
  for (size_t i = all ? 0 : asked; status == MOE_OK && i < (all ? layers : asked + 1); i++)
    {
      last = append_given (given, last, i);
      status = last != NULL ? take_npy (&npy, layers, last, error) : no_memory_for_layers (error);
    }
  return status;
}

/* --- CSV --- */

enum
{
  COLUMN_TOKEN,
  COLUMN_LAYER,
  COLUMN_SLOT,
  COLUMN_EXPERT,
  COLUMN_WEIGHT,
  N_COLUMNS
};

static const char *const columns[N_COLUMNS] = { "token", "layer", "slot", "expert", "weight" };

typedef struct Table
{
  size_t place[N_COLUMNS];
  bool has[N_COLUMNS];
  MoeTableText rows; /* behind the headings */
} Table;

/* One row. */
typedef struct Row
{
  int64_t value[N_COLUMNS];
  double weight;
} Row;

static MoeStatus
open_table (const char *text, size_t length, Table *table, MoeError *error)
{
  MoeTableText line, cell;
  memset (table, 0, sizeof *table);
  table->rows = (MoeTableText){ text, length };
  do
    if (!moe_table_line (&table->rows, &line))
      return moe_error_set (error, MOE_ERROR_INVALID, "it is empty.");
  while (line.length > 0 && line.text[0] == '#');
  for (size_t at = 0; moe_table_cell (&line, ',', &cell); at++)
    for (int c = 0; c < N_COLUMNS; c++)
      if (!table->has[c] && moe_table_is (cell, columns[c]))
        {
          table->has[c] = true;
          table->place[c] = at;
        }
  const bool slots = table->has[COLUMN_TOKEN] && table->has[COLUMN_SLOT];
  if (!table->has[COLUMN_LAYER] || !table->has[COLUMN_EXPERT]
      || (!slots && (table->has[COLUMN_TOKEN] || table->has[COLUMN_SLOT])))
    return moe_error_set (error, MOE_ERROR_INVALID,
                          "it is no recorded routing: allowed are NPY arrays, and CSV with the "
                          "headings layer,expert or token,layer,slot,expert[,weight].");
  return MOE_OK;
}

static MoeStatus
read_row (const Table *table, MoeTableText line, size_t n, Row *row, MoeError *error)
{
  MoeTableText cell;
  bool told[N_COLUMNS] = { false };
  for (size_t at = 0; moe_table_cell (&line, ',', &cell); at++)
    for (int c = 0; c < N_COLUMNS; c++)
      if (table->has[c] && table->place[c] == at)
        told[c] = c == COLUMN_WEIGHT ? moe_table_real (cell, &row->weight)
                                     : moe_table_whole (cell, &row->value[c]);
  for (int c = 0; c < N_COLUMNS; c++)
    if (table->has[c]
        && (!told[c] || (c != COLUMN_EXPERT && c != COLUMN_WEIGHT && row->value[c] < 0)))
      return moe_error_set (error, MOE_ERROR_INVALID, "in row %zu %s is no number that is allowed.",
                            n, columns[c]);
  return MOE_OK;
}

/* The next row that is one; *more tells whether there is any. */
static MoeStatus
next_row (const Table *table, MoeTableText *rest, size_t *n, Row *row, bool *more, MoeError *error)
{
  MoeTableText line;
  *more = true;
  while (moe_table_line (rest, &line))
    {
      MoeTableText probe = line, cell;
      ++*n;
      if (moe_table_cell (&probe, '\n', &cell) && cell.length > 0 && line.text[0] != '#')
        return read_row (table, line, *n, row, error);
    }
  *more = false;
  return MOE_OK;
}

/* A layer as its rows are counted, and then as they are taken. */
typedef struct Layer
{
  size_t layer;
  size_t rows;
  size_t tokens, topk; /* one more than the largest number of either */
  size_t taken;        /* rows so far, of a plain list */
  MoeGiven *given;
} Layer;

/* In ascending order. */
typedef struct Layers
{
  Layer all[MOE_GIVEN_MOST_LAYERS];
  size_t n;
} Layers;

/* Where it is, or belongs. */
static size_t
place_of (const Layers *layers, size_t layer)
{
  size_t low = 0, high = layers->n;
  while (low < high)
    {
      const size_t middle = low + (high - low) / 2;
      if (layers->all[middle].layer < layer)
        low = middle + 1;
      else
        high = middle;
    }
  return low;
}

/* NULL where there is none. */
static Layer *
find_layer (Layers *layers, size_t layer)
{
  const size_t at = place_of (layers, layer);
  return at < layers->n && layers->all[at].layer == layer ? &layers->all[at] : NULL;
}

static MoeStatus
add_layer (Layers *layers, size_t layer, MoeError *error)
{
  const size_t at = place_of (layers, layer);
  if (layers->n == MOE_GIVEN_MOST_LAYERS)
    return refuse_layers (error);
  memmove (layers->all + at + 1, layers->all + at, (layers->n - at) * sizeof layers->all[0]);
  layers->all[at] = (Layer){ .layer = layer };
  layers->n++;
  return MOE_OK;
}

/* The rows of the layer that is asked for, or of each. */
static MoeStatus
count_rows (const Table *table, const MoeGivenAsk *ask, Layers *layers, MoeError *error)
{
  MoeTableText rest = table->rows;
  size_t n = 0;
  bool more = true;
  Row row = { 0 };
  MoeStatus status = next_row (table, &rest, &n, &row, &more, error);
  while (status == MOE_OK && more)
    {
      const size_t number = (size_t)row.value[COLUMN_LAYER];
      const bool asked = ask->layer == MOE_GIVEN_ALL_LAYERS || ask->layer == number;
      if (asked && find_layer (layers, number) == NULL)
        status = add_layer (layers, number, error);
      Layer *layer = asked && status == MOE_OK ? find_layer (layers, number) : NULL;
      if (layer != NULL)
        {
          layer->rows++;
          layer->tokens = moe_size_max (layer->tokens, (size_t)row.value[COLUMN_TOKEN] + 1);
          layer->topk = moe_size_max (layer->topk, (size_t)row.value[COLUMN_SLOT] + 1);
        }
      if (status == MOE_OK)
        status = next_row (table, &rest, &n, &row, &more, error);
    }
  return status;
}

/* Sizes from the numbers of tokens and slots; or of a plain list from how many rows there are. */
static MoeStatus
measure_layer (const Table *table, size_t topk, Layer *layer, MoeError *error)
{
  if (!table->has[COLUMN_TOKEN])
    {
      layer->topk = topk;
      layer->tokens = topk > 0 ? layer->rows / topk : 0;
      if (topk == 0 || layer->rows % topk != 0)
        return moe_error_set (error, MOE_ERROR_INVALID,
                              "its layer %zu has %zu rows, which are no whole number of tokens at "
                              "--topk %zu.",
                              layer->layer, layer->rows, topk);
    }
  size_t slots;
  if (!moe_size_mul (layer->tokens, layer->topk, &slots) || slots / SPARSEST > layer->rows)
    return moe_error_set (error, MOE_ERROR_INVALID,
                          "its %zu rows leave nearly all slots of %zu tokens at top-%zu out.",
                          layer->rows, layer->tokens, layer->topk);
  return MOE_OK;
}

/* Of one size, and at least one. */
static MoeStatus
measure_layers (const Table *table, const MoeGivenAsk *ask, Layers *layers, MoeError *error)
{
  MoeStatus status = MOE_OK;
  if (layers->n == 0 && ask->layer == MOE_GIVEN_ALL_LAYERS)
    return moe_error_set (error, MOE_ERROR_INVALID, "it has no row.");
  if (layers->n == 0)
    return moe_error_set_option (
        error, MOE_ERROR_INVALID, "trace-layer",
        "--trace-layer %zu is not in the file: no row of it has that layer.", ask->layer);
  for (size_t i = 0; status == MOE_OK && i < layers->n; i++)
    {
      const Layer *first = &layers->all[0], *other = &layers->all[i];
      status = measure_layer (table, ask->topk, &layers->all[i], error);
      if (status == MOE_OK && (first->tokens != other->tokens || first->topk != other->topk))
        status = moe_error_set_option (
            error, MOE_ERROR_INVALID, "trace-layer",
            "--trace-layer all: layer %zu has %zu tokens at top-%zu and layer "
            "%zu has %zu at top-%zu: allowed are layers of one size.",
            first->layer, first->tokens, first->topk, other->layer, other->tokens, other->topk);
    }
  return status;
}

static MoeStatus
take_layers (const Table *table, Layers *layers, MoeGiven *first, MoeError *error)
{
  MoeGiven *last = NULL;
  for (size_t i = 0; i < layers->n; i++)
    {
      const Layer *layer = &layers->all[i];
      last = append_given (first, last, layer->layer);
      if (last == NULL)
        return no_memory_for_layers (error);
      MoeStatus status = take_slots (last, layer->tokens, layer->topk, error);
      if (status != MOE_OK)
        return status;
      const size_t slots = layer->tokens * layer->topk;
      for (size_t s = 0; s < slots; s++)
        last->id[s] = -1;
      if (table->has[COLUMN_WEIGHT] && (last->weight = calloc (slots, sizeof (float))) == NULL)
        return moe_error_set (error, MOE_ERROR_MEMORY, "There is no memory for its weights.");
      last->is_list = !table->has[COLUMN_TOKEN];
      layers->all[i].given = last;
    }
  return MOE_OK;
}

static void
take_row (const Table *table, const Row *row, Layer *layer)
{
  MoeGiven *given = layer->given;
  const size_t slot = table->has[COLUMN_TOKEN] ? (size_t)row->value[COLUMN_TOKEN] * given->topk
                                                     + (size_t)row->value[COLUMN_SLOT]
                                               : layer->taken++;
  given->id[slot] = clamp_id (row->value[COLUMN_EXPERT]);
  if (given->weight != NULL)
    given->weight[slot] = (float)row->weight;
}

static MoeStatus
take_rows (const Table *table, Layers *layers, MoeError *error)
{
  MoeTableText rest = table->rows;
  size_t n = 0;
  bool more = true;
  Row row = { 0 };
  MoeStatus status = next_row (table, &rest, &n, &row, &more, error);
  while (status == MOE_OK && more)
    {
      Layer *layer = find_layer (layers, (size_t)row.value[COLUMN_LAYER]);
      if (layer != NULL)
        take_row (table, &row, layer);
      status = next_row (table, &rest, &n, &row, &more, error);
    }
  return status;
}

/* Read twice, however many layers there are: to count, and to take. */
static MoeStatus
read_csv (const char *text, size_t length, const MoeGivenAsk *ask, MoeGiven *given, MoeError *error)
{
  Table table;
  Layers *layers = calloc (1, sizeof *layers);
  if (layers == NULL)
    return no_memory_for_layers (error);
  MoeStatus status = open_table (text, length, &table, error);
  if (status == MOE_OK)
    status = count_rows (&table, ask, layers, error);
  if (status == MOE_OK)
    status = measure_layers (&table, ask, layers, error);
  if (status == MOE_OK)
    status = take_layers (&table, layers, given, error);
  if (status == MOE_OK)
    status = take_rows (&table, layers, error);
  free (layers);
  return status;
}

/* --- both --- */

/* A weight that is no number, or below nothing, is no weight. */
static MoeStatus
check_weights (const MoeGiven *given, MoeError *error)
{
  for (size_t i = 0; given->weight != NULL && i < given->tokens * given->topk; i++)
    if (!(given->weight[i] >= 0.0f && given->weight[i] <= 1e6f))
      return moe_error_set (error, MOE_ERROR_INVALID,
                            "a weight of token %zu is out of range: allowed is 0 to 1e6.",
                            i / given->topk);
  return MOE_OK;
}

static bool
is_npy (const char *bytes, size_t length)
{
  return length >= strlen (NPY_MAGIC) && memcmp (bytes, NPY_MAGIC, strlen (NPY_MAGIC)) == 0;
}

/* What is told of each layer; all are told of the experts that the one of most needs. */
static MoeStatus
finish (MoeGiven *first, MoeError *error)
{
  size_t experts = 0;
  for (MoeGiven *layer = first; layer != NULL; layer = layer->next)
    {
      MoeStatus status = check_weights (layer, error);
      if (status == MOE_OK)
        status = count_loads (layer, error);
      if (status != MOE_OK)
        return status;
      experts = moe_size_max (experts, layer->experts);
    }
  for (MoeGiven *layer = first; layer != NULL; layer = layer->next)
    layer->experts = experts;
  return MOE_OK;
}

MoeStatus
moe_given_parse_trace (
    const char *bytes, size_t length, const MoeGivenAsk *ask, MoeGiven *given, MoeError *error)
{
  memset (given, 0, sizeof *given);
  MoeStatus status = is_npy (bytes, length) ? read_npy (bytes, length, ask->layer, given, error)
                                            : read_csv (bytes, length, ask, given, error);
  if (status == MOE_OK)
    status = finish (given, error);
  if (status != MOE_OK)
    moe_given_clear (given);
  return status;
}

/* Those of one layer, of an array with so many. */
static MoeStatus
take_weights (const Npy *npy, size_t layers, MoeGiven *given, MoeError *error)
{
  const size_t tokens = given->tokens, topk = given->topk;
  float *weights = malloc (tokens * topk * sizeof *weights);
  if (weights == NULL)
    return moe_error_set (error, MOE_ERROR_MEMORY, "There is no memory for its weights.");
  for (size_t t = 0; t < tokens; t++)
    for (size_t j = 0; j < topk; j++)
      {
        const size_t at = (t * layers + given->layer) * topk + j;
        const uint32_t bits = (uint32_t)little (npy->data + at * sizeof bits, sizeof bits);
        memcpy (&weights[t * topk + j], &bits, sizeof bits);
      }
  free (given->weight);
  given->weight = weights;
  return check_weights (given, error);
}

MoeStatus
moe_given_parse_weights (const char *bytes, size_t length, MoeGiven *given, MoeError *error)
{
  Npy npy;
  if (!is_npy (bytes, length))
    return moe_error_set (error, MOE_ERROR_INVALID, "it is no NPY array.");
  MoeStatus status = open_npy (bytes, length, &npy, error);
  if (status != MOE_OK)
    return status;
  const size_t layers = npy.n_dims == 3 ? npy.dims[1] : 1;
  bool fits = npy.kind == 'f' && npy.bytes == sizeof (float) && npy.dims[0] == given->tokens
              && npy.dims[npy.n_dims - 1] == given->topk;
  for (const MoeGiven *layer = given; layer != NULL; layer = layer->next)
    fits = fits && layer->layer < layers;
  if (!fits)
    return moe_error_set (error, MOE_ERROR_INVALID,
                          "allowed is an array of float32 as the assignments: [%zu, %zu], or with "
                          "layers between.",
                          given->tokens, given->topk);
  for (MoeGiven *layer = given; status == MOE_OK && layer != NULL; layer = layer->next)
    status = take_weights (&npy, layers, layer, error);
  return status;
}
