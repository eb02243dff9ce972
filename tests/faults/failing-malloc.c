/* SPDX-License-Identifier: Apache-2.0 */
/* Preloaded: allocation number NULLCURVE_TEST_FAIL_AT, counted from the start of main (), is
 * refused, and with NULLCURVE_TEST_FAIL_ON all after it.  Counted are those of at least
 * NULLCURVE_TEST_FAIL_LEAST bytes, with NULLCURVE_TEST_FAIL_OWN those that the program's own code
 * asks for itself rather than through a library.  Without NULLCURVE_TEST_FAIL_AT none is.  Who
 * asked for the first of them, and who ended the program by a signal, is told on standard error:
 * the frames between two lines of their own, innermost first. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <execinfo.h>
#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void *__libc_malloc (size_t size);
void *__libc_calloc (size_t n, size_t size);
void *__libc_realloc (void *memory, size_t size);
void *__libc_memalign (size_t alignment, size_t size);

static atomic_long left = -1; /* until one is refused; negative: none is */
static int goes_on;
static size_t least;
static int own;

static void
say (const char *words)
{
  ssize_t written = write (STDERR_FILENO, words, strlen (words));
  (void)written;
}

/* Allocates nothing. */
static void
tell_frames (const char *begin)
{
  void *frames[40];
  int n = backtrace (frames, (int)(sizeof frames / sizeof frames[0]));
  say (begin);
  backtrace_symbols_fd (frames + 1, n - 1, STDERR_FILENO);
  say ("-----\n");
}

static void
tell_end (int number)
{
  tell_frames ("\n----- ended by:\n");
  raise (number); /* now as if nobody had asked */
}

static void
catch_ends (void)
{
  static const int numbers[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTRAP };
  struct sigaction action = { .sa_handler = tell_end, .sa_flags = SA_RESETHAND };
  void *frame;
  backtrace (&frame, 1); /* loads what it needs */
  for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
    sigaction (numbers[i], &action, NULL);
}

/* After the constructors of all libraries that the program needs. */
__attribute__ ((constructor)) static void
begin (void)
{
  const char *at = getenv ("NULLCURVE_TEST_FAIL_AT");
  const char *size = getenv ("NULLCURVE_TEST_FAIL_LEAST");
  least = size != NULL ? (size_t)atol (size) : 0;
  own = getenv ("NULLCURVE_TEST_FAIL_OWN") != NULL;
  goes_on = getenv ("NULLCURVE_TEST_FAIL_ON") != NULL;
  catch_ends ();
  if (at == NULL)
    return;
  atomic_store (&left, atol (at));
}

/* Is it the program or a module of it, rather than a library, that `caller` is in? */
static int
is_own (const void *caller)
{
  Dl_info info;
  return dladdr (caller, &info) != 0
         && (strstr (info.dli_fname, ".so") == NULL || strstr (info.dli_fname, "libnullcurve-"));
}

static int
is_refused (size_t size, const void *caller)
{
  if (size < least || atomic_load (&left) < 0 || (own && !is_own (caller)))
    return 0;
  long now = atomic_fetch_sub (&left, 1);
  if (now > 1 || now < 0)
    return 0;
  static atomic_flag told = ATOMIC_FLAG_INIT;
  if (!atomic_flag_test_and_set (&told))
    tell_frames ("\n----- refused:\n");
  if (goes_on)
    atomic_store (&left, 1);
  errno = ENOMEM;
  return 1;
}

#define CALLER __builtin_return_address (0)

void *
malloc (size_t size)
{
  return is_refused (size, CALLER) ? NULL : __libc_malloc (size);
}

void *
calloc (size_t n, size_t size)
{
  return is_refused (n * size, CALLER) ? NULL : __libc_calloc (n, size);
}

void *
realloc (void *memory, size_t size)
{
  return is_refused (size, CALLER) ? NULL : __libc_realloc (memory, size);
}

void *
aligned_alloc (size_t alignment, size_t size)
{
  return is_refused (size, CALLER) ? NULL : __libc_memalign (alignment, size);
}

int
posix_memalign (void **memory, size_t alignment, size_t size)
{
  void *got = is_refused (size, CALLER) ? NULL : __libc_memalign (alignment, size);
  if (got != NULL)
    *memory = got;
  return got != NULL ? 0 : ENOMEM;
}
