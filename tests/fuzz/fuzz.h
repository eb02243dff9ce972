/* SPDX-License-Identifier: Apache-2.0 */
/* What the harnesses share: each gives LLVMFuzzerTestOneInput () whatever bytes come, and requires
 * what a reader promises of them.  Linked with libFuzzer they look for such bytes, linked with
 * replay.c they read those that were kept. */
#pragma once

#include <gio/gio.h>
#include <stdint.h>

#include "engine/base/error.h"
#include "engine/records/run.h"

G_BEGIN_DECLS

int LLVMFuzzerInitialize (int *argc, char ***argv);
int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

/* Before and after what is done with one input: no word may have been printed meanwhile, by GLib
 * neither. */
void fuzz_begin (void);
void fuzz_end (void);

/* Tell it where the harness's own words go, and abort. */
G_NORETURN void fuzz_fail (const char *what, const char *file, int line);
#define fuzz_require(condition) ((condition) ? (void)0 : fuzz_fail (#condition, __FILE__, __LINE__))

/* The input ended by a NUL, in a block of exactly that size; g_free (). */
char *fuzz_text (const uint8_t *data, size_t size);

/* A folder of this process, empty at first, and removed when it ends well.  No user's folder is
 * outside of it: data, configuration and cache are below it. */
const char *fuzz_folder (void);

/* Write all of a file in that folder, which may be in folders of its own; returns its path, owned
 * by the caller. */
char *fuzz_write (const char *name, const void *data, gsize size);

/* Valid UTF-8 in one line, without control characters. */
gboolean fuzz_is_plain (const char *text);
/* The same, and no more than that by itself: begins and ends as a sentence does. */
gboolean fuzz_is_sentence (const char *text);

/* Either a result and no error, or none and one that tells it in a sentence. */
void fuzz_require_told (gboolean good, const GError *error);
void fuzz_require_told_by_engine (MoeStatus status, const MoeError *error);

/* What holds of every run that a reader returns: sound records, tame words, and the same again when
 * it is written as CSV and read back.  Clears nothing. */
void fuzz_require_sound (MoeRun *run);

G_END_DECLS
