/* SPDX-License-Identifier: Apache-2.0 */
/* What the tests of engine/records share. */
#pragma once

#include <math.h>
#include <string.h>

#include "engine/formats/formats.h"

/* Two points of one curve, with samples, stages and everything else told. */
MoeRun *test_run_new (void);

/* The same two points with 8 samples in each of `starts` starts, their steps `factor` times as
 * fast, give or take 0.2 %. */
MoeRun *test_run_sampled (gsize starts, double factor);

/* Read text that must be good / must be refused; the caller owns what comes back. */
MoeRun *test_read (const char *text, const char *name);
MoeRun *test_read_n (const char *text, gsize length, const char *name);
char *test_read_error (const char *text, const char *name, MoeFormatsError code);

/* A folder of this test's own, removed by test_folder_remove () with all files in it. */
char *test_folder_new (void);
void test_folder_remove (char *folder);

/* The text with every LF made CRLF. */
char *test_to_crlf (const char *text);

GPtrArray *test_reference_runs (void);

/* What reading found; notes NULL: nothing to say. */
void test_assert_summary (const MoeRun *run, gsize read, gsize repeated, gsize skipped);
void test_assert_notes (const MoeRun *run, const char *notes);

/* A small log as the sweep's shell loop writes it: two shapes, chatter, no summary. */
extern const char test_log[];
