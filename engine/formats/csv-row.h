/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of RFC 4180. */
#pragma once

#include "engine/records/numbers.h"

G_BEGIN_DECLS

typedef struct MoeCsvReader
{
  MoeSpan rest;
  gsize line; /* of the row last read, from 1 */
  gsize next_line;
  GArray *fields;    /* MoeSpan, good until the next row */
  GPtrArray *pool;   /* fields that had to be unquoted */
  const char *fault; /* why the last call failed; NULL at the end of the text */
  gsize fault_line;
} MoeCsvReader;

void moe_csv_reader_init (MoeCsvReader *reader, MoeSpan text, gsize first_line);
void moe_csv_reader_clear (MoeCsvReader *reader);
/* Read the next row, blank lines left out. */
gboolean moe_csv_reader_next (MoeCsvReader *reader);
void moe_csv_append_field (GString *text, const char *value);

G_END_DECLS
