/* SPDX-License-Identifier: Apache-2.0 */
#include "app/program/places.h"

#include "engine/base/place.h"

static char *
beside_program (const char *folder, const char *name)
{
  char program[MOE_PLACE_SIZE];
  if (!moe_place_program (program))
    return NULL;
  g_autofree char *path = g_build_filename (program, folder, name, NULL);
  return g_canonicalize_filename (path, "/");
}

char *
nullcurve_places_shared (const char *name)
{
  return beside_program (NULLCURVE_DATA_FROM_PROGRAMS, name);
}

char *
nullcurve_places_locale (void)
{
  return beside_program (NULLCURVE_LOCALE_FROM_PROGRAMS, NULL);
}

char *
nullcurve_places_built (const char *name)
{
  char build[MOE_PLACE_SIZE], sources[MOE_PLACE_SIZE];
  return moe_place_built (build, sources) ? g_build_filename (build, name, NULL) : NULL;
}

char *
nullcurve_places_source (const char *name)
{
  char build[MOE_PLACE_SIZE], sources[MOE_PLACE_SIZE];
  return moe_place_built (build, sources) ? g_build_filename (sources, name, NULL) : NULL;
}
