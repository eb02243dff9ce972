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
  GArray *fields;  /* MoeSpan, good until the next row */
  GPtrArray *pool; /* fields that had to be unquoted */
  const char
      *fault; /* why the last call failed, without a full stop; NULL at the end of the text */
  gsize fault_line;
  MoeSpan row;           /* the row last read, and all behind it */
  gboolean plain_quotes; /* quotation marks are text: one was never closed */
} MoeCsvReader;

void moe_csv_reader_init (MoeCsvReader *reader, MoeSpan text, gsize first_line);
void moe_csv_reader_clear (MoeCsvReader *reader);
/* Read the next row, blank lines left out. */
gboolean moe_csv_reader_next (MoeCsvReader *reader);
/* After a fault: go on with the line after the one that the faulty row began on. */
void moe_csv_reader_skip_fault (MoeCsvReader *reader);
void moe_csv_append_field (GString *text, const char *value);

G_END_DECLS
