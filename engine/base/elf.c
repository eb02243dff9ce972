/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/base/elf.h"

#include <elf.h>
#include <link.h>
#include <string.h>
#include <unistd.h>

enum
{
  MAX_SEGMENTS = 64
};

static bool
ends_within (uint64_t offset, uint64_t bytes, uint64_t size)
{
  return offset <= size && bytes <= size - offset;
}

bool
moe_elf_is_whole (int file, uint64_t size)
{
  ElfW (Ehdr) head;
  ElfW (Phdr) segments[MAX_SEGMENTS];
  if (size < sizeof head || pread (file, &head, sizeof head, 0) != (ssize_t)sizeof head
      || memcmp (head.e_ident, ELFMAG, SELFMAG) != 0 || head.e_type != ET_DYN
      || head.e_phentsize != sizeof segments[0] || head.e_phnum > MAX_SEGMENTS
      || !ends_within (head.e_shoff, (uint64_t)head.e_shnum * head.e_shentsize, size))
    return false;
  ssize_t bytes = (ssize_t)(head.e_phnum * sizeof segments[0]);
  if (pread (file, segments, (size_t)bytes, (off_t)head.e_phoff) != bytes)
    return false;
  for (size_t i = 0; i < head.e_phnum; i++)
    if (!ends_within (segments[i].p_offset, segments[i].p_filesz, size))
      return false;
  return true;
}
