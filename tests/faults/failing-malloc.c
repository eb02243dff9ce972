/* SPDX-License-Identifier: Apache-2.0 */
/* Preloaded: allocation number NULLCURVE_TEST_FAIL_AT, counted from the start of main (), is
 * refused, and with NULLCURVE_TEST_FAIL_ON all after it. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdlib.h>

void *__libc_malloc (size_t size);
void *__libc_calloc (size_t n, size_t size);
void *__libc_realloc (void *memory, size_t size);
void *__libc_memalign (size_t alignment, size_t size);

static atomic_long left = -1; /* until one is refused; negative: none is */
static int goes_on;
static size_t least;

/* After the constructors of all libraries that the program needs. */
__attribute__ ((constructor)) static void
begin (void)
{
  const char *at = getenv ("NULLCURVE_TEST_FAIL_AT");
  const char *size = getenv ("NULLCURVE_TEST_FAIL_LEAST");
  least = size != NULL ? (size_t)atol (size) : 0;
  goes_on = getenv ("NULLCURVE_TEST_FAIL_ON") != NULL;
  if (at != NULL)
    atomic_store (&left, atol (at));
}

static int
is_refused (size_t size)
{
  if (size < least || atomic_load (&left) < 0)
    return 0;
  long now = atomic_fetch_sub (&left, 1);
  if (now > 1 || now < 0)
    return 0;
  if (goes_on)
    atomic_store (&left, 1);
  errno = ENOMEM;
  return 1;
}

void *
malloc (size_t size)
{
  return is_refused (size) ? NULL : __libc_malloc (size);
}

void *
calloc (size_t n, size_t size)
{
  return is_refused (n * size) ? NULL : __libc_calloc (n, size);
}

void *
realloc (void *memory, size_t size)
{
  return is_refused (size) ? NULL : __libc_realloc (memory, size);
}

void *
aligned_alloc (size_t alignment, size_t size)
{
  return is_refused (size) ? NULL : __libc_memalign (alignment, size);
}

int
posix_memalign (void **memory, size_t alignment, size_t size)
{
  void *got = aligned_alloc (alignment, size);
  if (got != NULL)
    *memory = got;
  return got != NULL ? 0 : ENOMEM;
}
