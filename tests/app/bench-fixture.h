/* SPDX-License-Identifier: Apache-2.0 */
/* The real nullcurve-bench in a process of its own, and what tests of it ask again and again. */
#pragma once

#include "engine/records/run.h"

G_BEGIN_DECLS

/* A block that takes no time; one implementation and one distribution, two points. */
#define TINY_BLOCK                                                                                 \
  "--tokens", "64", "--hidden", "32", "--mlp-dim", "16", "--experts", "4", "--threads", "2",       \
      "--warmup", "1", "--impl", "fused_w13", "--distribution", "random", "--min-sample-time",     \
      "0.001", "--wait-quiet", "0"
#define TINY TINY_BLOCK, "--topk", "2"

typedef struct BenchResult
{
  int status;
  char *out;
  char *err;
} BenchResult;

void bench_result_clear (BenchResult *result);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (BenchResult, bench_result_clear)

/* argv of the program with these arguments, NULL-terminated; borrows them. */
GPtrArray *bench_command (const char *const *arguments);

BenchResult bench_run (const char *const *arguments);
#define BENCH(...) bench_run ((const char *const[]){ __VA_ARGS__, NULL })

void assert_status (const BenchResult *result, int status);
void assert_contains (const char *text, const char *piece);
gsize count_lines (const char *text, const char *prefix);
gsize count_words (const char *text, const char *piece);

/* Refused with exit status 2, nothing on standard output and these pieces in the message. */
void assert_refused (const BenchResult *result, const char *piece, const char *other);

char *temporary_folder (void);
void remove_tree (const char *path);

MoeRun *read_run (const char *path);
char *read_text (const char *path);
void assert_file_starts (const char *path, const char *magic, gsize length);

/* One JSON value and nothing else (RFC 8259)? */
gboolean is_json (const char *text);

G_END_DECLS
