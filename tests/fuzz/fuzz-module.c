/* SPDX-License-Identifier: Apache-2.0 */
/* A file that is to be opened as a module: is it a whole one? */
#define _GNU_SOURCE /* memfd_create */
#include "tests/fuzz/fuzz.h"

#include <sys/mman.h>
#include <unistd.h>

#include "engine/base/elf.h"

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  static int file = -1;
  fuzz_begin ();
  if (file < 0)
    file = memfd_create ("module", MFD_CLOEXEC);
  fuzz_require (ftruncate (file, 0) == 0 && pwrite (file, data, size, 0) == (ssize_t)size);
  gboolean whole = moe_elf_is_whole (file, size);
  /* No file is one of no bytes. */
  if (whole)
    fuzz_require (!moe_elf_is_whole (file, 0));
  fuzz_end ();
  return 0;
}
